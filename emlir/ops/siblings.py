"""The siblings of EML: operators of the same kind, with other constants.

EDL is exp(x)/ln(y) with e, -EML is ln(x) - exp(y) with -oo, and the ternary one needs no
constant: T(x, x, x) = 1 (Odrzywolek, arXiv:2603.21852). They are defined by the same records
as every operator; EDL has lowerings of its own.
"""

from typing import Any

from emlir.expr.core import Expr, Operator, build
from emlir.expr.operator import Lowering
from emlir.ops import edl_trees
from emlir.ops.basis import Basis, declare
from emlir.ops.edl import edl as edl

KERNELS = "emlir.kernels.siblings"


def _exp(x: Expr) -> Expr:
    return build("exp", x)


def _ln(x: Expr) -> Expr:
    return build("ln", x)


def _ne_one(x: Expr) -> Expr:
    return build("ne", x, 1)


neml: Operator = Operator(
    name="neml",
    arity=2,
    family="sibling",
    summary="-EML: ln(x) - exp(y), with the constant -oo",
    domain=lambda x, y: x > 0,
    kernel=f"{KERNELS}:neml",
    enclosure=lambda x, y: x.ln() - y.exp(),
    derivative=lambda x, y: (1 / x, -_exp(y)),
    poles=True,
    lowerings=(Lowering(lambda x, y: _ln(x) - _exp(y), basis="any", source="definition"),),
)


def _ternary(x: Any, y: Any, z: Any) -> Any:
    return (x.exp() / x.ln()) * (z.ln() / y.exp())


def _ternary_slopes(x: Expr, y: Expr, z: Expr) -> tuple[Expr, Expr, Expr]:
    value = teml(x, y, z)
    return (
        value * (1 - 1 / (x * _ln(x))),
        -value,
        (_exp(x) / _ln(x)) * (1 / (z * _exp(y))),
    )


teml: Operator = Operator(
    name="teml",
    arity=3,
    family="sibling",
    summary="T(x, y, z) = (exp(x)/ln(x)) (ln(z)/exp(y)), with T(x, x, x) = 1",
    domain=lambda x, y, z: (x > 0) & _ne_one(x) & (z > 0),
    kernel=f"{KERNELS}:teml",
    enclosure=_ternary,
    derivative=_ternary_slopes,
    poles=True,
    lowerings=(
        Lowering(
            lambda x, y, z: (_exp(x) / _ln(x)) * (_ln(z) / _exp(y)),
            basis="any",
            source="definition",
        ),
    ),
)

EDL = declare(
    Basis(
        "edl",
        (edl,),
        lambda: (build("e"),),
        "exp(x)/ln(y) with e",
        edl_trees.LOWERINGS,
    )
)
NEML = declare(Basis("neml", (neml,), lambda: (-build("inf"),), "ln(x) - exp(y) with -oo"))
TEML = declare(Basis("teml", (teml,), lambda: (), "the ternary operator, without a constant"))
