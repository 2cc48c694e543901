"""``minimal``: the shortest known tree of a formula, and what is proven about it."""

import time
from pathlib import Path
from typing import Any

from emlir import Expr, parse
from emlir.plugin_api import Assumptions, check_semantics
from emlir_minimal.cache import Cache
from emlir_minimal.database import best_known
from emlir_minimal.result import Known, MinimalResult, SizeLog
from emlir_minimal.search import OutOfTimeError, Progress, Search
from emlir_minimal.verify import Target, probe

MAX_ROWS = 400_000
"""Trees that the table holds at most; 64 bytes each, and ten times that while it grows."""


def minimal(
    expr: Expr | str,
    *,
    semantics: str = "complex",
    finite: bool = False,
    assume: Any = None,
    max_k: int = 21,
    table_k: int | None = None,
    max_rows: int = MAX_ROWS,
    seconds: float = 60.0,
    alternatives: int = 8,
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

    Raises ``ValueError`` (semantics, or no point of the domain found), ``TypeError`` (a truth).
    """
    target = _target(expr, semantics, finite, assume)
    kept = Cache(None if cache is None else Path(cache))
    search = Search(
        target,
        probe(target),
        max_rows=max_rows,
        table_k=10**6 if table_k is None else table_k,
        cache=kept,
        deadline=time.monotonic() + seconds,
        alternatives=alternatives,
        progress=progress,
    )
    notes: list[str] = []
    try:
        search.run(max_k)
    except OutOfTimeError as error:
        notes.append(f"stopped after {seconds:g} s, {error}: allow more seconds to go on")
    return _result(search, (*kept.notes, *notes))


def _target(expr: Expr | str, semantics: str, finite: bool, assume: Any) -> Target:
    wanted = parse(expr) if isinstance(expr, str) else expr
    if wanted.sort != "number":
        raise TypeError("a truth expression has no EML tree: give a number expression")
    return Target(wanted, check_semantics(semantics), finite, Assumptions.of(assume))


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
        if search.judge(known.tree) == "equal":
            return known
    return None
