"""The paper's own compiler (toolkit v4), re-created from its macros: EML trees to test with.

The toolkit turns formulas into EML text with macros over exp, ln and a raw difference, after
SymPy has rewritten them (Odrzywolek, arXiv:2603.21852). The macros here were worked out from
the sizes that it reports: every tree has the K of its column in the table of records. In
exact arithmetic they are right in ``complex``; plain floats see i as -i, since the logarithm
of -1 is taken on its cut, and give the same real functions.
"""

from functools import reduce

import emlir
from emlir import Expr, eml

ONE = emlir.const(1)
X, Y = emlir.symbols("x y")


def exp(x: Expr) -> Expr:
    return eml(x, 1)


def ln(x: Expr) -> Expr:
    return eml(1, exp(eml(1, x)))


def subtract(a: Expr, b: Expr) -> Expr:
    """a - b = exp(ln a) - ln(exp b)."""
    return eml(ln(a), exp(b))


ZERO = ln(ONE)
MINUS_ONE = subtract(ZERO, ONE)


def opposite(x: Expr) -> Expr:
    """0 - x."""
    return subtract(ZERO, x)


def plus(*terms: Expr) -> Expr:
    """a + b = a - (0 - b), from the left."""
    return reduce(lambda a, b: subtract(a, opposite(b)), terms)


def times(*factors: Expr) -> Expr:
    """a * b = exp(ln a + ln b), from the left."""
    return reduce(lambda a, b: exp(plus(ln(a), ln(b))), factors)


def over(a: Expr, b: Expr) -> Expr:
    """a / b = a * exp(0 - ln b)."""
    return times(a, exp(opposite(ln(b))))


def minus(x: Expr) -> Expr:
    """-x = (-1) * x: what SymPy makes of a sign."""
    return times(MINUS_ONE, x)


def power(x: Expr, y: Expr) -> Expr:
    """x^y = exp(y ln x)."""
    return exp(times(y, ln(x)))


def inverse(x: Expr) -> Expr:
    """x^(-1)."""
    return power(x, MINUS_ONE)


TWO = plus(ONE, ONE)
HALF = over(ONE, TWO)
LN_MINUS_ONE = ln(MINUS_ONE)
MINUS_I = exp(over(LN_MINUS_ONE, TWO))
I = opposite(MINUS_I)
PI = times(I, LN_MINUS_ONE)


def sqrt(x: Expr) -> Expr:
    return power(x, HALF)


def square(x: Expr) -> Expr:
    return power(x, TWO)


def half(x: Expr) -> Expr:
    return times(HALF, x)


def difference(x: Expr, y: Expr) -> Expr:
    """x - y = x + (-1) * y."""
    return plus(x, minus(y))


def turn(x: Expr) -> Expr:
    """exp(i x)."""
    return exp(times(I, x))


def turn_back(x: Expr) -> Expr:
    """exp(-i x)."""
    return exp(times(MINUS_ONE, I, x))


def sin(x: Expr) -> Expr:
    return times(opposite(HALF), I, plus(minus(turn_back(x)), turn(x)))


def cos(x: Expr) -> Expr:
    return plus(half(turn(x)), half(turn_back(x)))


def tan(x: Expr) -> Expr:
    above = plus(turn_back(x), minus(turn(x)))
    return times(I, above, inverse(plus(turn_back(x), turn(x))))


def sinh(x: Expr) -> Expr:
    return over(subtract(exp(plus(x, x)), ONE), times(TWO, exp(x)))


def cosh(x: Expr) -> Expr:
    return over(plus(exp(plus(x, x)), ONE), times(TWO, exp(x)))


def tanh(x: Expr) -> Expr:
    twice = exp(plus(x, x))
    return over(subtract(twice, ONE), plus(twice, ONE))


def _ln_of_asin(x: Expr) -> Expr:
    """ln(i x + sqrt(1 - x^2)) = i asin x."""
    return ln(plus(times(I, x), sqrt(plus(ONE, minus(square(x))))))


def asin(x: Expr) -> Expr:
    return times(MINUS_ONE, I, _ln_of_asin(x))


def acos(x: Expr) -> Expr:
    return plus(half(PI), times(I, _ln_of_asin(x)))


def atan(x: Expr) -> Expr:
    """(i/2) (ln(1 - ix) - ln(1 + ix)); 1 stands last, since a - b wraps for |Im b| > pi."""
    above, below = plus(times(MINUS_I, x), ONE), plus(times(I, x), ONE)
    return times(over(I, TWO), subtract(ln(above), ln(below)))


def asinh(x: Expr) -> Expr:
    return ln(plus(x, sqrt(plus(square(x), ONE))))


def acosh(x: Expr) -> Expr:
    roots = times(sqrt(plus(x, MINUS_ONE)), sqrt(plus(x, ONE)))
    return ln(plus(x, roots))


def atanh(x: Expr) -> Expr:
    upper, lower = ln(plus(ONE, x)), ln(plus(ONE, minus(x)))
    return plus(half(upper), times(opposite(HALF), lower))


def paper_trees() -> dict[str, Expr]:
    """The 29 trees of the paper's numeric suites, by emlir's names of the cases."""
    return {
        "identity": X,
        "exp": exp(X),
        "ln": ln(X),
        "inv": inverse(X),
        "half": half(X),
        "neg": minus(X),
        "sqr": square(X),
        "sqrt": sqrt(X),
        "sigmoid": plus(HALF, half(tanh(half(X)))),
        "sin": sin(X),
        "cos": cos(X),
        "tan": tan(X),
        "asin": asin(X),
        "acos": acos(X),
        "atan": atan(X),
        "sinh": sinh(X),
        "cosh": cosh(X),
        "tanh": tanh(X),
        "asinh": asinh(X),
        "acosh": acosh(X),
        "atanh": atanh(X),
        "add": plus(X, Y),
        "sub": difference(X, Y),
        "mul": times(X, Y),
        "div": times(X, inverse(Y)),
        "pow": power(X, Y),
        "log": times(ln(Y), inverse(ln(X))),
        "avg": plus(half(X), half(Y)),
        "hypot": sqrt(plus(square(X), square(Y))),
    }


PAPER_K = {
    "identity": 1,
    "exp": 3,
    "ln": 7,
    "inv": 65,
    "half": 131,
    "neg": 57,
    "sqr": 75,
    "sqrt": 139,
    "sigmoid": 923,
    "sin": 799,
    "cos": 687,
    "tan": 1183,
    "asin": 723,
    "acos": 1015,
    "atan": 659,
    "sinh": 171,
    "cosh": 187,
    "tanh": 157,
    "asinh": 271,
    "acosh": 417,
    "atanh": 423,
    "add": 27,
    "sub": 83,
    "mul": 41,
    "div": 105,
    "pow": 49,
    "log": 117,
    "avg": 287,
    "hypot": 313,
}
"""What the toolkit's compiler gives for each case."""

CONSTANTS = {
    "0": (ZERO, 7),
    "-1": (MINUS_ONE, 17),
    "2": (TWO, 27),
    "-2": (opposite(TWO), 43),
    "1/2": (HALF, 91),
    "-1/2": (opposite(HALF), 107),
    "2/3": (over(TWO, plus(TWO, ONE)), 143),
    "sqrt(2)": (sqrt(TWO), 165),
    "golden ratio": (over(plus(ONE, sqrt(plus(plus(TWO, TWO), ONE))), TWO), 359),
    "i": (I, 131),
    "pi": (PI, 193),
}
"""Constants, each with the K that the toolkit gives."""
