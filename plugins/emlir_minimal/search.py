"""Searching one size after the other until a tree is found, and keeping account."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

import emlir
from emlir import Expr
from emlir.plugin_api import number, symbol
from emlir_minimal.cache import Cache
from emlir_minimal.goals import Account, Finder, Goals, Tree, tree_of
from emlir_minimal.result import SizeLog
from emlir_minimal.table import Rules, Table
from emlir_minimal.twosum import Columns, Hits
from emlir_minimal.verify import (
    CORNERS,
    Judge,
    Target,
    Verdict,
    as_wide,
    compare,
    digits,
    points_of,
)
from emlir_minimal.wide import PINF, ZERO

Progress = Callable[[str, int], None]


class OutOfTimeError(TimeoutError):
    """The time allowed is over."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The time that a search has, and whom it tells what it does."""

    deadline: float
    progress: Progress | None = None

    def tick(self, doing: str, count: int) -> None:
        """Report a block of work; raises :class:`OutOfTimeError` at the deadline."""
        if self.progress is not None:
            self.progress(doing, count)
        if time.monotonic() > self.deadline:
            raise OutOfTimeError(f"stopped at {doing}: allow more seconds to go on")


@dataclass(slots=True, eq=False)
class Search:
    """A search for one target; :meth:`run` can be stopped between any two sizes."""

    target: Target
    point: tuple[float, ...]
    max_rows: int
    table_k: int
    cache: Cache
    clock: Clock
    alternatives: int = 8
    table: Table = field(init=False)
    finder: Finder = field(init=False)
    judge: Judge = field(init=False)
    target_text: str = field(init=False)
    log: list[SizeLog] = field(default_factory=list)
    trees: list[Expr] = field(default_factory=list)

    def __post_init__(self) -> None:
        target = self.target
        leaves = (*(symbol(name) for name in target.names), number(1))
        rules = Rules(
            target.semantics == "complex", target.semantics != "real" and not target.finite
        )
        self.table = Table(leaves, (*self.point, 1.0), rules)
        self.finder = Finder(self.table, Columns(), Account())
        self.judge = Judge(target, points_of(target, self.point))
        self.target_text = self.judge.texts[0]

    def run(self, max_k: int) -> None:
        """Search the sizes 1, 3, ... up to the first at which a tree is found."""
        for size in range(1, max_k + 1, 2):
            start = time.monotonic()
            self._grow(size - 2)
            self.finder.account = Account()
            found: Counter[str] = Counter()
            for tree in self._matches(size):
                self.clock.tick(f"K = {size}, matches", 1)
                found[self._verdict(tree)] += 1
                if len(self.trees) >= self.alternatives:
                    found["stopped"] = 1
                    break
            self.log.append(self._row(size, found, time.monotonic() - start))
            if self.trees:
                return

    def _grow(self, wanted: int) -> None:
        """Extend the table to a size, as far as it is allowed to be that large."""
        while self.table.top < min(wanted, self.table_k):
            count = self.table.predicted()
            if len(self.table) + count > self.max_rows:
                return
            level = self.cache.load(self.table)
            if level is not None:
                self.table.add(level)
                continue
            self.table.grow(lambda count: self.clock.tick("building the table", count))
            self.cache.save(self.table)

    def _matches(self, size: int) -> Iterator[Expr]:
        """Yield every tree of a size that matches at the point, each once."""
        if size == 1:
            yield from self.table.leaves
            return
        goals = self._goal(size)
        if goals is None:
            yield from self._infinite(size)
            return
        found = self.finder.find(goals, lambda n: self.clock.tick(f"K = {size}", n))
        trees = dict.fromkeys(self._trees(found))
        yield from sorted(trees, key=self.judge.seems_different)
        yield from (tree for tree in self._trees(self.finder.beyond()) if tree not in trees)

    def _trees(self, found: Iterator[tuple[Goals, Hits]]) -> Iterator[Expr]:
        for matched, hits in found:
            for place in range(len(hits.target)):
                yield self.expression(tree_of(matched, hits, place))

    def _goal(self, size: int) -> Goals | None:
        """Return the value at the point as a goal, or None for an infinity."""
        value = as_wide(self.target_text)
        if not value.small[0]:
            return None
        return Goals(size, value.m, value.r)

    def _infinite(self, size: int) -> Iterator[Expr]:
        """Infinite values are found in the table only."""
        self._grow(size)
        level = self.table.levels.get(size)
        if level is None:
            self.finder.account.open += 1
            return
        wanted = ZERO if self.target_text == "-inf" else PINF  # exp of it
        for place in np.flatnonzero(level.exp.kind == wanted):
            yield self.table.expression(level.start + int(place))

    def expression(self, tree: Tree) -> Expr:
        """Build a tree of rows and eml nodes."""
        built: list[Expr] = []
        stack: list[tuple[Tree, bool]] = [(tree, False)]
        while stack:
            node, ready = stack.pop()
            if isinstance(node, int):
                built.append(self.table.expression(node))
            elif ready:
                right, left = built.pop(), built.pop()
                built.append(emlir.eml(left, right))
            else:
                stack.extend([(node, True), (node[2], False), (node[1], False)])
        return built[0]

    def _verdict(self, tree: Expr) -> Verdict:
        verdict = self.judge(tree)
        if verdict == "equal":
            self.trees.append(tree)
        return verdict

    def _row(self, size: int, found: Counter[str], seconds: float) -> SizeLog:
        level = self.table.levels.get(size)
        lost = sum(row.lost for row in self.table.levels.values() if row.size <= size - 2)
        account = self.finder.account
        return SizeLog(
            size=size,
            trees=0 if level is None else len(level),
            undefined=0 if level is None else level.undefined,
            lost=lost,
            pairs=account.pairs,
            goals=account.goals,
            open=account.open,
            doubtful=account.doubtful,
            different=found["different"] + found["undefined"],
            numerical=found["numerical"],
            undecided=found["undecided"],
            equal=found["equal"],
            stopped=bool(found["stopped"]),
            seconds=round(seconds, 3),
        )

    def exceptions(self, tree: Expr) -> list[str]:
        """Return the corners of the domain where the tree has another value or none."""
        if len(self.target.names) > 2:
            return []
        corners: list[dict[str, int]] = [{}]
        for name in self.target.names:
            corners = [{**corner, name: value} for corner in corners for value in CORNERS]
        found = []
        for corner in corners:
            point = {name: emlir.const(value).number for name, value in corner.items()}
            if not self.target.is_in_domain(point):
                continue
            wanted = digits(self.target.expr, point, self.target.semantics)
            verdict = compare(tree, self.target, point, wanted or "")
            if verdict != "equal":
                place = ", ".join(f"{name} = {value}" for name, value in corner.items())
                found.append(f"{place}: {verdict}")
        return found
