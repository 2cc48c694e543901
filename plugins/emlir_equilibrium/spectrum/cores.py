"""Eigenvalue problems side by side, each on one core."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from threadpoolctl import ThreadpoolController

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return the function of each item, in their order; exceptions are raised as in a loop.

    LAPACK's QR iteration gains nothing from the threads of BLAS, which on busy cores make it ten
    times slower. So each call has one thread, and there are as many calls at a time as cores.
    """
    given = list(items)
    workers = min(len(given), _cores())
    with _controller().limit(limits=1, user_api="blas"):
        if workers < 2:
            return [function(one) for one in given]
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(function, given))


def _cores() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def _controller() -> ThreadpoolController:
    """Of the libraries that are loaded at the first call; looking for them takes milliseconds."""
    return ThreadpoolController()
