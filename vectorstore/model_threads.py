"""The threads in which models compute: one for each processor, and each product of matrices in one of them."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from threadpoolctl import threadpool_limits


@cache
def model_threads() -> ThreadPoolExecutor:
    """Returns the threads that all models share; what runs in one of them never waits for another.

    Texts are divided among them. Products of matrices are not: those of a sentence are so small that the threads of the
    linear algebra library would wait for one another, busily, for longer than they compute.
    """
    threadpool_limits(1, user_api="blas")
    return ThreadPoolExecutor(_processors(), thread_name_prefix="model")


def _processors() -> int:
    """Returns the number of processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1
