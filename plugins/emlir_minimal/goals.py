"""Exhaustive search for all trees of one size with a given value, far beyond the table.

t = exp(A) - ln(B). If both arguments are in the table, a two-sum finds all pairs. If B is
larger, every A of the table leaves one value that B must have, B = exp(exp(A) - t); if A is
larger, every B leaves A = ln(t + ln B), in the plane up to 2 pi i. These values are goals of
their own. So every tree is reached, however its size is split, unless a goal is ``open``:
a value that floats cannot hold, or an angle that is not known. Open goals are counted, and
nothing is claimed about a size that has one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from emlir_minimal.table import Level, Table
from emlir_minimal.twosum import Columns, Hits, Plane, Rows, coincidences, pairs
from emlir_minimal.wide import EPS, FIN, LARGE, LOG, NINF, PINF, Flags, Floats, Wide

MOST_GOALS = 5_000_000
"""More values at a time are not looked for: 500 MB."""
Tree = tuple[str, "Tree | int", "Tree | int"] | int


@dataclass(frozen=True, slots=True, eq=False)
class Goals:
    """Values that a subtree of ``size`` must have, and where it belongs.

    ``sibling`` is the row of the other argument, ``parent`` the index of the goal above it;
    ``is_left`` says that the subtree is the left argument. ``modulo``: up to 2 pi i.
    """

    size: int
    m: Plane
    r: Floats
    modulo: bool = False
    above: "Goals | None" = None
    parent: Rows | None = None
    sibling: Rows | None = None
    is_left: bool = False

    def __len__(self) -> int:
        return len(self.m)


@dataclass(slots=True)
class Account:
    """What was done for one size."""

    pairs: int = 0
    goals: int = 0
    open: int = 0
    doubtful: int = 0


@dataclass(slots=True, eq=False)
class Finder:
    """Finds trees, and keeps what it learnt about pairs beyond floats."""

    table: Table
    columns: Columns
    account: Account
    known: dict[tuple[int, int], list[tuple[int, int, Wide | None]]] = field(default_factory=dict)
    deferred: list[tuple[Goals, Level, Level]] = field(default_factory=list)

    def find(
        self, goals: Goals, on_block: Callable[[int], None] = lambda count: None
    ) -> Iterator[tuple[Goals, Hits]]:
        """Yield the matches of the goals, with the goals that they match.

        Pairs beyond floats are put off: :meth:`beyond` has those.
        """
        self.deferred.clear()
        stack = [goals]
        while stack:
            current = stack.pop()
            if not len(current):
                continue
            self.account.goals += len(current)
            for left in range(1, current.size - 1, 2):
                right = current.size - 1 - left
                on_block(len(current))
                yield from self._split(current, left, right, stack)

    def _split(
        self, goals: Goals, left: int, right: int, stack: list[Goals]
    ) -> Iterator[tuple[Goals, Hits]]:
        a, b = self.table.levels.get(left), self.table.levels.get(right)
        if a is not None and b is not None:
            yield from self._both(goals, a, b)
        elif a is not None and len(a) * len(goals) <= MOST_GOALS:
            stack.extend(self._right_goals(goals, a, right))
        elif b is not None and len(b.ln) * len(goals) <= MOST_GOALS:
            stack.extend(self._left_goals(goals, b, left))
        else:
            self.account.open += len(goals)

    def _both(self, goals: Goals, a: Level, b: Level) -> Iterator[tuple[Goals, Hits]]:
        exps, lns = self.columns.exp(a), self.columns.ln(b)
        self.account.pairs += len(a) * len(b.ln) * len(goals)
        for hits in pairs(goals.m, goals.r, exps, lns, modulo=goals.modulo):
            if len(hits.target):
                yield goals, hits
        self.deferred.append((goals, a, b))

    def beyond(self) -> Iterator[tuple[Goals, Hits]]:
        """Yield the matches whose terms are beyond floats."""
        for goals, a, b in self.deferred:
            yield from self._beyond(goals, a, b)

    def _coincidences(self, a: Level, b: Level) -> list[tuple[int, int, Wide | None]]:
        key = a.size, b.size
        if key not in self.known:
            left, right = coincidences(self.columns.exp(a), self.columns.ln(b))
            both = zip(left.tolist(), right.tolist(), strict=True)
            self.known[key] = [(i, j, self.table.forms.difference(i, j)) for i, j in both]
        return self.known[key]

    def _beyond(self, goals: Goals, a: Level, b: Level) -> Iterator[tuple[Goals, Hits]]:
        """Pairs whose terms are beyond floats and may cancel: forms decide."""
        for i, j, value in self._coincidences(a, b):
            if value is None:
                self.account.doubtful += 1
                continue
            if value.kind[0] > FIN and not (value.kind[0] == LOG and value.m[0].real < 0):
                continue
            center = value.m[0] if value.kind[0] <= FIN else 0.0
            gap = goals.m - center
            if goals.modulo:
                gap.imag -= 2 * np.pi * np.round(gap.imag / (2 * np.pi))
            target = np.flatnonzero(np.abs(gap) <= goals.r + value.r[0] * (value.kind[0] <= FIN))
            if len(target):
                count = len(target)
                rows = np.full(count, i), np.full(count, j)
                yield goals, Hits(target, *rows, np.zeros(count))

    def _right_goals(self, goals: Goals, a: Level, right: int) -> Iterator[Goals]:
        """B = exp(exp(A) - t) for every A."""
        values, rows = a.exp, a.start + np.arange(len(a))
        small = values.small | _is_speck(values)
        far = ~small & (values.kind != NINF) & (values.kind != PINF)
        self.account.open += int(far.sum()) * len(goals)
        m, r = _spread(np.where(values.small, values.m, 0)[small], values.r[small], goals, -1)
        index, parent = _outer(int(small.sum()), len(goals))
        inside = goals.modulo | (np.abs(m.imag) <= np.pi + r + EPS)
        beyond = inside & (np.abs(m.real) > LARGE)
        self.account.open += int(beyond.sum())
        keep = inside & ~beyond
        m, r = m[keep], r[keep]
        value = np.exp(m)
        radius = np.abs(value) * (np.expm1(r) + EPS)
        sibling = rows[small][index[keep]]
        yield Goals(right, value, radius, False, goals, parent[keep], sibling, False)

    def _left_goals(self, goals: Goals, b: Level, left: int) -> Iterator[Goals]:
        """A = ln(t + ln B) for every B; if ln B is beyond floats, A is its logarithm."""
        rules = self.table.rules
        if goals.modulo:
            self.account.open += len(goals) * len(b.ln)
            return
        rows, values = b.ln_row.astype(np.int64), b.ln
        small = values.small | _is_speck(values)
        m, r = _spread(np.where(values.small, values.m, 0)[small], values.r[small], goals, 1)
        index, parent = _outer(int(small.sum()), len(goals))
        zero = np.abs(m) <= 2 * r
        self.account.open += int(zero.sum())
        keep = ~zero & (rules.plane | (m.real > 0))
        m, r = m[keep], r[keep]
        value, radius = np.log(m), r / (np.abs(m) - r) + EPS * (1 + np.abs(np.log(m)))
        sibling = rows[small][index[keep]]
        yield Goals(left, value, radius, rules.plane, goals, parent[keep], sibling, True)
        self.account.open += int(values.towers[~small].sum()) * len(goals)
        logs = (values.kind == LOG) & ~small
        logs &= rules.plane | (np.abs(values.m.imag) < 1)
        index, parent = _outer(int(logs.sum()), len(goals))
        far = values[logs][index]
        with np.errstate(divide="ignore"):
            beside = np.log(np.abs(goals.m[parent]) + goals.r[parent]) - far.m.real
        radius = far.r + EPS * np.abs(far.m) + 2 * np.exp(np.minimum(beside, 0.0))
        yield Goals(left, far.m, radius, rules.plane, goals, parent, rows[logs][index], True)


def _is_speck(values: Wide) -> Flags:
    speck = (values.kind == LOG) & (values.m.real < 0)
    return np.asarray(speck | (values.towers & values.inverse))


def _outer(rows: int, goals: int) -> tuple[Rows, Rows]:
    index = np.arange(rows * goals)
    return index // max(goals, 1), index % max(goals, 1)


def _spread(m: Plane, r: Floats, goals: Goals, sign: int) -> tuple[Plane, Floats]:
    """Return row + sign * goal for every row and every goal."""
    total = (m[:, None] + sign * goals.m[None, :]).ravel()
    radius = (r[:, None] + goals.r[None, :]).ravel() + EPS * np.abs(total)
    return total, radius


def tree_of(goals: Goals, hits: Hits, place: int) -> Tree:
    """Put a match into the trees of all goals above it."""
    tree: Tree = ("eml", int(hits.left[place]), int(hits.right[place]))
    index = int(hits.target[place])
    current: Goals | None = goals
    while current is not None and current.above is not None:
        assert current.parent is not None
        assert current.sibling is not None
        sibling = int(current.sibling[index])
        tree = ("eml", tree, sibling) if current.is_left else ("eml", sibling, tree)
        index, current = int(current.parent[index]), current.above
    return tree
