"""What a picture of a report shows, before anything is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Style = Literal["line", "points", "bars"]
Scale = Literal["linear", "log"]
SignedScale = Literal["linear", "log", "symlog"]


@dataclass(frozen=True)
class Series:
    """Values over places, or over names if the panel has some.

    ``errors`` are half widths of intervals around ``y``. What is not finite is left out, and so is
    a value whose error is not.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]
    label: str = ""
    style: Style = "line"
    errors: tuple[float, ...] = ()


@dataclass(frozen=True)
class Panel:
    """One pair of axes: series, thresholds as lines across, circles as (x, y, radius).

    ``names`` stand at the places 0, 1, ... of the horizontal axis. A panel with circles has equal
    units on both axes.
    """

    x_label: str
    y_label: str
    series: tuple[Series, ...] = ()
    names: tuple[str, ...] = ()
    x_scale: Scale = "linear"
    y_scale: SignedScale = "linear"
    across: tuple[float, ...] = ()
    upright: tuple[float, ...] = ()
    circles: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True)
class Picture:
    """Panels under a title, in rows."""

    title: str
    panels: tuple[Panel, ...]


def bars(
    values: dict[str, float | None],
    y_label: str,
    errors: Sequence[float] = (),
    scale: SignedScale = "linear",
    across: tuple[float, ...] = (),
) -> Panel:
    """A bar for each name; ``None`` has a name and no bar."""
    heights = tuple(float("nan") if one is None else float(one) for one in values.values())
    places = tuple(float(place) for place in range(len(heights)))
    series = Series(places, heights, style="bars", errors=tuple(errors))
    return Panel("", y_label, (series,), tuple(values), y_scale=scale, across=across)
