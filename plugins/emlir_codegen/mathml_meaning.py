"""What the elements of content MathML mean: functions of their arguments, and numbers."""

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from itertools import pairwise

from emlir.plugin_api import DEFINED, Expr, find_operator, number, read_number
from emlir_codegen.mathml_elements import CONSTANTS, FUNCTIONS, NARY, RELATIONS
from emlir_codegen.mathml_names import tidy

Args = Sequence[Expr]
Meaning = Callable[[Args], Expr]
"""A function of the arguments; ``TypeError`` for a wrong count or sort."""


def named(name: str) -> Meaning:
    """Return what an operator of emlir means."""
    operator = find_operator(name)
    return lambda args: operator(*args)


def _call(name: str, *args: Expr) -> Expr:
    return named(name)(args)


def _nary(element: str, name: str) -> Meaning:
    operator = find_operator(name)

    def fold(args: Args) -> Expr:
        if not args:
            raise TypeError(f"<{element}/> has no arguments")
        return reduce(operator, args)

    return fold


def _chain(element: str, name: str) -> Meaning:
    """A relation of more than two holds between each and the next; inequality has no such form."""
    operator = find_operator(name)

    def compare(args: Args) -> Expr:
        if len(args) < 2 or (name == "ne" and len(args) > 2):
            wanted = "2 arguments" if name == "ne" else "2 arguments or more"
            raise TypeError(f"<{element}/> takes {wanted}, not {len(args)}")
        links: list[Expr] = [operator(x, y) for x, y in pairwise(args)]
        return reduce(find_operator("and"), links)

    return compare


def _of_one(element: str, function: Callable[[Expr], Expr]) -> Meaning:
    def apply(args: Args) -> Expr:
        if len(args) != 1:
            raise TypeError(f"<{element}/> takes 1 argument, not {len(args)}")
        return function(*args)

    return apply


def _minus(args: Args) -> Expr:
    if len(args) not in (1, 2):
        raise TypeError(f"<minus/> takes 1 or 2 arguments, not {len(args)}")
    return named("neg" if len(args) == 1 else "sub")(args)


def root(x: Expr, degree: Expr) -> Expr:
    """Return the root of a degree."""
    return _call("sqrt", x) if degree is number(2) else x ** (1 / degree)


def log(x: Expr, base: Expr) -> Expr:
    """Return the logarithm to a base."""
    return _call("ln", x) / _call("ln", base)


_RECIPROCAL = ("sec", "csc", "cot", "sech", "csch", "coth")
_OF_ONE: Mapping[str, Callable[[Expr], Expr]] = {
    "root": lambda x: root(x, number(2)),
    "log": lambda x: log(x, number(10)),
    "ceiling": DEFINED["ceil"],
    **{name: DEFINED[name] for name in _RECIPROCAL},
    **{f"arc{name}": DEFINED[f"a{name}"] for name in _RECIPROCAL if name != "cot"},
}
"""Functions of one argument that are written with others; arccot is not among them, as
authors differ on its values for negative arguments."""

QUALIFIED: Mapping[str, tuple[str, Callable[[Expr, Expr], Expr]]] = {
    "degree": ("root", root),
    "logbase": ("log", log),
}
"""Qualifiers: the operator that each belongs to, and what the two mean."""


def _names(table: Mapping[str, str]) -> dict[str, str]:
    return {element: kind.partition(".")[2] for kind, element in table.items()}


MEANINGS: Mapping[str, Meaning] = {
    "minus": _minus,
    **{element: named(name) for element, name in _names(FUNCTIONS).items()},
    **{element: _nary(element, name) for element, name in _names(NARY).items()},
    **{element: _chain(element, name) for element, name in _names(RELATIONS).items()},
    **{element: _of_one(element, function) for element, function in _OF_ONE.items()},
}
"""The meaning of every operator element."""

CONSTANT_NAMES: Mapping[str, str] = _names(CONSTANTS)

_INTEGER = re.compile(r"[+-]?[0-9]+\Z")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)\Z")
_REAL = re.compile(rf"{_DECIMAL.pattern[:-2]}(?:[eE][+-]?[0-9]+)?\Z")

_PARTS: Mapping[str, tuple["re.Pattern[str]", ...]] = {
    "integer": (_INTEGER,),
    "real": (_REAL,),
    "rational": (_INTEGER, _INTEGER),
    "e-notation": (_DECIMAL, _INTEGER),
}
"""What stands between the <sep/> of each type of number."""


def read_cn(kind: str, base: str, texts: Sequence[str]) -> Fraction:
    """Return the exact value of a ``cn``; ``ValueError`` with advice for any other."""
    if base.strip() != "10":
        raise ValueError(f"the number has base {base}: write it in base 10")
    if kind not in _PARTS:
        raise ValueError(f"cannot read a number of type {kind!r}, only {', '.join(_PARTS)}")
    patterns, parts = _PARTS[kind], [tidy(text) for text in texts]
    if len(parts) != len(patterns):
        raise ValueError(f"a number of type {kind} has {len(patterns) - 1} <sep/> inside")
    for part, pattern in zip(parts, patterns, strict=True):
        if not pattern.match(part):
            raise ValueError(f"{part[:20]!r} is not a number of type {kind}{_advice(part)}")
    if kind == "e-notation":
        return read_number("e".join(parts))
    values = [read_number(part) for part in parts]
    if values[-1] == 0 and len(values) == 2:
        raise ValueError("the denominator is zero")
    return values[0] / values[1] if len(values) == 2 else values[0]


def _advice(text: str) -> str:
    if "," in text:
        return ": decimals are written with a point"
    if "/" in text:
        return ': a quotient is <cn type="rational">p<sep/>q</cn>'
    if "−" in text:
        return ": its sign is the hyphen -"
    return ": a name is written <ci>x</ci>" if text.isidentifier() else ""
