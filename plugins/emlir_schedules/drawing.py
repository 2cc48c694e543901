"""Schedules as curves: characters for a terminal, PNG or SVG by matplotlib."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emlir.plugin_api import new_figure, write_picture
from emlir_schedules.core import Schedule

MARKS = "*o+x#@%&"
"""The marks of the curves, in order."""

Curves = Mapping[str, NDArray[np.float64]]


def curves_of(schedules: Mapping[str, Schedule], steps: int | None = None) -> Curves:
    """Return the rates of each at steps 0, ..., its end, which is included."""
    return {
        name: schedule.trace(schedule.length_of(steps) + 1) for name, schedule in schedules.items()
    }


def draw(curves: Curves, width: int = 72, height: int = 16) -> list[str]:
    """Draw curves with characters, all in one frame; undefined rates are left out."""
    finite = [rates[np.isfinite(rates)] for rates in curves.values()]
    values = np.concatenate([*finite, np.zeros(1)])
    low, high = float(values.min()), float(values.max())
    high = high if high > low else low + 1
    last = max(len(rates) for rates in curves.values()) - 1
    canvas = np.full((height, width), " ")
    for mark, rates in zip(_marks(len(curves)), curves.values(), strict=True):
        columns = np.arange(width)
        steps = np.round(columns * max(last, 1) / (width - 1)).astype(int)
        there = (steps < len(rates)) & np.isfinite(rates[np.minimum(steps, len(rates) - 1)])
        rows = (high - rates[steps[there]]) / (high - low) * (height - 1)
        canvas[np.round(rows).astype(int), columns[there]] = mark
    labels = [f"{high:.4g}", *[""] * (height - 2), f"{low:.4g}"]
    space = max(len(label) for label in labels)
    lines = [f"{label:>{space}} |{''.join(row)}" for label, row in zip(labels, canvas, strict=True)]
    lines.append(f"{'':>{space}} +{'-' * width}")
    lines.append(f"{'':>{space}}  0{f'step {last}':>{width - 1}}")
    return lines + [
        f"  {mark} {name}" for mark, name in zip(_marks(len(curves)), curves, strict=True)
    ]


def save(curves: Curves, path: str | Path) -> None:
    """Write a picture; the ending of ``path`` says which kind (.png, .svg, .pdf).

    Raises what :func:`emlir.plugin_api.check_picture` raises.
    """
    figure = new_figure(7, 4)
    axes = figure.add_subplot()
    for name, rates in curves.items():
        axes.plot(np.arange(len(rates)), rates, label=name)
    axes.set(xlabel="step", ylabel="rate")
    axes.legend(fontsize="small")
    write_picture(figure, path)


def _marks(count: int) -> str:
    return (MARKS * (count // len(MARKS) + 1))[:count]
