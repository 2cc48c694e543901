"""Ladders: from E2, or T2, at a point near 0 to bounds on exp, sin and cos at a knot.

Every rung is a condition on numbers; numbers are multiples of a power of 2.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from emlir_proof.checker.facts import CertificateError
from emlir_proof.smtlib.names import real

DIGITS = (52, 58, 66, 80, 112, 192, 384)
"""Binary digits that are tried."""

SHORT = 40
"""Powers of 2 below this are written out."""

Rung = tuple[str, tuple[Fraction, ...]]


class LadderError(CertificateError):
    """The bounds are too narrow, or not true."""


def exponential(k: Fraction, ends: Sequence[Fraction]) -> list[Rung]:
    """Return the rungs to bounds on exp(k)."""
    lo, hi = ends
    if not k:
        return [("exp_start", (k, lo, hi))]
    low, high = (lo, hi) if k > 0 else (1 / hi, 1 / lo)
    rungs = _narrower(lambda digits: _squares(abs(k), low, high, digits))
    name, (*start, c, d) = rungs[-1]
    if k > 0:
        return [*rungs[:-1], (name, (*start, lo, hi))]
    return [*rungs, ("exp_minus", (c, d, lo, hi))]


def _squares(k: Fraction, low: Fraction, high: Fraction, digits: int) -> list[Rung]:
    steps = -(-(digits + 2 * _size(k)) // 4)
    halvings = 4 * steps
    u = k / 2**halvings
    a, b = _down(1 + u, digits + halvings), _up(1 / (1 - u), digits + halvings)
    rungs: list[Rung] = [("exp_start", (u, a, b))]
    for left in range(halvings, 0, -4):
        guard = digits + left + 4
        c, d = _down(a**16, guard), _up(b**16, guard)
        rungs.append(("exp_16", (a, b, c, d)))
        a, b = c, d
    if not (low <= a and b <= high):
        raise LadderError
    return rungs


def circle(k: Fraction, ends: Sequence[Fraction]) -> list[Rung]:
    """Return the rungs to bounds on sin(k) and cos(k)."""
    if not k:
        return [("circle_start", (k, *ends))]
    bounds = ends if k > 0 else (-ends[1], -ends[0], *ends[2:])
    rungs = _narrower(lambda digits: _doubled(abs(k), bounds, digits))
    name, last = rungs[-1]
    if k > 0:
        return [*rungs[:-1], (name, (*last[:-4], *ends))]
    return [*rungs, ("circle_minus", (*last[-4:], *ends))]


def _doubled(k: Fraction, ends: Sequence[Fraction], digits: int) -> list[Rung]:
    halvings = _size(k) + digits // 4 + 2
    guard = digits + 2 * halvings + 16
    t = k / 2**halvings
    now = (
        _floor(t - t**3 / 6, guard),
        -_floor(-t, guard),
        _floor(1 - t**2 / 2, guard),
        -_floor(-(1 - t**2 / 2 + t**4 / 24), guard),
    )
    rungs: list[Rung] = [("circle_start", (t, *now))]
    for _ in range(halvings):
        then = _twice(now, guard)
        rungs.append(("circle_twice", (*now, *then)))
        now = then
    lows, highs = (now[0], now[2]), (now[1], now[3])
    if not (ends[0] <= lows[0] and highs[0] <= ends[1]):
        raise LadderError
    if not (ends[2] <= lows[1] and highs[1] <= ends[3]):
        raise LadderError
    return rungs


def _twice(
    now: tuple[Fraction, Fraction, Fraction, Fraction], guard: int
) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    a, b, p, q = now
    products = [2 * x * y for x in (a, b) for y in (p, q)]
    least = a * a if a >= 0 else b * b if b <= 0 else Fraction(0)
    return (
        _floor(min(products), guard),
        -_floor(-max(products), guard),
        _floor(1 - 2 * max(a * a, b * b), guard),
        -_floor(-(1 - 2 * least), guard),
    )


def turning(value: Fraction) -> tuple[list[Rung], Fraction]:
    """Return the rungs to the sign of sin(value), and the bound on it that is not 0."""
    far = (Fraction(-2), Fraction(2)) * 2
    for digits in DIGITS:
        rungs = _doubled(value, far, digits)
        low, high, _, _ = rungs[-1][1][-4:]
        if low > 0 or high < 0:
            return rungs, low if low > 0 else high
    raise LadderError(f"{value} is too close to pi")


def lines(ladders: Sequence[Sequence[Rung]]) -> Iterator[str]:
    """Write ladders, one question for each; what is short for 1/2^n is written before."""
    scales: set[int] = set()
    texts = [[_written(rung, scales) for rung in ladder] for ladder in ladders]
    for n in sorted(scales):
        yield f"(define-fun z_{n} () Real (/ 1.0 {2**n}.0))"
    for rungs in texts:
        yield "(push 1)"
        yield f"(assert (not (and {' '.join(rungs)})))"
        yield from ("(check-sat)", "(pop 1)")


def _written(rung: Rung, scales: set[int]) -> str:
    name, values = rung
    return f"({name} {' '.join(_short(value, scales) for value in values)})"


def _short(value: Fraction, scales: set[int]) -> str:
    n = value.denominator.bit_length() - 1
    if n < SHORT or value.denominator != 2**n:
        return real(value)
    scales.add(n)
    return f"(* {real(Fraction(value.numerator))} z_{n})"


def _narrower(make: Callable[[int], list[Rung]]) -> list[Rung]:
    for digits in DIGITS:
        try:
            return make(digits)
        except LadderError:
            continue
    raise LadderError("bounds at a point are too narrow for a ladder, or not true")


def _size(k: Fraction) -> int:
    return max(0, k.numerator.bit_length() - k.denominator.bit_length() + 1)


def _floor(value: Fraction, digits: int) -> Fraction:
    scale = 2**digits
    return Fraction((value * scale).__floor__(), scale)


def _down(value: Fraction, digits: int) -> Fraction:
    """Round down a positive number to so many significant binary digits."""
    size = value.numerator.bit_length() - value.denominator.bit_length()
    scale = Fraction(2) ** (digits - size)
    return (value * scale).__floor__() / scale


def _up(value: Fraction, digits: int) -> Fraction:
    size = value.numerator.bit_length() - value.denominator.bit_length()
    scale = Fraction(2) ** (digits - size)
    return -(-value * scale).__floor__() / scale
