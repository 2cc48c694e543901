"""Shapes of one scaled variable: f(p x) for a grid of p, whose values are fitted afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir.plugin_api import symbol
from emlir_search.form import Form, parameter
from emlir_search.wide import LAWS, Wide, joined

Array = NDArray[np.float64]

STEPS = 36
SMALLEST, LARGEST = 0.03, 20.0
"""p times the typical size of the variable."""
SIZE = 6
MARK = "\2scale "


def scaled_table(columns: Mapping[str, Array], on_block: Callable[[int], None]) -> Wide:
    """Evaluate small shapes of each variable times each scale.

    Scales stand in the formulas as symbols of their own: see ``with_scales``.
    """
    known = LAWS.shapes(1, on_block)
    count = known.count(SIZE)
    sources, parts = [], []
    for name, column in columns.items():
        for scale in _scales(column):
            values = known.values([scale * column], count)
            leaves = (symbol(f"{MARK}{scale!r}") * symbol(name), *known.table.leaves[1:])
            sources.append(replace(known, table=replace(known.table, leaves=leaves)))
            parts.append(values)
        on_block(len(sources) * count)
    return joined(tuple(sources), parts)


def kinds_of(table: Wide) -> NDArray[np.int64]:
    """Return a number for each class of such a table: the same for all scales of one shape."""
    variables = [source.table.leaves[0].args[1] for source in table.sources]
    places = {variable: k for k, variable in enumerate(dict.fromkeys(variables))}
    which = np.array([places[variable] for variable in variables], dtype=np.int64)
    return np.asarray(table.row * len(places) + which[table.source])


def _scales(column: Array) -> list[float]:
    typical = float(np.median(np.abs(column))) or float(np.max(np.abs(column)))
    if not typical:
        return []
    steps = np.geomspace(SMALLEST, LARGEST, STEPS) / typical
    return [float(f"{scale:.6g}") for scale in (*steps, *-steps)]


def with_scales(form: Form) -> Form:
    """Return the form with its scales as constants to be fitted."""
    marks = sorted(name for name in form.expr.symbols if name.startswith(MARK))
    if not marks:
        return form
    count = len(form.parameters)
    added = tuple(parameter(count + k) for k in range(len(marks)))
    places: dict[str | Expr, Expr] = dict(zip(marks, added, strict=True))
    start = [float(mark.removeprefix(MARK)) for mark in marks]
    return Form(
        form.expr.subs(places), (*form.parameters, *added), np.concatenate([form.start, start])
    )
