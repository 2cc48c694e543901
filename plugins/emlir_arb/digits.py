"""Correctly rounded decimal digits of a value at a point."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import emlir
from emlir.plugin_api import DomainError, Expr, Semantics, exact, number, write_integer
from emlir_arb.evaluator import Evaluator, prepare, working_precision
from emlir_arb.rational import Gaussian, gaussian
from emlir_arb.value import Value

MAX_PRECISION = 1 << 16
EASY_PRECISION = 1 << 10
MAX_EXPONENT = 1 << 20


def correct_digits(expr: Expr, point: Mapping[str, Any], digits: int, semantics: Semantics) -> str:
    """Return the value at a point rounded to ``digits`` significant digits, half to even.

    The values of the point are exact numbers, or expressions without symbols.

    Raises :class:`emlir.DomainError` where it is undefined, and ``ArithmeticError`` if the
    digits cannot be decided at the highest precision: a value that is exactly between two
    roundings, or has a part that is exactly 0, without being seen to be.
    """
    if digits < 1:
        raise ValueError("ask for at least one digit")
    at = expr.subs({name: _number(name, point) for name in expr.symbols})
    exactly = gaussian(prepare(at, semantics), semantics)
    if exactly is not None:
        return _exact_text(exactly, digits)
    text = _decided(at, digits, semantics, EASY_PRECISION)
    if text is None:
        # what cancels exactly is never decided by balls alone
        text = _decided(emlir.rewrite(at, "simplify", semantics=semantics), digits, semantics)
    if text is None:
        raise ArithmeticError(f"cannot be decided with {MAX_PRECISION} bits")
    return text


def _decided(
    closed: Expr, digits: int, semantics: Semantics, limit: int = MAX_PRECISION
) -> str | None:
    """Return the digits at the first precision, up to ``limit``, that decides them."""
    prepared = prepare(closed, semantics)
    precision = 64 + 4 * digits
    while precision <= limit:
        with working_precision(precision):
            ball = Evaluator({}, semantics)(prepared)
            if ball.kind == "undefined":
                raise DomainError(f"undefined in the semantics {semantics}")
            text = _show(ball, digits)
        if text is not None:
            return text
        precision *= 2
    return None


def _number(name: str, point: Mapping[str, Any]) -> Expr:
    if name not in point:
        raise ValueError(f"no value for {name!r}")
    value = point[name]
    if not isinstance(value, Expr):
        return number(exact(value))
    if value.symbols or value.sort != "number":
        raise ValueError(f"the value of {name!r} is not a number: {value}")
    return value


def _show(ball: Value, digits: int) -> str | None:
    if ball.kind == "truth":
        return None if ball.lo is None else str(ball.lo).lower()
    if ball.kind == "real":
        return _agreed(ball.lo, ball.hi, digits)
    if ball.kind != "plane":
        return None
    real = _agreed(ball.lo.real.lower(), ball.lo.real.upper(), digits)
    imaginary = _agreed(ball.lo.imag.lower(), ball.lo.imag.upper(), digits)
    return None if real is None or imaginary is None else _complex_text(real, imaginary)


def _exact_text(value: Gaussian, digits: int) -> str:
    real, imaginary = (round_to(part, digits) for part in value)
    return _complex_text(real, imaginary) if value[1] else real


def _complex_text(real: str, imaginary: str) -> str:
    sign = "-" if imaginary.startswith("-") else "+"
    return f"{real} {sign} {imaginary.lstrip('-')}*i"


def _agreed(lo: Any, hi: Any, digits: int) -> str | None:
    """Return the rounding on which both ends agree."""
    if not (lo.is_finite() and hi.is_finite()):
        return ("inf" if lo > 0 else "-inf") if lo == hi else None
    low = round_to(as_fraction(lo), digits)
    return low if low == round_to(as_fraction(hi), digits) else None


def as_fraction(end: Any) -> Fraction:
    """Return an exact finite ``arb`` as a Fraction.

    Raises ``ArithmeticError`` for a number too large or too small to be written in digits.
    """
    mantissa, exponent = end.man_exp()
    if abs(int(exponent)) > MAX_EXPONENT:
        raise ArithmeticError("cannot be decided: the value is too large or too small for digits")
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def round_to(value: Fraction, digits: int) -> str:
    """Write a rational with ``digits`` significant digits, half to even."""
    if not value:
        return "0"
    exponent = _exponent(abs(value))
    scaled = round(abs(value) * Fraction(10) ** (digits - 1 - exponent))
    text = write_integer(scaled)
    if len(text) > digits:  # 9.99 became 10.0
        text, exponent = text[:-1], exponent + 1
    sign = "-" if value < 0 else ""
    if not -6 <= exponent < digits:
        return f"{sign}{text[0]}{'.' if digits > 1 else ''}{text[1:]}e{exponent}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{text}"
    whole, part = text[: exponent + 1], text[exponent + 1 :]
    return f"{sign}{whole}.{part}" if part else sign + whole


def _exponent(value: Fraction) -> int:
    """Return the decimal exponent: 10**e <= value < 10**(e + 1)."""
    bits = value.numerator.bit_length() - value.denominator.bit_length()
    guess = int(bits * 0.30102999566398) - 1
    while Fraction(10) ** (guess + 1) <= value:
        guess += 1
    while Fraction(10) ** guess > value:
        guess -= 1
    return guess
