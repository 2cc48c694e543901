"""Whether the nodes and the box of a claim are a claim at all: what is printed is what is meant.

Each operator has as many arguments as are printed, of the right sort: numbers are compared, and
truths are joined. Numbers are in lowest terms, and every variable has a side of the box.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .claims import JOINS, RELATIONS, TABLE
from .codes import read_number
from .facts import CertificateError

NUMBER, TRUTH = "number", "truth"

BINARY = {"add", "sub", "mul", "div", "pow", "eml", "neml", "edl", "hypot", "logaddexp"}
BINARY |= {"min", "max", "mod"}
CONSTANTS = {"e", "pi"}


def check_claim(nodes: Sequence[Sequence[Any]], box: Mapping[str, Sequence[Any]]) -> None:
    """Raise unless the nodes form a truth, and the box has a side for each variable."""
    sorts: list[str] = []
    for name, *rest in nodes:
        sorts.append(_sort_of(name, rest, sorts, box))
    if sorts[-1] != TRUTH:
        raise CertificateError("the claim is a number, neither true nor false")
    for name, side in box.items():
        _check_side(name, side)


def _sort_of(
    name: str, rest: Sequence[Any], sorts: Sequence[str], box: Mapping[str, Sequence[Any]]
) -> str:
    if name in ("var", "number"):
        (text,) = rest
        if name == "number":
            read_number(text)
        elif text not in box:
            raise CertificateError(f"the box has no side for {text!r}")
        return NUMBER
    found = [sorts[_place(k, len(sorts))] for k in rest]
    if name == "piecewise.where@1":
        expected = [TRUTH, *found[1:2] * 2]
    else:
        expected = _arguments(name, len(found))
    if found != expected:
        raise CertificateError(f"{name} is used on {found}, not on {expected}")
    return found[1] if name == "piecewise.where@1" else _result(name)


def _place(k: Any, most: int) -> int:
    if type(k) is not int or not 0 <= k < most:
        raise CertificateError(f"a node refers to {k!r}, which is no earlier node")
    return k


def _arguments(name: str, given: int) -> list[str]:
    """Return the sorts of the arguments; unknown operators take numbers, and mean nothing."""
    if name in JOINS:
        count = {"true": 0, "false": 0, "not": 1}.get(JOINS[name], 2)
        return [TRUTH] * count
    if name in RELATIONS:
        return [NUMBER] * 2
    if name not in TABLE:
        return [NUMBER] * given
    short = name.split(".")[1].split("@")[0]
    return [NUMBER] * (0 if short in CONSTANTS else 2 if short in BINARY else 1)


def _result(name: str) -> str:
    return TRUTH if name in JOINS or name in RELATIONS else NUMBER


def _check_side(name: str, side: Sequence[Any]) -> None:
    """Raise unless a side of the box is one, and not empty."""
    lo, lo_open, hi, hi_open = side
    if not (isinstance(lo_open, bool) and isinstance(hi_open, bool)):
        raise CertificateError(f"the ends of {name!r} are open or not: true or false")
    ends = [None if end is None else read_number(end) for end in (lo, hi)]
    if ends[0] is not None and ends[1] is not None:
        width = ends[1] - ends[0]
        if width < 0 or (width == 0 and (lo_open or hi_open)):
            raise CertificateError(f"the side of {name!r} is empty")
