"""Search over any operators and constants, in floats: no proof, but no special case either.

All trees over the operators of a basis are enumerated by size; what has equal values at the
probe points counts as one, what has none is dropped. A match is checked by balls, so a tree
that is found is right; that there is no shorter one is likely, and not proven.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir.plugin_api import Operator, Semantics, symbol
from emlir_enumerate.dedup import Seen, functional
from emlir_minimal.result import SizeLog
from emlir_minimal.verify import Judge

Values = NDArray[np.complex128]
Rows = NDArray[np.int64]
BLOCK = 200_000
CLOSE = 1e-9
INFINITE = 1e290
"""Stands for an infinity where rows are compared."""


class TableFullError(RuntimeError):
    """There are more trees of a size than may be kept."""


@dataclass(slots=True, eq=False)
class Rowset:
    """Trees of all sizes so far: values at the probes, operator and arguments of each."""

    operators: tuple[Operator, ...]
    leaves: tuple[Expr, ...]
    semantics: Semantics
    values: Values
    built: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    levels: dict[int, Rows] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)
    merged: int = 0
    undefined: int = 0
    tried: int = 0

    @classmethod
    def of(
        cls, operators: tuple[Operator, ...], leaves: tuple[Expr, ...], judge: Judge
    ) -> "Rowset":
        """Start with the leaves at the points of a judge."""
        semantics = judge.target.semantics
        points = len(judge.where)
        columns = {name: column.m for name, column in judge.columns.items()}
        made = cls(operators, leaves, semantics, np.empty((0, points), np.complex128))
        values = [emlir.evaluate(leaf, columns, semantics=semantics) for leaf in leaves]
        columns_of = [np.broadcast_to(value, (points,)) for value in values]
        rows = np.array(columns_of, np.complex128).reshape(len(leaves), points)
        made.levels[1] = made._keep(rows, [(-1, (k,)) for k in range(len(leaves))])
        return made

    def grow(self, size: int, max_rows: int, tick: Callable[[str, int], None]) -> None:
        """Add the trees of one size; :class:`TableFullError` if there are too many."""
        parts = [np.empty(0, np.int64)]
        self.merged = self.undefined = self.tried = 0
        for code, operator in enumerate(self.operators):
            for sizes in _splits(size - 1, operator.arity, self.levels):
                for args in _combinations([self.levels[k] for k in sizes]):
                    if len(self.built) > max_rows:
                        raise TableFullError(
                            f"stopped at K = {size}: more than {max_rows:,} trees; allow more rows"
                        )
                    tick(f"K = {size}", len(args))
                    parts.append(self._apply(code, operator, args))
        self.levels[size] = np.concatenate(parts)

    def _apply(self, code: int, operator: Operator, args: Rows) -> Rows:
        names = [f"a{k}" for k in range(operator.arity)]
        node = operator(*map(symbol, names))
        columns = {name: self.values[args[:, k]] for k, name in enumerate(names)}
        with np.errstate(all="ignore"):
            found = emlir.evaluate(node, columns, semantics=self.semantics)
        return self._keep(
            np.asarray(found, np.complex128), [(code, tuple(row)) for row in args.tolist()]
        )

    def _keep(self, values: Values, built: list[tuple[int, tuple[int, ...]]]) -> Rows:
        self.tried += len(values)
        good = np.flatnonzero(~np.isnan(values).any(axis=1))
        self.undefined += len(values) - len(good)
        plain = _plain(values[good])
        keys = functional(plain)
        fresh = self.seen.new_rows(plain, keys, _plain(self.values))
        self.merged += len(good) - len(fresh)
        rows = np.arange(len(self.built), len(self.built) + len(fresh))
        self.seen.add(keys[fresh], rows)
        self.values = np.concatenate([self.values, values[good[fresh]]])
        self.built += [built[k] for k in good[fresh].tolist()]
        return rows

    def expression(self, row: int) -> Expr:
        """Rebuild the tree of a row; arguments have smaller numbers than their row."""
        needed, stack = set(), [row]
        while stack:
            current = stack.pop()
            if current not in needed:
                needed.add(current)
                code, args = self.built[current]
                stack.extend(args if code >= 0 else ())
        done: dict[int, Expr] = {}
        for current in sorted(needed):
            code, args = self.built[current]
            done[current] = (
                self.leaves[args[0]] if code < 0 else self.operators[code](*(done[a] for a in args))
            )
        return done[row]


def _plain(values: Values) -> NDArray[np.float64]:
    """Rows of finite reals that are equal where the values are."""
    parts = np.concatenate([values.real, values.imag], axis=1)
    return np.asarray(np.nan_to_num(parts, posinf=INFINITE, neginf=-INFINITE))


def _splits(total: int, parts: int, levels: dict[int, Rows]) -> Iterator[tuple[int, ...]]:
    """Yield the sizes of arguments that add up to ``total``."""
    for sizes in product(sorted(levels), repeat=parts):
        if sum(sizes) == total:
            yield sizes


def _combinations(columns: list[Rows]) -> Iterator[Rows]:
    """Yield blocks of all combinations of rows."""
    counts = [len(column) for column in columns]
    total = int(np.prod(counts))
    for start in range(0, total, BLOCK):
        index = np.arange(start, min(start + BLOCK, total))
        places = np.unravel_index(index, counts)
        yield np.stack([column[k] for column, k in zip(columns, places, strict=True)], axis=1)


def search(
    rows: Rowset,
    judge: Judge,
    max_k: int,
    max_rows: int,
    tick: Callable[[str, int], None],
    log: list[SizeLog],
) -> list[Expr]:
    """Search the sizes from 1 on until trees are found; every size searched enters the log.

    Raises :class:`TableFullError`, and what ``tick`` raises to stop it.
    """
    for size in range(1, max_k + 1):
        start = time.monotonic()
        if size > 1:
            rows.grow(size, max_rows, tick)
        near = [row for row in rows.levels[size] if _matches(rows.values[row], judge)]
        verdicts = [(judge.by_balls(rows.expression(int(row))), int(row)) for row in near]
        trees = [rows.expression(row) for verdict, row in verdicts if verdict == "equal"]
        if len(rows.levels[size]):
            seconds = round(time.monotonic() - start, 3)
            log.append(_entry(size, rows, [verdict for verdict, _ in verdicts], seconds))
        if trees:
            return trees
    return []


def _matches(values: Values, judge: Judge) -> bool:
    with np.errstate(invalid="ignore"):
        near = np.abs(values - judge.wanted.m) <= CLOSE * (1 + np.abs(judge.wanted.m))
    return bool(np.where(judge.wanted.small, near, np.isinf(values)).all())


def _entry(size: int, rows: Rowset, verdicts: list[str], seconds: float) -> SizeLog:
    return SizeLog(
        size=size,
        trees=len(rows.levels[size]),
        undefined=rows.undefined,
        lost=0,
        pairs=rows.tried,
        goals=1,
        open=0,
        doubtful=rows.merged,
        different=verdicts.count("different") + verdicts.count("undefined"),
        numerical=0,
        undecided=verdicts.count("undecided"),
        equal=verdicts.count("equal"),
        stopped=False,
        seconds=seconds,
    )
