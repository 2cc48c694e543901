"""What the names of Wolfram mean: constants, functions, and comparisons of many values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations, pairwise

import emlir
from emlir.plugin_api import DEFINED, Expr, find_operator, number

CONSTANT_NAMES: Mapping[str, str] = {
    "e": "E",
    "pi": "Pi",
    "i": "I",
    "inf": "Infinity",
    "true": "True",
    "false": "False",
}
FUNCTION_NAMES: Mapping[str, str] = {
    "eml": "EML",
    "exp": "Exp",
    "ln": "Log",
    "sqrt": "Sqrt",
    "sin": "Sin",
    "cos": "Cos",
    "tan": "Tan",
    "asin": "ArcSin",
    "acos": "ArcCos",
    "atan": "ArcTan",
    "sinh": "Sinh",
    "cosh": "Cosh",
    "tanh": "Tanh",
    "asinh": "ArcSinh",
    "acosh": "ArcCosh",
    "atanh": "ArcTanh",
    "sigmoid": "LogisticSigmoid",
    "hypot": "Hypot",
    "abs": "Abs",
    "floor": "Floor",
    "mod": "Mod",
    "min": "Min",
    "max": "Max",
    "where": "If",
}
"""The Wolfram names of operators, both ways; signs are in the grammar and the writer."""

MAX_UNEQUAL = 100
"""Values in one chain of ``!=``, of which every pair is compared."""


@dataclass(frozen=True, slots=True)
class Function:
    """How to build a call, and how many arguments it takes; no ``most`` means any number."""

    build: Callable[..., Expr]
    least: int
    most: int | None

    def complaint(self, count: int) -> str | None:
        """Return what is wrong with a number of arguments, if anything is."""
        if self.least <= count and (self.most is None or count <= self.most):
            return None
        wanted = f"at least {self.least}" if self.most is None else str(self.least)
        if self.most not in (None, self.least):
            wanted += f" or {self.most}"
        return f"takes {wanted} argument{'' if wanted.endswith('1') else 's'}, not {count}"


def compare(names: Sequence[str], values: Sequence[Expr]) -> Expr:
    """Return a chain of comparisons: the conjunction of those of neighbours.

    Wolfram's ``a != b != c`` says more: all differ from each other.
    """
    links: Iterable[Expr]
    if set(names) == {"ne"}:
        if len(values) > MAX_UNEQUAL:
            raise ValueError(f"a chain of != compares every pair of at most {MAX_UNEQUAL} values")
        links = (emlir.ne(x, y) for x, y in combinations(values, 2))
    else:
        steps = zip(names, pairwise(values), strict=True)
        links = (find_operator(name)(x, y) for name, (x, y) in steps)
    return reduce(emlir.and_, links)


def _comparison(name: str) -> Function:
    return Function(lambda *values: compare([name] * (len(values) - 1), values), 2, None)


def _fold(name: str) -> Function:
    operator = find_operator(name)
    return Function(lambda *values: reduce(operator, values), 1, None)


def _fixed(count: int, build: Callable[..., Expr]) -> Function:
    return Function(build, count, count)


def _log(*args: Expr) -> Expr:
    """Log[x], or Log[b, x] to the base b."""
    return emlir.ln(args[-1]) if len(args) == 1 else emlir.ln(args[1]) / emlir.ln(args[0])


def _arccot(x: Expr) -> Expr:
    """Wolfram's branch: odd, with ArcCot[0] = Pi/2."""
    return emlir.where(emlir.eq(x, 0), emlir.pi() / 2, emlir.atan(1 / x))


def _operators() -> dict[str, Function]:
    found = {}
    for name, wolfram in FUNCTION_NAMES.items():
        operator = find_operator(name)
        found[wolfram] = _fixed(operator.arity, operator)
    return found


_RECIPROCAL = ("sec", "csc", "cot", "sech", "csch", "coth")
_INVERTED = tuple(name for name in _RECIPROCAL if name != "cot")

FUNCTIONS: Mapping[str, Function] = {
    **_operators(),
    "Log": Function(_log, 1, 2),
    "Log2": _fixed(1, lambda x: emlir.ln(x) / emlir.ln(2)),
    "Log10": _fixed(1, lambda x: emlir.ln(x) / emlir.ln(10)),
    **{name.capitalize(): _fixed(1, DEFINED[name]) for name in _RECIPROCAL},
    **{f"Arc{name.capitalize()}": _fixed(1, DEFINED[f"a{name}"]) for name in _INVERTED},
    "ArcCot": _fixed(1, _arccot),
    "Ceiling": _fixed(1, DEFINED["ceil"]),
    "Plus": _fold("add"),
    "Times": _fold("mul"),
    "Subtract": _fixed(2, emlir.sub),
    "Divide": _fixed(2, emlir.div),
    "Rational": _fixed(2, emlir.div),
    "Power": _fixed(2, emlir.power),
    "Minus": _fixed(1, emlir.neg),
    "Half": _fixed(1, lambda x: x / 2),
    "Inv": _fixed(1, lambda x: 1 / x),
    "Sqr": _fixed(1, lambda x: x**2),
    "Avg": _fixed(2, lambda x, y: (x + y) / 2),
    "Min": _fold("min"),
    "Max": _fold("max"),
    "And": _fold("and"),
    "Or": _fold("or"),
    "Not": _fixed(1, emlir.not_),
    "Equal": _comparison("eq"),
    "Unequal": _comparison("ne"),
    "Less": _comparison("lt"),
    "LessEqual": _comparison("le"),
    "Greater": _comparison("gt"),
    "GreaterEqual": _comparison("ge"),
}

CONSTANTS: Mapping[str, Expr] = {
    **{wolfram: find_operator(name)() for name, wolfram in CONSTANT_NAMES.items()},
    "GoldenRatio": (1 + emlir.sqrt(number(5))) / 2,
    "Degree": emlir.pi() / 180,
    "π": emlir.pi(),
    r"\[Pi]": emlir.pi(),
    "∞": emlir.inf(),
    r"\[Infinity]": emlir.inf(),
    "ⅇ": emlir.e(),
    r"\[ExponentialE]": emlir.e(),
    "ⅈ": emlir.i(),
    r"\[ImaginaryI]": emlir.i(),
}

NOT_ELEMENTARY = frozenset(
    "Catalan ComplexInfinity EulerGamma Glaisher Indeterminate Khinchin Undefined".split()
)
"""Constants of Wolfram that no expression here can be; they are not taken for symbols."""

PIECEWISE = "Piecewise"
"""A function with a grammar of its own: its argument is a list."""

MISSPELT: Mapping[str, str] = {
    **{name.lower(): f"{name}[...]" for name in [*FUNCTIONS, PIECEWISE]},
    **{name: f"{wolfram}[...]" for name, wolfram in FUNCTION_NAMES.items()},
    "arsinh": "ArcSinh[...]",
    "arcosh": "ArcCosh[...]",
    "artanh": "ArcTanh[...]",
    "and": "&&",
    "or": "||",
    "not": "!",
}
"""What somebody means who writes a name in the manner of other notations."""
