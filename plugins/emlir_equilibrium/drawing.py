"""Pictures of reports by matplotlib."""

from math import ceil, isfinite
from typing import TYPE_CHECKING

from emlir.plugin_api import new_figure
from emlir_equilibrium.pictures import Panel, Picture, Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 5.0, 3.8
MOST_IN_A_ROW = 3
MOST_NAMES = 6
"""With more names than these along an axis they stand upright."""
SMALLEST = 1e-16
"""What is 0 on a logarithmic axis is drawn here."""
LINEAR = 1e-12
"""Up to here an axis for both signs is linear."""


def draw(picture: Picture) -> "Figure":
    """Return the figure; raises ``emlir.MissingDependencyError`` without matplotlib."""
    columns = min(max(len(picture.panels), 1), MOST_IN_A_ROW)
    rows = max(ceil(len(picture.panels) / columns), 1)
    figure = new_figure(WIDTH * columns, HEIGHT * rows)
    figure.suptitle(picture.title, fontsize="medium")
    for place, panel in enumerate(picture.panels, 1):
        _draw_panel(figure.add_subplot(rows, columns, place), panel)
    return figure


def _draw_panel(axes: "Axes", panel: Panel) -> None:
    from matplotlib.patches import Circle

    for index, one in enumerate(panel.series):
        _draw_series(axes, one, panel, index)
    for level in panel.across:
        axes.axhline(level, color="0.5", linewidth=0.8)
    for level in panel.upright:
        axes.axvline(level, color="0.5", linewidth=0.8)
    for x, y, radius in filter(lambda circle: all(map(isfinite, circle)), panel.circles):
        axes.add_patch(Circle((x, y), radius, fill=False, color="0.5", linewidth=0.8))
    axes.set(xlabel=panel.x_label, ylabel=panel.y_label)
    axes.set_xscale(panel.x_scale)
    axes.set_yscale(panel.y_scale, **({"linthresh": LINEAR} if panel.y_scale == "symlog" else {}))
    if panel.circles:
        axes.set_aspect("equal", adjustable="datalim")
    if panel.names:
        turned = 90 if len(panel.names) > MOST_NAMES else 20
        axes.set_xticks(range(len(panel.names)), panel.names, rotation=turned, fontsize="small")
    if any(one.label for one in panel.series):
        axes.legend(fontsize="small")


def _draw_series(axes: "Axes", series: Series, panel: Panel, index: int) -> None:
    """Draw one series; bars of several stand side by side."""
    lift = SMALLEST if panel.y_scale == "log" else float("-inf")
    errors = series.errors or (0.0,) * len(series.y)
    kept = [
        (x, max(y, lift), error)
        for x, y, error in zip(series.x, series.y, errors, strict=True)
        if isfinite(x) and isfinite(y) and isfinite(error)
    ]
    if not kept:
        return
    x, y, widths = (list(part) for part in zip(*kept, strict=True))
    label = series.label or None
    if series.style == "bars":
        width = 0.8 / len(panel.series)
        shift = (index - (len(panel.series) - 1) / 2) * width
        axes.bar([one + shift for one in x], y, width, label=label)
        x = [one + shift for one in x]
    else:
        axes.plot(x, y, "." if series.style == "points" else ".-", label=label)
    if any(widths):
        axes.errorbar(x, y, yerr=widths, fmt="none", ecolor="0.2", capsize=2)
