"""Choosing who stays: NSGA-II on loss and length (Deb et al. 2002), each behaviour once."""

import numpy as np
from numpy.typing import NDArray

from emlir_search.evolve.genomes import Floats, Ints

Rows = NDArray[np.intp]


def ranks(losses: Floats, sizes: Ints) -> Ints:
    """Return for each formula its front: 0 if no other is both smaller and closer.

    With two objectives one pass suffices: in the order of size and loss a formula belongs to
    the first front whose last member it improves on (Jensen 2003).
    """
    order = np.lexsort((losses, sizes))
    found = np.zeros(len(order), dtype=np.int64)
    last: list[float] = []
    for row in order.tolist():
        loss = float(losses[row])
        low, high = 0, len(last)
        while low < high:
            middle = (low + high) // 2
            if last[middle] > loss:
                high = middle
            else:
                low = middle + 1
        if low == len(last):
            last.append(loss)
        else:
            last[low] = loss
        found[row] = low
    return found


def crowding(losses: Floats, sizes: Ints, front: Ints) -> Floats:
    """Return how much room each has on its front, infinite at the ends."""
    room = np.zeros(len(losses))
    heights = np.log(np.maximum(losses, 1e-30))
    for axis in (heights, sizes.astype(np.float64)):
        order = np.lexsort((axis, front))
        same = front[order[1:]] == front[order[:-1]]
        gap = np.diff(axis[order])
        spread = float(np.ptp(axis)) or 1.0
        before = np.concatenate([[np.inf], np.where(same, gap, np.inf)])
        after = np.concatenate([np.where(same, gap, np.inf), [np.inf]])
        room[order] += (before + after) / spread
    return room


def unlike(shapes: Floats, losses: Floats, sizes: Ints) -> Rows:
    """Return one formula of each behaviour, the shortest; those without a loss are left out."""
    usable = np.flatnonzero(np.isfinite(losses))
    keys = np.round(shapes[usable] * np.sign(shapes[usable, :1] + 1e-300), 9) + 0.0
    order = np.argsort(sizes[usable], kind="stable")
    weights = np.random.default_rng(11).uniform(1, 2, shapes.shape[1])
    marks = np.round(keys[order] @ weights, 7)
    _, first = np.unique(marks, return_index=True)
    return usable[order[np.sort(first)]]


def survivors(losses: Floats, sizes: Ints, count: int) -> Rows:
    """Return the rows of the ``count`` best: whole fronts, the last by room."""
    front = ranks(losses, sizes)
    room = crowding(losses, sizes, front)
    return np.lexsort((-room, front))[:count]
