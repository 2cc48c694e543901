"""Numbers and vectors that users give, made exact."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from emlir.plugin_api import exact

Vector = tuple[Fraction, ...]


def scalar(value: Any, what: str, dyadic: bool = False) -> Fraction:
    """Return an exact number, or raise an error that says ``what`` is none."""
    try:
        return exact(value, dyadic=dyadic)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{what}: {error}") from None


def vector(values: Iterable[Any], what: str, dyadic: bool = False) -> Vector:
    """Return exact numbers, at least one."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"{what}: a list of numbers is needed, not {values!r}")
    found = tuple(scalar(value, f"{what}[{k}]", dyadic) for k, value in enumerate(values))
    if not found:
        raise ValueError(f"{what}: at least one number is needed")
    return found


def dot(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    """Return the inner product."""
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))
