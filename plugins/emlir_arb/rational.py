"""Values that are exactly a + b i with rational a and b: no ball decides how a tie is rounded."""

from collections.abc import Callable
from fractions import Fraction
from math import isqrt

from emlir.plugin_api import Expr, Semantics, postorder

Gaussian = tuple[Fraction, Fraction]

MAX_BITS = 1 << 16
"""Numbers with larger numerators or denominators are left to balls."""
ZERO, ONE = Fraction(0), Fraction(1)


def gaussian(expr: Expr, semantics: Semantics) -> Gaussian | None:
    """Return the value of a closed expression if arithmetic and square roots show it exactly.

    ``None`` where they do not: it may still be such a number, or undefined.
    """
    known: dict[Expr, Gaussian | None] = {}
    for node in postorder((expr,)):
        known[node] = _value(node, [known[arg] for arg in node.args], semantics)
    return known[expr]


def _value(node: Expr, args: list[Gaussian | None], semantics: Semantics) -> Gaussian | None:
    if node.is_number:
        return node.number, ZERO
    if node.op.qualified_name == "elementary.i" and semantics == "complex":
        return ZERO, ONE
    rule = _RULES.get(node.op.qualified_name)
    given = [arg for arg in args if arg is not None]
    if rule is None or len(given) < len(args):
        return None
    value = rule(*given)
    if value is None or (value[1] and semantics != "complex"):
        return None
    sizes = [abs(n).bit_length() for part in value for n in (part.numerator, part.denominator)]
    return value if max(sizes) <= MAX_BITS else None


def _add(x: Gaussian, y: Gaussian) -> Gaussian:
    return x[0] + y[0], x[1] + y[1]


def _neg(x: Gaussian) -> Gaussian:
    return -x[0], -x[1]


def _mul(x: Gaussian, y: Gaussian) -> Gaussian:
    return x[0] * y[0] - x[1] * y[1], x[0] * y[1] + x[1] * y[0]


def _div(x: Gaussian, y: Gaussian) -> Gaussian | None:
    size = y[0] * y[0] + y[1] * y[1]
    return _mul(x, (y[0] / size, -y[1] / size)) if size else None


def _sqrt(x: Gaussian) -> Gaussian | None:
    root = None if x[1] else _root(abs(x[0]))
    if root is None:
        return None
    return (root, ZERO) if x[0] >= 0 else (ZERO, root)


def _root(x: Fraction) -> Fraction | None:
    top, bottom = isqrt(x.numerator), isqrt(x.denominator)
    found = Fraction(top, bottom)
    return found if found * found == x else None


def _pow(x: Gaussian, y: Gaussian) -> Gaussian | None:
    if y == (Fraction(1, 2), ZERO):
        return _sqrt(x)
    if y[1] or y[0].denominator != 1 or abs(y[0]) > MAX_BITS:
        return None
    bits = max(part.numerator.bit_length() + part.denominator.bit_length() for part in x)
    if bits * abs(y[0]) > MAX_BITS:
        return None
    exponent = int(y[0])
    value = (ONE, ZERO)
    for bit in bin(abs(exponent))[2:]:
        value = _mul(value, value)
        value = _mul(value, x) if bit == "1" else value
    return value if exponent >= 0 else _div((ONE, ZERO), value)


_RULES: dict[str, Callable[..., Gaussian | None]] = {
    "arithmetic.add": _add,
    "arithmetic.sub": lambda x, y: _add(x, _neg(y)),
    "arithmetic.neg": _neg,
    "arithmetic.mul": _mul,
    "arithmetic.div": _div,
    "arithmetic.pow": _pow,
    "elementary.sqrt": _sqrt,
}
