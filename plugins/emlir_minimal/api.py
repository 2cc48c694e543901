"""``minimal``: the shortest known tree of a formula, and what is proven about it."""

import time
from pathlib import Path
from typing import Any

from emlir import Expr, parse
from emlir.plugin_api import Assumptions, check_semantics, find_basis, symbol
from emlir_minimal import floats
from emlir_minimal.cache import Cache
from emlir_minimal.database import best_known
from emlir_minimal.result import Known, MinimalResult, SizeLog
from emlir_minimal.search import Clock, OutOfTimeError, Progress, Search
from emlir_minimal.verify import Judge, Target, points_of, probe

PROVING = ("eml",)
"""The bases whose two-sum search proves what it says; others are searched in floats."""
MAX_ROWS = 400_000
"""Trees that the table holds at most; 64 bytes each, and ten times that while it grows."""


def minimal(
    expr: Expr | str,
    *,
    semantics: str = "complex",
    finite: bool = False,
    basis: str = "eml",
    assume: Any = None,
    max_k: int = 21,
    table_k: int | None = None,
    max_rows: int = MAX_ROWS,
    seconds: float = 60.0,
    alternatives: int = 1,
    cache: Path | str | None = None,
    progress: Progress | None = None,
) -> MinimalResult:
    """Search the shortest tree of eml, 1 and symbols that equals ``expr`` (or infix text).

    Equal means: on the real domain of ``expr`` as far as ``assume`` reaches, with every step
    defined under ``semantics`` (``finite``: and no infinity). Sizes are searched completely,
    one after the other, so what is found is proven shortest unless the log has a gap. That a
    shorter tree is *not* equal is shown with error bounds at one point of the domain; that a
    tree *is* equal is checked to 60 digits at 13 points.

    ``max_k`` is the largest size searched; ``table_k`` and ``max_rows`` limit the table of
    all small trees; the search stops after ``seconds`` between two blocks of work, and at
    the first size with a tree, once ``alternatives`` are found. Tables are kept in the folder
    ``cache``; ``progress`` is called with what is being done and a count.

    Over another ``basis`` all trees are enumerated in floats, and nothing is proven.

    Raises ``ValueError`` (semantics, a limit below 1, or no point of the domain found),
    ``TypeError`` (a truth).
    """
    _check_limits(max_k=max_k, max_rows=max_rows, seconds=seconds, alternatives=alternatives)
    target = _target(expr, semantics, finite, assume)
    clock = Clock(time.monotonic() + seconds, progress)
    if basis not in PROVING:
        return _in_floats(target, basis, max_k, max_rows, clock)
    search = Search(
        target,
        probe(target),
        max_rows=max_rows,
        table_k=max_k if table_k is None else table_k,
        cache=Cache(None if cache is None else Path(cache)),
        clock=clock,
        alternatives=alternatives,
    )
    return _proving(search, max_k)


def _proving(search: Search, max_k: int) -> MinimalResult:
    notes: tuple[str, ...] = ()
    try:
        search.run(max_k)
    except OutOfTimeError as error:
        notes = (str(error),)
    return _result(search, (*search.cache.notes, *notes))


def _target(expr: Expr | str, semantics: str, finite: bool, assume: Any) -> Target:
    wanted = parse(expr) if isinstance(expr, str) else expr
    if wanted.sort != "number":
        raise TypeError("a truth expression has no EML tree: give a number expression")
    return Target(wanted, check_semantics(semantics), finite, Assumptions.of(assume))


def _in_floats(target: Target, name: str, max_k: int, max_rows: int, clock: Clock) -> MinimalResult:
    basis = find_basis(name)
    point = probe(target)
    judge = Judge(target, points_of(target, point))
    leaves = (*(symbol(own) for own in target.names), *basis.constants())
    notes = ["floats do not prove that there is no shorter tree"]
    rows = floats.Rowset.of(basis.operators, leaves, judge)
    trees: list[Expr] = []
    log: list[SizeLog] = []
    try:
        trees = floats.search(rows, judge, max_k, max_rows, clock.tick, log)
    except (OutOfTimeError, floats.TableFullError) as error:
        notes.append(str(error))
    return MinimalResult(
        expr=target.expr,
        semantics=target.semantics,
        finite=target.finite,
        basis=name,
        point=point,
        tree=trees[0] if trees else None,
        k=basis.tree_size(trees[0]) if trees else None,
        alternatives=tuple(trees[1:]),
        proven_up_to=0,
        exceptions=(),
        known=None,
        log=tuple(log),
        notes=tuple(notes),
    )


def _result(search: Search, notes: tuple[str, ...]) -> MinimalResult:
    target, trees = search.target, search.trees
    tree = trees[0] if trees else None
    return MinimalResult(
        expr=target.expr,
        semantics=target.semantics,
        finite=target.finite or target.semantics == "real",
        basis="eml",
        point=search.point,
        tree=tree,
        k=None if tree is None else tree.tree_size,
        alternatives=tuple(trees[1:]),
        proven_up_to=_proven(search.log),
        exceptions=() if tree is None else tuple(search.exceptions(tree)),
        known=_known(search),
        log=tuple(search.log),
        notes=notes,
    )


def _proven(log: list[SizeLog]) -> int:
    """The largest size up to which all were searched completely."""
    reached = 0
    for row in log:
        if not row.exhaustive:
            break
        reached = row.size
    return reached


def _known(search: Search) -> Known | None:
    """The shortest tree of the database that is right for the target."""
    for known in best_known(search.target.expr):
        allowed = known.finite or not search.target.finite
        if allowed and search.judge(known.tree) == "equal":
            return known
    return None


def _check_limits(**limits: float) -> None:
    for name, value in limits.items():
        at_least = 0 if name == "seconds" else 1
        if not value >= at_least:  # nan too
            raise ValueError(f"{name} is {value}: give at least {at_least}")
