"""Exact numbers: from Python values and decimal text to rationals, and back to text."""

import operator
import re
from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Any, SupportsFloat, SupportsIndex, cast

MAX_DIGITS = 100_000
"""Decimal digits of the longest number that can be read or written."""

_CHUNK = 4_000  # Python refuses to convert more than 4,300 digits in one go
_CHUNK_LIMIT = 10**_CHUNK
_DECIMAL = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\Z", re.ASCII)


def exact(value: object, *, dyadic: bool = False) -> Fraction:
    """Return the rational that ``value`` stands for.

    Integers and rationals are themselves, a decimal string is the rational that it
    spells, and a float is the shortest decimal that reads back to it
    (``exact(0.1) == Fraction(1, 10)``); with ``dyadic`` a float is its exact binary value.

    Raises ``TypeError`` for anything that is not a real number, ``ValueError`` for NaN,
    an infinity, or text that is not a number.
    """
    if isinstance(value, bool):
        raise TypeError("a truth value is not a number: use true or false in the formula")
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, str):
        return read_number(value)
    if isinstance(value, Decimal):
        return Fraction(value)
    if isinstance(value, float) or _is_numpy_float(value):
        return _from_float(cast(SupportsFloat, value), dyadic)
    if hasattr(value, "__index__") and not getattr(value, "shape", None):
        return Fraction(operator.index(cast(SupportsIndex, value)))
    raise TypeError(f"cannot make an exact real number of {type(value).__name__} {value!r}")


def _is_numpy_float(value: object) -> bool:
    return getattr(getattr(value, "dtype", None), "kind", "") == "f" and not getattr(
        value, "shape", None
    )


def _from_float(value: SupportsFloat, dyadic: bool) -> Fraction:
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(f"{number} is not a finite number")
    if dyadic:
        # a long double, also in an array of no axes, has more digits than ``number``
        given: Any = cast(Any, value)[()] if hasattr(value, "shape") else value
        return Fraction(*getattr(given, "as_integer_ratio", number.as_integer_ratio)())
    # str of a NumPy scalar is the shortest decimal of its own precision
    return Fraction(repr(number) if isinstance(value, float) else str(value))


def read_number(text: str) -> Fraction:
    """Read an integer, a decimal (``1.5``, ``1e-05``, ``.5``) or a quotient of integers."""
    numerator, slash, denominator = text.strip().partition("/")
    value = _read_decimal(numerator)
    if not slash:
        return value
    divisor = _read_decimal(denominator)
    if not divisor:
        raise ValueError(f"{text!r} divides by zero")
    return value / divisor


def _read_decimal(text: str) -> Fraction:
    match = _DECIMAL.match(text)
    if match is None or not (match[2] or match[3]):
        raise ValueError(f"{text!r} is not a number")
    whole, part, power = match[2], match[3] or "", match[4] or "0"
    if len(power) > 7 or len(whole) + len(part) + abs(int(power)) > MAX_DIGITS:
        raise ValueError(f"the number {text[:20]}... has more than {MAX_DIGITS:,} digits")
    digits = _digits_to_int(whole + part)
    shift = int(power) - len(part)
    value = Fraction(digits * 10**shift) if shift >= 0 else Fraction(digits, 10**-shift)
    return -value if match[1] == "-" else value


def _digits_to_int(digits: str) -> int:
    value = 0
    for start in range(0, len(digits), _CHUNK):
        piece = digits[start : start + _CHUNK]
        value = value * 10 ** len(piece) + int(piece)
    return value


def write_integer(value: int) -> str:
    """Return the decimal digits of an integer of any size."""
    if -_CHUNK_LIMIT < value < _CHUNK_LIMIT:
        return str(value)
    pieces, rest = [], abs(value)
    while rest:
        rest, piece = divmod(rest, _CHUNK_LIMIT)
        pieces.append(str(piece).zfill(_CHUNK))
    digits = "".join(reversed(pieces)).lstrip("0")
    return "-" + digits if value < 0 else digits


def write_quotient(value: Fraction) -> str:
    """Return ``p`` or ``p/q``: the spelling of the machine notations."""
    if value.denominator == 1:
        return write_integer(value.numerator)
    return f"{write_integer(value.numerator)}/{write_integer(value.denominator)}"


def write_number(value: Fraction) -> str:
    """Return the shortest exact spelling: an integer, ``p/q``, or a decimal. Never rounds."""
    decimal = _write_decimal(value)
    quotient = write_quotient(value)
    return quotient if decimal is None or len(quotient) <= len(decimal) else decimal


def _write_decimal(value: Fraction) -> str | None:
    """Return the terminating decimal, ``None`` if there is none of reasonable length."""
    places = _decimal_places(value.denominator)
    if places is None:
        return None
    digits = write_integer(abs(value.numerator) * 10**places // value.denominator)
    sign = "-" if value < 0 else ""
    stripped = digits.rstrip("0")
    exponent = len(digits) - 1 - places
    if exponent < -5 or (places == 0 and len(digits) - len(stripped) > 15):
        mantissa = stripped[:1] + ("." + stripped[1:] if len(stripped) > 1 else "")
        return f"{sign}{mantissa}e{exponent}"
    if places == 0:
        return sign + digits
    padded = digits.rjust(places + 1, "0")
    return f"{sign}{padded[:-places]}.{padded[-places:]}"


def _decimal_places(denominator: int) -> int | None:
    """Return the least n with denominator dividing 10**n, if n is at most 400."""
    if denominator.bit_length() > 1400:
        return None
    twos = (denominator & -denominator).bit_length() - 1
    rest, fives = denominator >> twos, 0
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    return places if rest == 1 and places <= 400 else None
