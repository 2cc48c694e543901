"""Random sympy expressions, built with evaluation as sympy's users build them."""

from tests.lazy import sympy

FUNCTIONS = "exp log sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh Abs floor"
LACKING = "re im sign ceiling AccumulationBounds ITE Heaviside conjugate arg"


def random_object(source, depth=4):
    """Return an expression, or nothing if evaluation made of it what emlir lacks."""
    try:
        made = number(source, depth)
    except (TypeError, ValueError, ZeroDivisionError):  # sympy compares what has no order
        return None
    if made.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        return None
    parts = list(sympy.preorder_traversal(made))
    if any(type(part).__name__ in LACKING.split() or nested(part) for part in parts):
        return None
    return made


def nested(part):
    """Whether a Piecewise ends in another one, which is the same choice written otherwise."""
    if not isinstance(part, sympy.Piecewise):
        return False
    return isinstance(part.args[-1].expr, sympy.Piecewise)


def number(source, depth):
    if depth <= 0 or source.random() < 0.1:
        return leaf(source)
    kind = source.choice("+ + + - - * * * / / ^ ^ n f f f f f m p %".split())
    return COMPOUND[kind](source, depth - 1)


def leaf(source):
    x, y, z = sympy.symbols("x y z")
    integer = sympy.Integer(source.randrange(-6, 7))
    rational = sympy.Rational(source.randrange(-9, 10), source.randrange(1, 8))
    return source.choice([x, y, z, x, y, integer, rational, sympy.pi, sympy.E, sympy.I])


def power(source, depth):
    exponents = [2, -1, -2, 3, sympy.Rational(1, 2), sympy.Rational(-1, 2), sympy.Rational(2, 3)]
    return number(source, depth) ** source.choice([*exponents, number(source, depth)])


def call(source, depth):
    return getattr(sympy, source.choice(FUNCTIONS.split()))(number(source, depth))


def extreme(source, depth):
    operands = [number(source, depth) for _ in range(source.choice([2, 3]))]
    return source.choice([sympy.Min, sympy.Max])(*operands)


def choice(source, depth):
    """Small branches: what sympy does to a Piecewise within another can take it minutes."""
    values = [number(source, min(depth, 1)) for _ in range(source.choice([2, 3]))]
    branches = [(value, truth(source, 2)) for value in values[1:]]
    return sympy.Piecewise(*branches, (values[0], True))


def truth(source, depth):
    if depth > 0 and source.random() < 0.5:
        join = source.choice([sympy.And, sympy.Or])
        return join(truth(source, depth - 1), truth(source, depth - 1))
    relation = source.choice([sympy.Lt, sympy.Le, sympy.Gt, sympy.Ge, sympy.Eq, sympy.Ne])
    return relation(leaf(source), leaf(source))


COMPOUND = {
    "+": lambda source, depth: number(source, depth) + number(source, depth),
    "-": lambda source, depth: number(source, depth) - number(source, depth),
    "*": lambda source, depth: number(source, depth) * number(source, depth),
    "/": lambda source, depth: number(source, depth) / number(source, depth),
    "^": power,
    "n": lambda source, depth: -number(source, depth),
    "f": call,
    "m": extreme,
    "p": choice,
    "%": lambda source, depth: sympy.Mod(number(source, depth), number(source, depth)),
}
