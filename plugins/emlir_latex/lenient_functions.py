"""The functions that people write in LaTeX, by exact definitions."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce

from emlir.plugin_api import DEFINED, Expr, find_operator, lookup, number

Unary = Callable[[Expr], Expr]


def operator(name: str, *args: Expr) -> Expr:
    """Apply an operator; ``TypeError`` if it does not take these arguments."""
    return find_operator(name)(*args)  # type: ignore[no-any-return]


def _named(name: str) -> Unary:
    return lambda x: operator(name, x)


def _arccotangent(x: Expr) -> Expr:
    """As sympy means it: odd, and undefined at 0."""
    return operator("atan", 1 / x)


_PLAIN = "exp ln sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh sqrt abs floor"

_UNARY: Mapping[str, Unary] = {name: _named(name) for name in _PLAIN.split()} | {
    "arcsin": _named("asin"),
    "arccos": _named("acos"),
    "arctan": _named("atan"),
    "acot": _arccotangent,
    "ceiling": DEFINED["ceil"],
    **DEFINED,
}

_OTHER_NAMES = {
    prefix + name: "a" + name
    for name in ("sinh", "cosh", "tanh", "sech", "csch", "coth")
    for prefix in ("ar", "arc")
} | {"arcsec": "asec", "arccsc": "acsc", "arccot": "acot", "cosec": "csc", "arccosec": "acsc"}

LOGARITHMS: Mapping[str, int | None] = {"ln": None, "log10": 10, "log2": 2, "error": None}
"""What \\log without a base may mean, and the base of those that have one."""

SPREADING = ("min", "max")
"""Functions of two or more arguments."""

FUNCTIONS = frozenset([*_UNARY, *_OTHER_NAMES, *SPREADING, "log", "lg"])
"""The words that are functions, with or without a backslash of their own."""


def is_function(word: str) -> bool:
    """Whether ``\\operatorname{word}`` can be read: as a function here, or as an operator."""
    found = lookup(word)
    return word in FUNCTIONS or (found is not None and found.family != "leaf")


def apply(word: str, args: list[Expr]) -> Expr:
    """Apply a function; ``TypeError`` if it does not take these arguments."""
    name = _OTHER_NAMES.get(word, word)
    if name in SPREADING:
        if len(args) < 2:
            raise TypeError(f"{name} takes two or more arguments, in brackets")
        return reduce(lambda left, right: operator(name, left, right), args)
    if name not in _UNARY:
        return operator(name, *args)
    if len(args) != 1:
        raise TypeError(f"{word} takes 1 argument, not {len(args)}")
    return _UNARY[name](args[0])


_CIRCULAR = ("sin", "cos", "tan", "sec", "csc", "cot")
_INVERTIBLE = {*_CIRCULAR, *(name + "h" for name in _CIRCULAR)}


def inverse(word: str) -> str | None:
    """Return the function that ``\\word^{-1}`` means, if it means one."""
    name = "csc" if word == "cosec" else word
    return "a" + name if name in _INVERTIBLE else None


def root(x: Expr, degree: Expr) -> Expr:
    """Return the principal root; ``TypeError`` for degree 0."""
    if degree.is_number and degree.number == 0:
        raise TypeError("there is no root of degree 0")
    if degree is number(Fraction(2)):
        return operator("sqrt", x)
    return operator("pow", x, 1 / degree)
