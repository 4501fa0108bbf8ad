"""Tests of vectorstore.model_threads."""

import threading

import pytest

from vectorstore.model_threads import map_in_threads


@pytest.mark.parametrize("at_once", [True, False])
def test_results_come_in_the_order_of_the_inputs(at_once: bool) -> None:
    def name(number: int) -> tuple[int, bool]:
        return number, threading.current_thread() is threading.main_thread()

    assert list(map_in_threads(name, range(50), at_once=at_once)) == [(number, at_once) for number in range(50)]


def test_products_of_matrices_are_each_computed_in_one_thread() -> None:
    from threadpoolctl import threadpool_info

    list(map_in_threads(len, ["a"]))
    assert {library["num_threads"] for library in threadpool_info() if library["internal_api"] == "openblas"} <= {1}
