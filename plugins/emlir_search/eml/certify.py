"""Whether an EML tree equals a formula: proved by lifting it, under a named semantics."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

import emlir
from emlir import Expr
from emlir.plugin_api import DomainError, number

Box = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A tree under a semantics is a formula over the reals, by rewriting, exactly.

    That holds where both are defined. ``where``: they are shown to be on the whole ``box``, by
    balls, or on the ``rows`` of the data, by evaluation.
    """

    semantics: str
    where: Literal["box", "rows"]


def certify(tree: Expr, formula: Expr, box: Box, columns: Mapping[str, Any]) -> Certificate | None:
    """Prove that ``tree`` is ``formula`` for variables in a box, or return None.

    Floating point plays no part in the equality: a look-alike is never certified.
    """
    for semantics in emlir.SEMANTICS:
        lifted = emlir.lift(tree, assume=box, semantics=semantics)
        if not _are_equal(lifted, formula, box):
            continue
        # equal by rules of the reals: they say nothing where a side has no real value
        sides = ((tree, semantics), (lifted, "real"), (formula, "real"))
        if all(_is_defined_on(box, *side) for side in sides):
            return Certificate(semantics, "box")
        if all(np.isfinite(emlir.evaluate(e, columns, semantics=s)).all() for e, s in sides):
            return Certificate(semantics, "rows")
    return None


def _is_defined_on(box: Box, expr: Expr, semantics: str) -> bool:
    try:
        emlir.enclose(expr, {name: box[name] for name in expr.symbols}, semantics=semantics)
    except DomainError:
        return False
    return True


def _are_equal(lifted: Expr, formula: Expr, box: Box) -> bool:
    if lifted is formula:
        return True
    ways = ((lifted, formula), (lifted - formula, number(0)), (lifted / formula, number(1)))
    return any(_simple(a, box) is _simple(b, box) for a, b in ways)


def _simple(expr: Expr, box: Box) -> Expr:
    return emlir.rewrite(emlir.lift(expr, assume=box, semantics="real"), "simplify", assume=box)
