"""The operator set ``elementary``: exp, ln, roots, circular and hyperbolic functions, constants."""

from functools import partial
from operator import methodcaller

from emlir.expr import signs
from emlir.expr.core import Expr, Operator, build, number
from emlir.expr.operator import Lowering
from emlir.ops import trees
from emlir.ops.eml import eml
from emlir.ops.kit import arcsine, sine_away_from_zero, sine_of_parts

KERNELS = "emlir.kernels.elementary"


def _two() -> Expr:
    return number(1) + 1


def _half(x: Expr) -> Expr:
    return x / _two()


def _sine_everywhere(x: Expr) -> Expr:
    """x = exp(x) - (exp(x) - x)."""
    return sine_of_parts(trees.KIT, trees.exp_tree(x), trees.gap(x))


def _arctangent(x: Expr) -> Expr:
    """atan x = asin(x / r) with r = sqrt(1 + x^2), whose cosine is 1 / r."""
    root = sqrt(1 + x * x)
    return arcsine(trees.KIT, x / root + _two(), -(1 / root))


def _arcsine(x: Expr) -> Expr:
    return arcsine(trees.KIT, x + _two(), -sqrt(1 - x * x))


exp: Operator = Operator(
    name="exp",
    arity=1,
    family="elementary",
    summary="exponential",
    kernel=f"{KERNELS}:exp",
    signs=signs.always_positive,
    entire=True,
    enclosure=methodcaller("exp"),
    derivative=lambda x: (exp(x),),
    lowerings=(Lowering(trees.exp_tree, source="K = 3, paper", everywhere=True, finite=True),),
)

ln: Operator = Operator(
    name="ln",
    arity=1,
    family="elementary",
    summary="natural logarithm; ln 0 = -oo in extended and complex",
    domain=lambda x: x > 0,
    kernel=f"{KERNELS}:ln",
    poles=True,
    enclosure=methodcaller("ln"),
    derivative=lambda x: (1 / x,),
    lowerings=(
        Lowering(trees.ln_tree, source="K = 7, paper", finite=True),
        Lowering(trees.ln_tree, ("extended",), source="K = 7, paper", everywhere=True),
        Lowering(trees.ln_tree, ("complex",), lambda x: x >= 0, "K = 7, paper", everywhere=True),
    ),
)

sqrt: Operator = Operator(
    name="sqrt",
    arity=1,
    family="elementary",
    summary="principal square root",
    domain=lambda x: x >= 0,
    kernel=f"{KERNELS}:sqrt",
    signs=signs.root_sign,
    entire=True,
    enclosure=methodcaller("sqrt"),
    derivative=lambda x: (1 / (2 * sqrt(x)),),
    lowerings=(Lowering(lambda x: exp(_half(ln(x))), requires=lambda x: x > 0, basis="any"),),
)

sin: Operator = Operator(
    name="sin",
    arity=1,
    family="elementary",
    summary="sine",
    kernel=f"{KERNELS}:sin",
    entire=True,
    enclosure=methodcaller("sin"),
    derivative=lambda x: (cos(x),),
    lowerings=(
        Lowering(
            partial(sine_away_from_zero, trees.KIT), ("complex",), lambda x: build("ne", x, 0)
        ),
        Lowering(_sine_everywhere, ("complex",), floats=lambda x: x < 700),
    ),
)

cos: Operator = Operator(
    name="cos",
    arity=1,
    family="elementary",
    summary="cosine",
    kernel=f"{KERNELS}:cos",
    entire=True,
    enclosure=methodcaller("cos"),
    derivative=lambda x: (-sin(x),),
    lowerings=(Lowering(lambda x: sin(x + _half(pi())), ("complex",), basis="any"),),
)

tan: Operator = Operator(
    name="tan",
    arity=1,
    family="elementary",
    summary="tangent",
    domain=lambda x: build("ne", cos(x), 0),
    kernel=f"{KERNELS}:tan",
    enclosure=methodcaller("tan"),
    derivative=lambda x: (1 + tan(x) ** 2,),
    lowerings=(Lowering(lambda x: sin(x) / cos(x), ("complex",), basis="any"),),
)

