"""Plots as inline SVG: points, lines and steps over two axes, coloured by the page's style."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from emlir.fitting.report_html import text

WIDTH, HEIGHT = 460.0, 320.0
LEFT, RIGHT, TOP, BOTTOM = 62.0, 448.0, 14.0, 272.0
"""The edges of the area that holds the data."""
PADDING = 0.05
TICKS = 6
MANY = 400
"""From so many points on, they are drawn smaller."""
LONGEST_LABEL = 48
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows; a logarithmic one needs values above 0."""

    label: str
    log: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """Points, or a line that is interrupted where a value is not finite.

    ``kind`` is also the class that the page's style colours; ``titles`` are shown when the
    pointer rests on a point.
    """

    x: Sequence[float]
    y: Sequence[float]
    kind: Literal["points", "chosen", "line", "guide"] = "points"
    titles: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Scale:
    """Maps the values of an axis to places between ``start`` and ``stop``."""

    log: bool
    factor: float
    low: float
    high: float
    start: float
    stop: float

    def place(self, value: float) -> float:
        inner = math.log10(value) if self.log else value / self.factor
        part = (inner - self.low) / (self.high - self.low)
        return self.start + part * (self.stop - self.start)


def plot(x_axis: Axis, y_axis: Axis, series: Iterable[Series], title: str) -> str:
    """Draw series over each other, the first at the bottom; the axes cover all of them.

    ``title`` is for readers who do not see the picture.
    """
    drawn = list(series)
    x = _scale(x_axis, [value for each in drawn for value in each.x], LEFT, RIGHT)
    y = _scale(y_axis, [value for each in drawn for value in each.y], BOTTOM, TOP)
    parts = [
        f'<svg class="plot" role="img" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}">',
        f"<title>{text(title)}</title>",
        *_x_axis(x_axis, x),
        *_y_axis(y_axis, y),
        *(_draw(each, x, y) for each in drawn),
        "</svg>",
    ]
    return "".join(parts)


def _scale(axis: Axis, values: Sequence[float], start: float, stop: float) -> _Scale:
    finite = [value for value in values if math.isfinite(value) and not (axis.log and value <= 0)]
    low, high = (min(finite), max(finite)) if finite else (1.0, 1.0)
    factor = 1.0
    if axis.log:
        low, high = math.log10(low), math.log10(high)
    else:
        factor = 10.0 ** _exponent(max(abs(low), abs(high)))
        low, high = low / factor, high / factor
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        margin = abs(low) / 2 or 1.0
    else:
        margin = PADDING * (high - low)
    return _Scale(axis.log, factor, low - margin, high + margin, start, stop)


def _exponent(largest: float) -> int:
    """Return the power of ten that is written beside the axis: 0 for everyday numbers."""
    if largest == 0 or 1e-3 <= largest < 1e5:
        return 0
    return max(-300, math.floor(math.log10(largest)))


def _ticks(scale: _Scale) -> list[tuple[float, str]]:
    """Return places and labels."""
    if not scale.log:
        steps = _steps(scale.low, scale.high)
        return [(scale.place(value * scale.factor), _number(value)) for value in steps]
    first, last = math.ceil(scale.low), math.floor(scale.high)
    if last - first >= 2:
        stride = max(1, math.ceil((last - first) / TICKS))
        powers = range(first, last + 1, stride)
        return [(scale.place(10.0**power), _power(power)) for power in powers]
    values = [
        digit * 10.0**power for power in range(first - 1, last + 1) for digit in (1, 2, 3, 5, 7)
    ]
    inside = [v for v in values if scale.low <= math.log10(v) <= scale.high]
    if len(inside) < 2:
        inside = [v for v in _steps(10.0**scale.low, 10.0**scale.high) if v > 0]
    return [(scale.place(value), _number(value)) for value in inside]


def _steps(low: float, high: float) -> list[float]:
    """Return multiples of 1, 2 or 5 times a power of ten between two values."""
    rough = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= rough)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [count * step for count in range(first, last + 1)]


def _number(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")


def _power(power: int) -> str:
    return _number(10.0**power) if -3 <= power <= 4 else "10" + str(power).translate(_SUPERSCRIPTS)


def _label(axis: Axis, scale: _Scale) -> str:
    name = axis.label if len(axis.label) <= LONGEST_LABEL else axis.label[: LONGEST_LABEL - 1] + "…"
    exponent = round(math.log10(scale.factor))
    return text(f"{name} / {_power(exponent)}" if exponent else name)


def _x_axis(axis: Axis, scale: _Scale) -> Iterator[str]:
    for place, label in _ticks(scale):
        yield f'<path class="grid" d="M{place:.1f} {TOP}V{BOTTOM}"/>'
        yield f'<text x="{place:.1f}" y="{BOTTOM + 16}" text-anchor="middle">{label}</text>'
    middle = (LEFT + RIGHT) / 2
    yield f'<path class="axis" d="M{LEFT} {BOTTOM}H{RIGHT}"/>'
    yield f'<text class="label" x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">'
    yield f"{_label(axis, scale)}</text>"


def _y_axis(axis: Axis, scale: _Scale) -> Iterator[str]:
    for place, label in _ticks(scale):
        yield f'<path class="grid" d="M{LEFT} {place:.1f}H{RIGHT}"/>'
        yield f'<text x="{LEFT - 6}" y="{place + 4:.1f}" text-anchor="end">{label}</text>'
    middle = (TOP + BOTTOM) / 2
    yield f'<path class="axis" d="M{LEFT} {TOP}V{BOTTOM}"/>'
    yield f'<text class="label" transform="translate(14 {middle}) rotate(-90)" '
    yield f'text-anchor="middle">{_label(axis, scale)}</text>'


def _draw(series: Series, x: _Scale, y: _Scale) -> str:
    places = [
        (x.place(a), y.place(b)) if _is_drawn(a, x) and _is_drawn(b, y) else None
        for a, b in zip(series.x, series.y, strict=True)
    ]
    if series.kind in ("line", "guide"):
        return f'<path class="{series.kind}" d="{_path(places)}"/>'
    radius = 1.6 if len(places) > MANY else 3.2
    titles = [f"<title>{text(title)}</title>" for title in series.titles] or [""] * len(places)
    circles = (
        f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="{radius}">{title}</circle>'
        for place, title in zip(places, titles, strict=True)
        if place is not None
    )
    return f'<g class="{series.kind}">{"".join(circles)}</g>'


def _is_drawn(value: float, scale: _Scale) -> bool:
    return math.isfinite(value) and not (scale.log and value <= 0)


def _path(places: Sequence[tuple[float, float] | None]) -> str:
    pieces: list[str] = []
    command = "M"
    for place in places:
        if place is not None:
            pieces.append(f"{command}{place[0]:.1f} {place[1]:.1f}")
        command = "M" if place is None else "L"
    return "".join(pieces)
