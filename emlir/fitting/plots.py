"""Plots as inline SVG: points, lines and steps over two axes, coloured by the page's style."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from emlir.fitting.plot_scale import Scale, make_scale
from emlir.fitting.report_html import text

WIDTH, HEIGHT = 460.0, 320.0
LEFT, RIGHT, TOP, BOTTOM = 62.0, 448.0, 14.0, 272.0
"""The edges of the area that holds the data."""
MANY = 400
"""From so many points on, they are drawn smaller."""
LONGEST_LABEL = 48


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


def plot(x_axis: Axis, y_axis: Axis, series: Iterable[Series], title: str) -> str:
    """Draw series over each other, the first at the bottom; the axes cover all of them.

    ``title`` is for readers who do not see the picture.
    """
    drawn = list(series)
    x = make_scale([v for each in drawn for v in each.x], x_axis.log, LEFT, RIGHT)
    y = make_scale([v for each in drawn for v in each.y], y_axis.log, BOTTOM, TOP)
    parts = [
        f'<svg class="plot" role="img" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}">',
        f"<title>{text(title)}</title>",
        *_x_axis(x_axis, x),
        *_y_axis(y_axis, y),
        *(_draw(each, x, y) for each in drawn),
        "</svg>",
    ]
    return "".join(parts)


def _label(axis: Axis, scale: Scale) -> str:
    name = axis.label if len(axis.label) <= LONGEST_LABEL else axis.label[: LONGEST_LABEL - 1] + "…"
    return text(f"{name} / {scale.unit}" if scale.unit else name)


def _x_axis(axis: Axis, scale: Scale) -> Iterator[str]:
    for place, label in scale.ticks():
        yield f'<path class="grid" d="M{place:.1f} {TOP}V{BOTTOM}"/>'
        yield f'<text x="{place:.1f}" y="{BOTTOM + 16}" text-anchor="middle">{label}</text>'
    middle = (LEFT + RIGHT) / 2
    yield f'<path class="axis" d="M{LEFT} {BOTTOM}H{RIGHT}"/>'
    yield f'<text class="label" x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">'
    yield f"{_label(axis, scale)}</text>"


def _y_axis(axis: Axis, scale: Scale) -> Iterator[str]:
    for place, label in scale.ticks():
        yield f'<path class="grid" d="M{LEFT} {place:.1f}H{RIGHT}"/>'
        yield f'<text x="{LEFT - 6}" y="{place + 4:.1f}" text-anchor="end">{label}</text>'
    middle = (TOP + BOTTOM) / 2
    yield f'<path class="axis" d="M{LEFT} {TOP}V{BOTTOM}"/>'
    yield f'<text class="label" transform="translate(14 {middle}) rotate(-90)" '
    yield f'text-anchor="middle">{_label(axis, scale)}</text>'


def _draw(series: Series, x: Scale, y: Scale) -> str:
    places = [
        (x.place(a), y.place(b)) if x.has(a) and y.has(b) else None
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


def _path(places: Sequence[tuple[float, float] | None]) -> str:
    pieces: list[str] = []
    command = "M"
    for place in places:
        if place is not None:
            pieces.append(f"{command}{place[0]:.1f} {place[1]:.1f}")
        command = "M" if place is None else "L"
    return "".join(pieces)
