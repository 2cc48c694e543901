"""Scales of plots: from values to places, and the values that are written at the axis."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

PADDING = 0.05
TICKS = 6
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values to places between ``start`` and ``stop``.

    ``low`` and ``high`` are the ends in the sense of the axis: decimal logarithms, or
    multiples of 10^``exponent``.
    """

    log: bool
    exponent: int
    low: float
    high: float
    start: float
    stop: float

    def has(self, value: float) -> bool:
        """Whether the axis can show a value."""
        return math.isfinite(value) and (value > 0 or not self.log)

    def place(self, value: float) -> float:
        """Return where a value stands."""
        return self._at(math.log10(value) if self.log else value / 10.0**self.exponent)

    @property
    def unit(self) -> str:
        """The power of ten that the ticks count, if it is not 1."""
        return power_text(self.exponent) if self.exponent else ""

    def ticks(self) -> list[tuple[float, str]]:
        """Return places and labels."""
        if not self.log:
            return [(self._at(step), number_text(step)) for step in steps(self.low, self.high)]
        first, last = math.ceil(self.low), math.floor(self.high)
        if last - first >= 2:
            stride = math.ceil((last - first) / TICKS)
            powers = range(math.ceil(first / stride) * stride, last + 1, stride)
            return [(self._at(power), power_text(power)) for power in powers]
        return [(self._at(math.log10(value)), number_text(value)) for value in self._few_decades()]

    def _few_decades(self) -> list[float]:
        """Return values for less than three decades: digits of each, or even steps."""
        powers = range(math.floor(self.low), math.ceil(self.high))
        values = [digit * 10.0**power for power in powers for digit in (1, 2, 3, 5, 7)]
        inside = [value for value in values if self.low <= math.log10(value) <= self.high]
        if len(inside) >= 2:
            return inside
        return [value for value in steps(10.0**self.low, 10.0**self.high) if value > 0]

    def _at(self, inner: float) -> float:
        return self.start + (inner - self.low) / (self.high - self.low) * (self.stop - self.start)


def make_scale(values: Sequence[float], log: bool, start: float, stop: float) -> Scale:
    """Return a scale that shows all values that are finite (and above 0 if ``log``)."""
    shown = [value for value in values if math.isfinite(value) and (value > 0 or not log)]
    low, high = (min(shown), max(shown)) if shown else (1.0, 1.0)
    exponent = 0 if log else _exponent(max(abs(low), abs(high)))
    if log:
        low, high = math.log10(low), math.log10(high)
    else:
        low, high = low / 10.0**exponent, high / 10.0**exponent
    flat = high - low <= 1e-12 * max(abs(low), abs(high))
    margin = (abs(low) / 2 or 1.0) if flat and not log else PADDING * (high - low) or 0.5
    return Scale(log, exponent, low - margin, high + margin, start, stop)


def steps(low: float, high: float) -> list[float]:
    """Return multiples of 1, 2 or 5 times a power of ten between two values."""
    rough = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= rough)
    return [count * step for count in range(math.ceil(low / step), math.floor(high / step) + 1)]


def number_text(value: float) -> str:
    """Return a number of a tick."""
    return f"{value:.6g}".replace("-", "−")


def power_text(power: int) -> str:
    """Return a power of ten, written out if it is short."""
    if -3 <= power <= 4:
        return number_text(10.0**power)
    return "10" + str(power).translate(_SUPERSCRIPTS)


def _exponent(largest: float) -> int:
    """Return 0 for everyday numbers, else that of the first digit, if floats have its power."""
    if largest == 0 or 1e-3 <= largest < 1e5:
        return 0
    return max(-300, math.floor(math.log10(largest)))
