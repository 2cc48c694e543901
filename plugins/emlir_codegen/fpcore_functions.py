"""The operations and constants of FPCore 2.0 (FPBench), over the reals."""

from collections.abc import Callable, Mapping
from functools import reduce
from inspect import signature
from itertools import combinations, pairwise

from emlir import (
    absolute,
    acos,
    acosh,
    add,
    and_,
    asin,
    asinh,
    atan,
    atanh,
    cos,
    cosh,
    div,
    eq,
    exp,
    expm1,
    floor,
    ge,
    gt,
    hypot,
    le,
    ln,
    log1p,
    lt,
    maximum,
    minimum,
    mul,
    ne,
    neg,
    not_,
    or_,
    pi,
    power,
    sin,
    sinh,
    sqrt,
    sub,
    tan,
    tanh,
    where,
)
from emlir.plugin_api import Expr, Operator, choose, number

OPERATIONS: Mapping[str, Operator] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": div,
    "pow": power,
    "exp": exp,
    "log": ln,
    "sqrt": sqrt,
    "sin": sin,
    "cos": cos,
    "tan": tan,
    "asin": asin,
    "acos": acos,
    "atan": atan,
    "sinh": sinh,
    "cosh": cosh,
    "tanh": tanh,
    "asinh": asinh,
    "acosh": acosh,
    "atanh": atanh,
    "expm1": expm1,
    "log1p": log1p,
    "hypot": hypot,
    "fabs": absolute,
    "floor": floor,
    "fmin": minimum,
    "fmax": maximum,
    "if": where,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
    "==": eq,
    "!=": ne,
    "and": and_,
    "or": or_,
    "not": not_,
}
"""Operations that are operators here, for both directions."""

CONSTANTS: Mapping[str, str] = {
    "E": "e",
    "PI": "pi",
    "INFINITY": "inf",
    "TRUE": "true",
    "FALSE": "false",
}


def _cube_root(x: Expr) -> Expr:
    third = number(1) / 3
    return where(x < 0, -((-x) ** third), x**third)


def _truncated(x: Expr) -> Expr:
    return where(x < 0, -floor(-x), floor(x))


def _rounded(x: Expr) -> Expr:
    """The nearest integer, halves away from zero."""
    half = number(1) / 2
    return where(x < 0, -floor(half - x), floor(x + half))


def _angle(y: Expr, x: Expr) -> Expr:
    """C's atan2; there is no negative zero."""
    inner = atan(y / x)
    left = where(y >= 0, inner + pi(), inner - pi())
    vertical = where(y > 0, pi() / 2, where(y < 0, -(pi() / 2), 0))
    return where(x > 0, inner, where(x < 0, left, vertical))


EXPANDED: Mapping[str, Callable[..., Expr]] = {
    "fma": lambda x, y, z: x * y + z,
    "exp2": lambda x: number(2) ** x,
    "log2": lambda x: ln(x) / ln(2),
    "log10": lambda x: ln(x) / ln(10),
    "cbrt": _cube_root,
    "atan2": _angle,
    "fdim": lambda x, y: maximum(x - y, 0),
    "ceil": lambda x: -floor(-x),
    "trunc": _truncated,
    "round": _rounded,
    "fmod": lambda x, y: x - y * _truncated(x / y),
    "copysign": lambda x, y: where(y < 0, -absolute(x), absolute(x)),
    "cast": lambda x: x,
}
"""Operations that are read as what they mean over the reals."""

EXPANDED_CONSTANTS: Mapping[str, Callable[[], Expr]] = {
    "LOG2E": lambda: 1 / ln(2),
    "LOG10E": lambda: 1 / ln(10),
    "LN2": lambda: ln(2),
    "LN10": lambda: ln(10),
    "PI_2": lambda: pi() / 2,
    "PI_4": lambda: pi() / 4,
    "M_1_PI": lambda: 1 / pi(),
    "M_2_PI": lambda: 2 / pi(),
    "M_2_SQRTPI": lambda: 2 / sqrt(pi()),
    "SQRT2": lambda: sqrt(2),
    "SQRT1_2": lambda: sqrt(number(1) / 2),
}

REFUSED: Mapping[str, str] = {
    "NAN": "a formula has no NaN: what is undefined has no value",
    **dict.fromkeys(("while", "while*"), "only straight-line cores can be read, not loops"),
    **dict.fromkeys(
        ("tensor", "tensor*", "for", "for*", "array", "dim", "size", "ref"),
        "only scalars can be read, not tensors",
    ),
    **dict.fromkeys(("erf", "erfc", "tgamma", "lgamma"), "this function is not elementary"),
    **dict.fromkeys(
        ("isfinite", "isinf", "isnan", "isnormal", "signbit", "nearbyint", "remainder"),
        "this is about floats, a formula is about reals",
    ),
}

_KEYWORDS = ("FPCore", "let", "let*", "!", "digits", "_")
RESERVED = frozenset(
    [*OPERATIONS, *CONSTANTS, *EXPANDED, *EXPANDED_CONSTANTS, *REFUSED, *_KEYWORDS]
)


def apply(head: str, args: list[Expr]) -> Expr | None:
    """Return what an operation makes of its arguments; ``None`` if FPCore has no such one."""
    if head == "-" and len(args) == 1:
        return neg(*args)
    if head in _RELATIONS and len(args) > 2:
        if len(args) > MAX_CHAIN and head == "!=":
            raise TypeError(f"!= compares every pair, of at most {MAX_CHAIN} values here")
        pairs = combinations(args, 2) if head == "!=" else pairwise(args)
        links = [OPERATIONS[head](*pair) for pair in pairs]
        return reduce(and_, links)
    if head == "if" and len(args) == 3:
        return choose(*args)
    if head in ("+", "*", "and", "or") and len(args) > 2:
        return reduce(OPERATIONS[head], args)
    if head in ("and", "or") and len(args) == 1 and args[0].sort == "truth":
        return args[0]
    if head in OPERATIONS:
        return OPERATIONS[head](*args)
    return _expand(head, args) if head in EXPANDED else None


def _expand(head: str, args: list[Expr]) -> Expr:
    meaning = EXPANDED[head]
    arity = len(signature(meaning).parameters)
    if len(args) != arity:
        raise TypeError(f"{head} takes {arity} argument{'s' * (arity > 1)}, not {len(args)}")
    if any(arg.sort != "number" for arg in args):
        raise TypeError(f"{head} takes numbers")
    return meaning(*args)


MAX_CHAIN = 300
_RELATIONS = ("<", "<=", ">", ">=", "==", "!=")

ELSEWHERE: Mapping[str, str] = {
    "ln": "log",
    "abs": "fabs",
    "min": "fmin",
    "max": "fmax",
    "^": "pow",
    "**": "pow",
    "=": "==",
    "neg": "-",
}
"""What other notations call an operation that FPCore has."""
