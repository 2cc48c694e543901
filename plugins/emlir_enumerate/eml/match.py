"""Two-sum: every EML tree is a difference, so that a pair of rows is found in sorted lists.

The method is a meet in the middle (Horowitz and Sahni 1974): a table of trees up to K leaves
answers for all trees whose two branches have up to K leaves each.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from emlir_enumerate.eml.numbers import Numbers
from emlir_enumerate.eml.rows import EXP, LN, Index, Rows

if TYPE_CHECKING:
    from emlir_enumerate.eml.table import EmlTable

Floats = NDArray[np.float64]
Pairs = NDArray[np.int32]
EXP_MOST = 1e9
"""Exponentials above this at the first two points would match whatever is subtracted."""
VANISHED = 1e-14


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """The usable exponentials and logarithms, sorted by their real part at the first point.

    ``left_next`` and ``right_next`` are the real parts at the second point, ``left_size`` and
    ``left_next_size`` the magnitudes of exponentials at both.
    """

    rows: Rows
    left_key: Floats
    left_size: Floats
    left_next: Floats
    left_next_size: Floats
    right_key: Floats
    right_next: Floats
    left_row: Pairs
    right_row: Pairs


def sort_lists(table: "EmlTable", leaves: int) -> Lists:
    """Prepare the rows of up to ``leaves`` leaves."""
    rows, end = table.rows, table.starts[leaves + 1]
    second = min(1, rows.points - 1)
    left = _distinct_exponentials(rows, end)
    right = np.flatnonzero(rows.flags[:end] & LN)
    right = right[np.isfinite(rows.ln[right, 0].real)]
    left = left[np.argsort(rows.exp[left, 0].real, kind="stable")]
    right = right[np.argsort(rows.ln[right, 0].real, kind="stable")]
    first, other = rows.exp[left, 0], rows.exp[left, second]
    return Lists(
        rows,
        left_key=np.ascontiguousarray(first.real),
        left_size=np.abs(first),
        left_next=np.ascontiguousarray(other.real),
        left_next_size=np.abs(other),
        right_key=np.ascontiguousarray(rows.ln[right, 0].real),
        right_next=np.ascontiguousarray(rows.ln[right, second].real),
        left_row=left.astype(np.int32),
        right_row=right.astype(np.int32),
    )


def _distinct_exponentials(rows: Rows, end: int) -> Index:
    """Rows with a usable exp; of those where it vanishes, one true 0 and one other."""
    left = np.flatnonzero(rows.flags[:end] & EXP)
    largest = np.abs(rows.exp[left]).max(axis=1)
    vanished = largest < VANISHED
    zero = rows.value[left, 0].real == -np.inf
    keys = np.abs(rows.exp[left[:, None], np.arange(min(2, rows.points))]).max(axis=1)
    keep = (keys < EXP_MOST) & ~vanished
    for kind in (vanished & zero, vanished & ~zero):
        keep[np.flatnonzero(kind)[:1]] = True
    return np.asarray(left[keep])


def two_sum(table: "EmlTable", lists: Lists, target: Numbers, radius: Floats, most: int) -> Pairs:
    """Return pairs (a, b) of rows with exp(a) - ln(b) = target, at most ``most`` of them.

    Args:
        target: a number for each probe point.
        radius: how far it may be off, beside the rounding of exp and ln.
    """
    return table.engine.two_sum(lists, target, radius, most)
