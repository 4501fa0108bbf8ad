"""The threads in which models compute: one for each processor, and each product of matrices in one of them."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

Result = TypeVar("Result")


def map_in_threads(compute: Callable[..., Result], *inputs: Iterable[Any], at_once: bool = False) -> Iterator[Result]:
    """Yields what `compute`, which must not call this function itself, returns for each of the inputs, as `map` does.

    `at_once`: it is computed in this thread, since there is too little to divide.
    """
    return map(compute, *inputs) if at_once else _model_threads().map(compute, *inputs)


@cache
def _model_threads() -> ThreadPoolExecutor:
    # Inputs are divided among threads, products of matrices are not: those of a sentence are so small that the threads
    # of the linear algebra library would wait for one another, busily, for longer than they compute.
    ThreadpoolController().select(internal_api="openblas").limit(limits=1)
    affinity = getattr(os, "sched_getaffinity", None)
    processors = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return ThreadPoolExecutor(processors, thread_name_prefix="model")


if hasattr(os, "register_at_fork"):
    # A process that is forked has none of the threads of the one that it was forked from.
    os.register_at_fork(after_in_child=_model_threads.cache_clear)
