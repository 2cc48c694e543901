"""Terms: what formulas are summed from, each a function with its values on the data.

A term is a class of the table, or a template at one point of a grid of its inner constants
(which are fitted afterwards).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from emlir import Expr, parse
from emlir.plugin_api import symbol
from emlir_enumerate import Table
from emlir_search.form import Form
from emlir_search.score import structure_cost

Array = NDArray[np.float64]

INNER = ("p", "q", "r")
"""The inner constants of a template."""


@dataclass(frozen=True, eq=False)
class Terms:
    """Many terms: ``values`` (terms, points), ``cost`` in nats, and how to write each.

    Terms of one template on one variable share a ``group``; classes have the group -1.
    """

    values: Array
    cost: Array
    source: "Table | list[tuple[Expr, tuple[float, ...]]]"
    rows: NDArray[np.int64]
    group: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    def term(self, index: int) -> tuple[Expr, tuple[float, ...]]:
        """Return the expression, its inner constants named as ``INNER``, and their values."""
        row = int(self.rows[index])
        if isinstance(self.source, Table):
            return self.source.expression(row), ()
        return self.source[row]


@dataclass(frozen=True, slots=True)
class Template:
    """A function of one variable ``x`` and inner constants; ``grids`` says where to start."""

    text: str
    grids: tuple[str, ...]


TEMPLATES = (
    Template("x^p", ("power",)),
    Template("exp(p*x)", ("rate",)),
    Template("exp(p/x)", ("inverse rate",)),
    Template("ln(x + p)", ("shift",)),
    Template("1/(x + p)", ("shift",)),
    Template("x/(x + p)", ("shift",)),
    Template("x^2/(x^2 + p)", ("square shift",)),
    Template("1/(x^2 + p)", ("square shift",)),
    Template("x^q/(x^q + p^q)", ("shift", "hill")),
    Template("(x + p)^q", ("shift", "power")),
    Template("sin(p*x)", ("frequency",)),
    Template("cos(p*x)", ("frequency",)),
    Template("sin(p*x + q)", ("frequency", "phase")),
    Template("exp(p*x^2)", ("square rate",)),
    Template("exp(-q*(x - p)^2)", ("centre", "narrow")),
    Template("x^p*exp(q*x)", ("power", "rate")),
    Template("x^p*exp(q/x)", ("power", "inverse rate")),
    Template("exp(p*x)*sin(q*x)", ("decay", "slow frequency")),
    Template("exp(p*x)*cos(q*x)", ("decay", "slow frequency")),
    Template("exp(p*x)*sin(q*x + r)", ("decay", "slow frequency", "phase")),
    Template("tanh(p*x)", ("rise",)),
    Template("1/(1 + exp(p*x + q))", ("rate", "threshold")),
    Template("1/(exp(p*x) - 1)", ("rise",)),
    Template("x^3/(exp(p*x) - 1)", ("rise",)),
)

_STEPS = np.array([0.1, 0.3, 1.0, 3.0, 10.0, 30.0])


def _grid(kind: str, x: Array) -> Array:
    """Return the start values of one inner constant, in the units of the data."""
    low, high = float(x.min()), float(x.max())
    span, size = high - low, float(np.median(np.abs(x))) or 1.0
    steps = _STEPS.astype(np.float64)
    if kind == "power":
        return np.array([-4, -3, -2, -1.5, -1, -0.5, 0.5, 1.5, 2, 3, 4.0])
    if kind == "hill":
        return np.array([1.5, 2, 3, 4.0])
    if kind == "inverse rate":
        inverse = float(np.ptp(1 / x)) if (x != 0).all() else 0.0
        return np.concatenate([-steps, steps]) / inverse if inverse else np.empty(0)
    if kind == "shift":
        up = size * np.array([0.01, 0.03, 0.1, 0.3, 1, 3, 10.0])
        return np.concatenate([up, -low + span * np.array([0.001, 0.01, 0.1, 0.3, 1.0])])
    if kind == "square shift":
        return size**2 * np.array([0.01, 0.1, 0.3, 1, 3, 10.0])
    if kind == "frequency":
        return np.arange(1.0, min(4 * x.size, 160)) * (np.pi / (2 * span))
    if kind == "slow frequency":
        return np.arange(1.0, min(2 * x.size, 40)) * (np.pi / span)
    if kind == "phase":
        return np.array([0.0, np.pi / 2])
    if kind == "centre":
        return low + span * np.linspace(0.05, 0.95, 10)
    if kind == "narrow":
        return span**-2 / np.array([0.05, 0.1, 0.2, 0.4, 0.8]) ** 2
    rates = {
        "rate": np.concatenate([-steps, steps]) / span,
        "rise": steps / span,
        "decay": -steps[:4] / span,
        "square rate": np.concatenate([-steps, steps]) / span**2,
        "threshold": np.array([-30, -10, -3, -1, 0, 1, 3, 10, 30.0]),
    }
    return rates[kind]


def table_terms(table: Table, variables: int) -> Terms:
    """Return the classes of a table that are not constant."""
    spread = np.ptp(table.values, axis=1)
    rows = np.flatnonzero(spread > 1e-9 * np.max(np.abs(table.values), axis=1))
    # the cost of an average node; the exact cost counts when the form is fitted
    cost = 1.6 * table.size[rows].astype(float)
    return Terms(table.values[rows], cost, table, rows, np.full(len(rows), -1))


def template_terms(columns: Mapping[str, Array], points: NDArray[np.int64]) -> Iterator[Terms]:
    """Yield, for each variable and template, the templates on their grids.

    Grids are made from all rows; values are those at ``points``.
    """
    for name, x in columns.items():
        if np.ptp(x) == 0:
            continue
        for template in TEMPLATES:
            made = _on_grid(template, name, x, points)
            if made is not None:
                yield made


def _on_grid(template: Template, name: str, x: Array, points: NDArray[np.int64]) -> Terms | None:
    with np.errstate(all="ignore"):
        axes = [_grid(kind, x) for kind in template.grids]
    inner = INNER[: len(axes)]
    expr = parse(template.text).subs({"x": symbol(name)})
    form = Form(expr, tuple(symbol(letter) for letter in inner), np.empty(0))
    grid = np.array(list(product(*axes)))
    if not grid.size:
        return None
    values = form.values_on_grid({name: x[points]}, grid)
    with np.errstate(all="ignore"):
        usable = np.max(np.abs(values), axis=1) < 1e140
        usable &= np.ptp(values, axis=1) > 1e-9 * np.max(np.abs(values), axis=1)
    rows = np.flatnonzero(usable)
    source = [(expr, tuple(map(float, point))) for point in grid]
    cost = np.full(len(rows), structure_cost(expr, 1) + 2.0 * len(axes))
    group = np.zeros(len(rows), dtype=np.int64)
    return Terms(values[rows], cost, source, rows, group) if len(rows) else None


def join(parts: list[Terms]) -> Terms:
    """Put terms together; all are written out, so keep it small."""
    source = [part.term(k) for part in parts for k in range(len(part))]
    values = np.concatenate([part.values for part in parts])
    cost = np.concatenate([part.cost for part in parts])
    group = np.concatenate([np.where(part.group < 0, -1, k) for k, part in enumerate(parts)])
    return Terms(values, cost, source, np.arange(len(source)), group)