asin: Operator = Operator(
    name="asin",
    arity=1,
    family="elementary",
    summary="principal arcsine",
    domain=lambda x: (x >= -1) & (x <= 1),
    kernel=f"{KERNELS}:asin",
    signs=signs.same_sign,
    entire=True,
    enclosure=methodcaller("asin"),
    derivative=lambda x: (1 / sqrt((1 - x) * (1 + x)),),
    lowerings=(Lowering(_arcsine, ("complex",)),),
)

acos: Operator = Operator(
    name="acos",
    arity=1,
    family="elementary",
    summary="principal arccosine",
    domain=lambda x: (x >= -1) & (x <= 1),
    kernel=f"{KERNELS}:acos",
    signs=signs.never_negative,
    entire=True,
    enclosure=methodcaller("acos"),
    derivative=lambda x: (-(1 / sqrt((1 - x) * (1 + x))),),
    lowerings=(Lowering(lambda x: _half(pi()) - asin(x), ("complex",), basis="any"),),
)

atan: Operator = Operator(
    name="atan",
    arity=1,
    family="elementary",
    summary="principal arctangent",
    kernel=f"{KERNELS}:atan",
    signs=signs.same_sign,
    enclosure=methodcaller("atan"),
    derivative=lambda x: (1 / (1 + x * x),),
    lowerings=(Lowering(_arctangent, ("complex",)),),
)

sinh: Operator = Operator(
    name="sinh",
    arity=1,
    family="elementary",
    summary="hyperbolic sine",
    kernel=f"{KERNELS}:sinh",
    signs=signs.same_sign,
    entire=True,
    enclosure=methodcaller("sinh"),
    derivative=lambda x: (cosh(x),),
    lowerings=(Lowering(lambda x: _half(exp(x) - exp(-x)), basis="any"),),
)

cosh: Operator = Operator(
    name="cosh",
    arity=1,
    family="elementary",
    summary="hyperbolic cosine",
    kernel=f"{KERNELS}:cosh",
    signs=signs.always_positive,
    entire=True,
    enclosure=methodcaller("cosh"),
    derivative=lambda x: (sinh(x),),
    lowerings=(Lowering(lambda x: _half(exp(x) + exp(-x)), basis="any"),),
)

tanh: Operator = Operator(
    name="tanh",
    arity=1,
    family="elementary",
    summary="hyperbolic tangent",
    kernel=f"{KERNELS}:tanh",
    signs=signs.same_sign,
    enclosure=methodcaller("tanh"),
    derivative=lambda x: (1 / cosh(x) ** 2,),
    lowerings=(Lowering(lambda x: 1 - _two() / (exp(_two() * x) + 1), basis="any"),),
)

asinh: Operator = Operator(
    name="asinh",
    arity=1,
    family="elementary",
    summary="inverse hyperbolic sine",
    kernel=f"{KERNELS}:asinh",
    signs=signs.same_sign,
    entire=True,
    enclosure=methodcaller("asinh"),
    derivative=lambda x: (1 / sqrt(1 + x * x),),
    lowerings=(Lowering(lambda x: ln(x + sqrt(1 + x * x)), basis="any"),),
)

acosh: Operator = Operator(
    name="acosh",
    arity=1,
    family="elementary",
    summary="principal inverse hyperbolic cosine",
    domain=lambda x: x >= 1,
    kernel=f"{KERNELS}:acosh",
    signs=signs.never_negative,
    entire=True,
    enclosure=methodcaller("acosh"),
    derivative=lambda x: (1 / (sqrt(x - 1) * sqrt(x + 1)),),
    lowerings=(Lowering(lambda x: ln(x + sqrt(x - 1) * sqrt(x + 1)), basis="any"),),
)

atanh: Operator = Operator(
    name="atanh",
    arity=1,
    family="elementary",
    summary="principal inverse hyperbolic tangent",
    domain=lambda x: (x > -1) & (x < 1),
    kernel=f"{KERNELS}:atanh",
    signs=signs.same_sign,
    poles=True,
    enclosure=methodcaller("atanh"),
    derivative=lambda x: (1 / ((1 - x) * (1 + x)),),
    lowerings=(Lowering(lambda x: _half(ln(1 + x) - ln(1 - x)), basis="any"),),
)

