"""Wavefront: many small programs at once, all rows of one operator and level in one call."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from emlir_torch.kernels.kernel import Function
from emlir_torch.plan import Plan, Step

MIN_WIDTH = 4
"""Rows in a batch, on average, from which this pays."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows ``start`` to ``stop`` of the state: one function of rows gathered from before."""

    start: int
    stop: int
    function: Function
    sources: tuple[Tensor, ...]


class Wavefront:
    """Evaluates the rows of a plan level by level, on a matrix with a row for each."""

    def __init__(self, plan: Plan, device: Any) -> None:
        groups = _groups(plan)
        leaves = [constant.row for constant in plan.constants] + [row for row, _ in plan.symbols]
        place = {row: number for number, row in enumerate(leaves)}
        for group in groups:
            for step in group:
                place[step.target] = len(place)
        self._place = place
        self._batches = [_batch(group, place, device) for group in groups]
        self._roots = torch.tensor([place[root] for root in plan.roots], device=device)
        self.rows = len(place)

    def __call__(self, leaves: list[tuple[int, Tensor]], points: int, most: int) -> Tensor:
        """Return the values of the roots, (roots, points).

        ``leaves`` are rows with tensors; ``most`` is how many values one call may compute.
        """
        like = leaves[0][1]
        state = torch.empty((self.rows, points), dtype=like.dtype, device=like.device)
        for row, value in leaves:
            state[self._place[row]] = value
        width = max(1, most // points)
        for batch in self._batches:
            for first in range(0, batch.stop - batch.start, width):
                chosen = (rows[first : first + width] for rows in batch.sources)
                values = batch.function(*(state.index_select(0, rows) for rows in chosen))
                start = batch.start + first
                state[start : start + len(values)] = values
        return state.index_select(0, self._roots)


def _groups(plan: Plan) -> list[list[Step]]:
    """Steps of one level that have the same function, ordered so that sources come first."""
    level = {constant.row: 0 for constant in plan.constants} | {row: 0 for row, _ in plan.symbols}
    groups: dict[tuple[int, Any], list[Step]] = defaultdict(list)
    for step in (*plan.closed, *plan.steps):
        level[step.target] = 1 + max(level[row] for row in step.sources)
        groups[level[step.target], step.function].append(step)
    order = sorted(groups, key=lambda key: key[0])
    return [groups[key] for key in order]


def _batch(group: list[Step], place: dict[int, int], device: Any) -> Batch:
    columns = zip(*(step.sources for step in group), strict=True)
    sources = tuple(
        torch.tensor([place[row] for row in column], device=device) for column in columns
    )
    start = place[group[0].target]
    return Batch(start, start + len(group), group[0].function, sources)


def pays(plan: Plan) -> bool:
    """Whether a plan has many rows of the same operator beside each other."""
    rows = len(plan.closed) + len(plan.steps)
    if rows < 64 or plan.semantics == "complex":
        return False
    return rows >= MIN_WIDTH * len(_groups(plan))
