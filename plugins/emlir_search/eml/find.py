"""find_tree: the EML tree of a column of numbers; find_tree_of: the EML tree of a formula."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir.plugin_api import Budget, DataError, OutOfTimeError
from emlir_search.eml.certify import Box, Certificate, certify
from emlir_search.eml.search import Hit, TreeSearch

Array = NDArray[np.float64]
Label = Literal["certified", "numeric", "not found"]

POINTS = 64


@dataclass(frozen=True, slots=True, eq=False)
class TreeResult:
    """What a search for a tree found.

    ``label``: ``certified`` if the tree is proved equal to the formula that was asked for (see
    ``certificate``); ``numeric`` if it gives the numbers in floating point, and no more is
    known; ``not found``. ``formula`` is the tree lifted to elementary form. ``absorbed`` are
    nodes where rounding swallows a term at all rows: such a tree may be a look-alike that
    differs from what it seems to be, far below the last digit. ``error`` is how far it is off
    the numbers, relative. ``work`` counts pairs of trees, ``seconds`` is wall time.
    """

    tree: Expr | None
    label: Label
    certificate: Certificate | None
    formula: Expr | None
    absorbed: tuple[Expr, ...]
    error: float
    work: int
    seconds: float

    @property
    def semantics(self) -> str | None:
        """Under which the tree is proved to be the formula."""
        return None if self.certificate is None else self.certificate.semantics

    @property
    def size(self) -> int | None:
        """The number of nodes K of the tree."""
        return None if self.tree is None else self.tree.tree_size


def find_tree(
    columns: Mapping[str, Any],
    target: Any,
    *,
    equals: Expr | None = None,
    box: Box | None = None,
    time_limit: float = 10.0,
    search: TreeSearch | None = None,
) -> TreeResult:
    """Find a small pure EML tree over 1 and variables that gives ``target`` to the last digits.

    Args:
        columns: for each variable n numbers.
        target: n numbers without noise.
        equals: a formula that the tree shall equal; a tree that is proved to is preferred.
        box: for which ranges of the variables that is to be proved; those of the data if None.
        search: tables of the same columns, to be used again for further targets.

    A tree without absorbed terms is preferred, then a small one. Raises
    :class:`emlir.DataError` for columns that cannot be used.

    >>> result = find_tree({"x": [0.5, 1.0, 2.0, 3.0]}, [-0.5, -1.0, -2.0, -3.0],
    ...                    equals=emlir.parse("-x"))
    >>> result.size, result.label, result.semantics
    (15, 'certified', 'extended')
    """
    data, y = _checked(columns, target)
    if box is None:
        box = {name: (float(c.min()), float(c.max())) for name, c in data.items()}
    budget = Budget(time_limit)
    started = perf_counter()
    hits = (search or TreeSearch(data)).hits(y, budget.spend)
    proves = None if equals is None else partial(certify, formula=equals, box=box, columns=data)
    hit, proof = _best(hits, proves)
    spent = budget.work, perf_counter() - started
    if hit is None:
        return TreeResult(None, "not found", None, None, (), np.inf, *spent)
    label: Label = "numeric" if proof is None else "certified"
    meaning = None if proof is None else proof.semantics
    formula = emlir.lift(hit.tree, assume=box, semantics=meaning)
    return TreeResult(hit.tree, label, proof, formula, hit.absorbed, hit.error, *spent)


def find_tree_of(
    formula: Expr | str, box: Box, *, seed: int = 0, time_limit: float = 10.0
) -> TreeResult:
    """Find a small pure EML tree that equals a formula of real variables on a box.

    The formula is sampled at 64 random points of the box; then see :func:`find_tree`. Raises
    :class:`emlir.DataError` if it is undefined at one of them.

    >>> result = find_tree_of("x*y", {"x": (0.5, 2), "y": (1, 3)})
    >>> result.size, result.label, result.semantics
    (17, 'certified', 'real')
    """
    expr = emlir.parse(formula) if isinstance(formula, str) else formula
    rng = np.random.default_rng(seed)
    ends = {name: (float(low), float(high)) for name, (low, high) in sorted(box.items())}
    columns = {name: rng.uniform(low, high, POINTS) for name, (low, high) in ends.items()}
    y = np.broadcast_to(emlir.evaluate(expr, columns), POINTS)
    return find_tree(columns, y, equals=expr, box=box, time_limit=time_limit)


def _best(
    hits: Iterator[Hit], prove: Callable[[Expr], Certificate | None] | None
) -> tuple[Hit | None, Certificate | None]:
    """The first hit that is proved; where nothing is to be proved the first clean one."""
    best: Hit | None = None
    try:
        for hit in hits:
            proof = prove(hit.tree) if prove and hit.is_clean else None
            if proof or (not prove and hit.is_clean):
                return hit, proof
            if best is None or hit.rank < best.rank:
                best = hit
    except OutOfTimeError:
        pass
    return best, None


def _checked(columns: Mapping[str, Any], target: Any) -> tuple[dict[str, Array], Array]:
    y = np.asarray(target, float)
    data = {name: np.asarray(column, float) for name, column in columns.items()}
    if not data:
        raise DataError("a tree needs a variable: columns is empty")
    for name, column in (*data.items(), ("the target", y)):
        if column.shape != y.shape or y.ndim != 1 or not y.size:
            raise DataError(f"{name} has the shape {column.shape}, the target {y.shape}, not (n,)")
        if not np.isfinite(column).all():
            raise DataError(f"{name} has values that are not finite")
    return data, y
