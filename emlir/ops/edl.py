"""The operator EDL: with e and symbols it generates every elementary function."""

from typing import Any

from emlir.expr.core import Operator, build
from emlir.expr.operator import Lowering


def _enclosure(x: Any, y: Any) -> Any:
    """exp(x)/ln(y); where ln(y) is exactly 0 it is +oo times exp(x)."""
    ln_y = y.ln()
    return x.arithmetic.inf() * x.exp() if ln_y.is_zero else x.exp() / ln_y


edl: Operator = Operator(
    name="edl",
    arity=2,
    family="sibling",
    summary="EDL: exp(x)/ln(y), with the constant e; +oo at y = 1 beyond real",
    domain=lambda x, y: (y > 0) & build("ne", y, 1),
    kernel="emlir.kernels.siblings:edl",
    enclosure=_enclosure,
    closed=lambda folder, x, y: folder.exp_over(x, folder.ln(y)),
    derivative=lambda x, y: (edl(x, y), -(edl(x, y) / (y * build("ln", y)))),
    poles=True,
    lowerings=(
        Lowering(lambda x, y: build("exp", x) / build("ln", y), basis="any", source="definition"),
    ),
)
