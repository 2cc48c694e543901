"""Memory: the cyclic garbage collector, which looks at every node again as a graph grows."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep Python from looking for cycles while nodes, which are in none, are made.

    Everything else is freed as ever. Where another thread had paused it, it stays paused.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
