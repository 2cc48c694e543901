"""The operator set ``piecewise``: choice, comparison, logic, and the functions with corners."""

from emlir.expr import signs
from emlir.expr.core import Expr, Operator, build, number
from emlir.expr.operator import Lowering, Sort

KERNELS = "emlir.kernels.piecewise"
TRUTHS: tuple[Sort, ...] = ("truth", "truth")


def _relation(name: str, symbol: str, summary: str) -> Operator:
    return Operator(
        name=name,
        arity=2,
        family="piecewise",
        gives="truth",
        commutative=name in ("eq", "ne"),
        summary=summary,
        kernel=f"{KERNELS}:{name}",
        enclosure=lambda x, y: x.compare(y, name),
        spellings={"infix": symbol, "rpn": symbol},
    )


lt = _relation("lt", "<", "less than")
le = _relation("le", "<=", "less than or equal")
gt = _relation("gt", ">", "greater than")
ge = _relation("ge", ">=", "greater than or equal")
eq = _relation("eq", "=", "equal")
ne = _relation("ne", "!=", "not equal")

and_: Operator = Operator(
    name="and",
    arity=2,
    family="piecewise",
    takes=TRUTHS,
    gives="truth",
    commutative=True,
    summary="both; false as soon as one side is, even if the other is undefined",
    kernel=f"{KERNELS}:and_",
    enclosure=lambda a, b: a.both(b),
)

or_: Operator = Operator(
    name="or",
    arity=2,
    family="piecewise",
    takes=TRUTHS,
    gives="truth",
    commutative=True,
    summary="either; true as soon as one side is, even if the other is undefined",
    kernel=f"{KERNELS}:or_",
    enclosure=lambda a, b: a.either(b),
)

not_: Operator = Operator(
    name="not",
    arity=1,
    family="piecewise",
    takes=("truth",),
    gives="truth",
    summary="negation of a truth value",
    kernel=f"{KERNELS}:not_",
    enclosure=lambda a: a.opposite(),
)

true: Operator = Operator(
    name="true",
    arity=0,
    family="piecewise",
    gives="truth",
    summary="true",
    kernel=f"{KERNELS}:true",
    enclosure=lambda balls: balls.truth(True),
)

false: Operator = Operator(
    name="false",
    arity=0,
    family="piecewise",
    gives="truth",
    summary="false",
    kernel=f"{KERNELS}:false",
    enclosure=lambda balls: balls.truth(False),
)

where: Operator = Operator(
    name="where",
    arity=3,
    family="piecewise",
    takes=("truth", "number", "number"),
    summary="the second argument where the first holds, else the third; only the chosen one "
    "needs to be defined",
    kernel=f"{KERNELS}:where",
    signs=signs.branch_sign,
    enclosure=lambda condition, x, y: condition.choose(x, y),
    differential=lambda c, x, y, dc, dx, dy: where(c, dx, dy),
)


def _distance(x: Expr, y: Expr) -> Expr:
    return absolute(x - y)


minimum: Operator = Operator(
    name="min",
    arity=2,
    family="piecewise",
    commutative=True,
    summary="the smaller of two reals",
    kernel=f"{KERNELS}:minimum",
    signs=signs.smaller_sign,
    enclosure=lambda x, y: x.minimum(y),
    differential=lambda x, y, dx, dy: where(x <= y, dx, dy),
    lowerings=(
        Lowering(
            lambda x, y: ((x + y) - _distance(x, y)) / (number(1) + 1),
            basis="any",
        ),
    ),
)

maximum: Operator = Operator(
    name="max",
    arity=2,
    family="piecewise",
    commutative=True,
    summary="the larger of two reals",
    kernel=f"{KERNELS}:maximum",
    signs=signs.larger_sign,
    enclosure=lambda x, y: x.maximum(y),
    differential=lambda x, y, dx, dy: where(x >= y, dx, dy),
    lowerings=(
        Lowering(
            lambda x, y: ((x + y) + _distance(x, y)) / (number(1) + 1),
            basis="any",
        ),
    ),
)

absolute: Operator = Operator(
    name="abs",
    arity=1,
    family="piecewise",
    summary="absolute value; the modulus in complex",
    kernel=f"{KERNELS}:absolute",
    signs=signs.modulus_sign,
    entire=True,
    enclosure=abs,
    derivative=lambda x: (x / absolute(x),),
    lowerings=(Lowering(lambda x: build("sqrt", x * x), basis="any"),),
)

floor: Operator = Operator(
    name="floor",
    arity=1,
    family="piecewise",
    summary="the largest integer that is not greater",
    kernel=f"{KERNELS}:floor",
    signs=signs.floor_sign,
    enclosure=lambda x: x.floor(),
    derivative=lambda x: (number(0),),
)

mod: Operator = Operator(
    name="mod",
    arity=2,
    family="piecewise",
    summary="x - y floor(x / y)",
    domain=lambda x, y: ne(y, 0),
    kernel=f"{KERNELS}:mod",
    enclosure=lambda x, y: x.mod(y),
    derivative=lambda x, y: (number(1), -floor(x / y)),
)