log1p: Operator = Operator(
    name="log1p",
    arity=1,
    family="elementary",
    summary="ln(1 + x), accurate near 0",
    domain=lambda x: x > -1,
    definition=lambda x: ln(1 + x),
    kernel=f"{KERNELS}:log1p",
    signs=signs.same_sign,
    poles=True,
    enclosure=methodcaller("log1p"),
    derivative=lambda x: (1 / (1 + x),),
)

expm1: Operator = Operator(
    name="expm1",
    arity=1,
    family="elementary",
    summary="exp(x) - 1, accurate near 0",
    definition=lambda x: exp(x) - 1,
    kernel=f"{KERNELS}:expm1",
    signs=signs.same_sign,
    entire=True,
    enclosure=methodcaller("expm1"),
    derivative=lambda x: (exp(x),),
)

sigmoid: Operator = Operator(
    name="sigmoid",
    arity=1,
    family="elementary",
    summary="logistic sigmoid, 1 / (1 + exp(-x))",
    definition=lambda x: 1 / (1 + exp(-x)),
    kernel=f"{KERNELS}:sigmoid",
    signs=signs.always_positive,
    enclosure=methodcaller("sigmoid"),
    derivative=lambda x: (sigmoid(x) * sigmoid(-x),),
)

softplus: Operator = Operator(
    name="softplus",
    arity=1,
    family="elementary",
    summary="ln(1 + exp(x))",
    definition=lambda x: ln(1 + exp(x)),
    kernel=f"{KERNELS}:softplus",
    signs=signs.always_positive,
    enclosure=methodcaller("softplus"),
    derivative=lambda x: (sigmoid(x),),
)

hypot: Operator = Operator(
    name="hypot",
    arity=2,
    family="elementary",
    commutative=True,
    summary="sqrt(x^2 + y^2)",
    definition=lambda x, y: sqrt(x * x + y * y),
    kernel=f"{KERNELS}:hypot",
    signs=signs.modulus_sign,
    entire=True,
    enclosure=lambda x, y: x.hypot(y),
    derivative=lambda x, y: (x / hypot(x, y), y / hypot(x, y)),
)

logaddexp: Operator = Operator(
    name="logaddexp",
    arity=2,
    family="elementary",
    commutative=True,
    summary="ln(exp(x) + exp(y))",
    definition=lambda x, y: ln(exp(x) + exp(y)),
    kernel=f"{KERNELS}:logaddexp",
    enclosure=lambda x, y: x.logaddexp(y),
    derivative=lambda x, y: (sigmoid(x - y), sigmoid(y - x)),
)

e: Operator = Operator(
    name="e",
    arity=0,
    family="elementary",
    summary="Euler's number",
    kernel=f"{KERNELS}:e",
    signs=signs.always_positive,
    entire=True,
    enclosure=lambda balls: balls.e(),
    lowerings=(Lowering(lambda: trees.exp_tree(trees.one()), source="K = 3, paper", finite=True),),
)

pi: Operator = Operator(
    name="pi",
    arity=0,
    family="elementary",
    summary="the circle number",
    kernel=f"{KERNELS}:pi",
    signs=signs.always_positive,
    entire=True,
    enclosure=lambda balls: balls.pi(),
    lowerings=(Lowering(trees.KIT.pi, ("complex",)),),
)

i: Operator = Operator(
    name="i",
    arity=0,
    family="elementary",
    summary="the imaginary unit; undefined in real and extended",
    kernel=f"{KERNELS}:i",
    enclosure=lambda balls: balls.i(),
    lowerings=(Lowering(trees.KIT.plus_i, ("complex",), everywhere=True),),
)

inf: Operator = Operator(
    name="inf",
    arity=0,
    family="elementary",
    summary="plus infinity; undefined in real",
    kernel=f"{KERNELS}:inf",
    enclosure=lambda balls: balls.inf(),
    lowerings=(
        Lowering(
            lambda: eml(trees.one(), trees.zero_tree()),
            ("extended", "complex"),
            source="e - ln 0, K = 9",
            everywhere=True,
        ),
    ),
)
