"""More ways to write operators with others, for boxes over which the usual ways leave floats.

Each holds wherever the operator is defined in ``real`` and its condition holds. They are
tried only where trees are measured, and for the operators of the expression itself.
"""

from functools import lru_cache

from emlir.expr.core import Expr
from emlir.expr.operator import Lowering
from emlir.text.syntax import parse

IDENTITIES: dict[str, tuple[tuple[str, str | None], ...]] = {
    # one factor carries the magnitude, so that the error is relative to the larger term
    "add": (("x*(1 + y/x)", "x != 0"), ("y*(1 + x/y)", "y != 0")),
    "sub": (("y*(x/y - 1)", "y != 0"),),
    # at half the argument the exponentials are square roots
    "sinh": (("(1 + 1)*(sinh(x/(1 + 1))*cosh(x/(1 + 1)))", None),),
    "cosh": (("(1 + 1)*(cosh(x/(1 + 1))*cosh(x/(1 + 1))) - 1", None),),
    # by functions that do not overflow where this one does
    "sigmoid": (("(1 + tanh(x/(1 + 1)))/(1 + 1)", None),),
    "softplus": (("x + ln(1 + exp(-x))", None),),
    "hypot": (("abs(x)*sqrt(1 + (y/x)*(y/x))", "x != 0"),),
}
"""Formulas in x and y with their conditions (``None``: everywhere)."""


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[Lowering, ...]]:
    return {
        name: tuple(
            _lowering(parse(formula), None if need is None else parse(need))
            for formula, need in formulas
        )
        for name, formulas in IDENTITIES.items()
    }


def identities(name: str) -> tuple[Lowering, ...]:
    """Return the further ways for an operator."""
    return _table().get(name, ())


def _lowering(body: Expr, need: "Expr | None") -> Lowering:
    def over(expr: Expr, args: tuple[Expr, ...]) -> Expr:
        return expr.subs(dict(zip("xy", args, strict=False)))

    requires = None if need is None else lambda *args: over(need, args)
    return Lowering(
        lambda *args: over(body, args), requires=requires, basis="any", source="identity"
    )
