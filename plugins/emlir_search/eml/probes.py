"""The rows of data at which trees are compared first."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

PROBES = 8
MOST_ROWS = 4_000
"""Of more rows, so many are looked at."""


def probe_rows(columns: Mapping[str, NDArray[np.float64]]) -> NDArray[np.int64]:
    """Choose up to 8 rows: different ones, spread evenly, without 0 and 1 where that leaves any.

    At 0 and 1 too many trees agree. The choice does not depend on what is searched for, so that
    the tables serve for all targets in the same variables.
    """
    size = len(next(iter(columns.values())))
    rows = np.linspace(0, size - 1, min(size, MOST_ROWS)).round().astype(np.int64)
    table = np.stack([column[rows] for column in columns.values()], axis=1)
    _, first = np.unique(table, axis=0, return_index=True)
    special = ((table[first] == 0) | (table[first] == 1)).any(axis=1)
    chosen = first[~special] if (~special).sum() >= PROBES else first
    picked = np.linspace(0, len(chosen) - 1, min(PROBES, len(chosen))).round().astype(np.int64)
    return np.asarray(rows[chosen[picked]])
