"""The plots of a report: the fit, what it leaves, and the front."""

from typing import TYPE_CHECKING

from emlir.evaluate import evaluate
from emlir.fitting.plots import Axis, Series, plot
from emlir.fitting.record import FitRecord
from emlir.fitting.report_html import figure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MOST_POINTS = 1_500
"""Of more rows, so many are drawn, evenly spread over the file."""
MOST_NAMED = 300
"""Points of more rows have no names that the pointer shows."""
MOST_VARIABLES = 6
CURVE = 400
"""Points of the curve of a formula in one variable."""
WIDE = 100.0
"""Positive values that differ by more than this factor are drawn on a logarithmic axis."""


def fit_figures(result: FitRecord, rows: tuple[str, ...]) -> list[str]:
    """Return the plots of the fit and of its residuals; ``rows`` name the rows."""
    return _Plots(result, rows).figures()


def front_figure(result: FitRecord) -> str:
    """Return the plot of loss against size; a loss of 0 stands at the lower edge."""
    positive = [member.loss for member in result.front if member.loss > 0]
    floor = min(positive, default=1.0) / 10
    places = [(member, member.size, max(member.loss, floor)) for member in result.front]
    corners = [place for _, size, loss in places for place in ((size, loss), (size, loss))]
    steps = [(size, loss) for (size, _), (_, loss) in zip(corners[1:], corners, strict=False)]
    titles = [
        f"size {m.size}, loss {m.loss:.4g}: {_short(str(m.expression))}" for m in result.front
    ]
    chosen = [place for place in places if place[0].expression is result.expression]
    series = [
        Series([x for x, _ in steps], [y for _, y in steps], "guide"),
        Series([x for _, x, _ in places], [y for *_, y in places], "points", titles),
        Series([x for _, x, _ in chosen], [y for *_, y in chosen], "chosen"),
    ]
    loss = "error of ln y" if result.noise.model == "multiplicative" else "error of y"
    picture = plot(Axis("size (nodes)"), Axis(f"loss ({loss})", log=True), series, "Pareto front")
    return figure(picture, "Pareto front: loss against size; the formula above is marked")


class _Plots:
    def __init__(self, result: FitRecord, rows: tuple[str, ...]) -> None:
        import numpy as np

        count = result.y.size
        shown = np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS)).round().astype(int))
        self.result = result
        self.y = result.y[shown]
        self.formula = self.y - result.residuals[shown]
        self.columns = {name: column[shown] for name, column in result.columns.items()}
        named = shown if shown.size <= MOST_NAMED else ()
        self.titles = [rows[k] if rows else f"row {k + 1}" for k in named]
        self.relative = result.noise.model == "multiplicative"
        with np.errstate(all="ignore"):
            share = 100 * (self.y / self.formula - 1)
        self.left: Array = share if self.relative else result.residuals[shown]

    def figures(self) -> list[str]:
        """Return all plots, each with its caption."""
        names = list(self.columns)[:MOST_VARIABLES]
        first = [self.curve(names[0])] if len(self.columns) == 1 else []
        return [
            *first,
            self.measured(),
            self.residuals(f"{self.result.target} by the formula", self.formula, "the formula"),
            *(self.residuals(name, self.columns[name], name) for name in names),
        ]

    def curve(self, name: str) -> str:
        """Draw measured values and the formula against the one variable."""
        import numpy as np

        x, target = self.columns[name], self.result.target
        low, high = float(x.min()), float(x.max())
        log = _is_wide(x)
        grid = np.geomspace(low, high, CURVE) if log else low + (high - low) * _parts()
        values = np.broadcast_to(evaluate(self.result.expression, {name: grid}), grid.shape)
        log_y = _is_wide(self.y)
        series = [
            Series(grid.tolist(), _within(values, self.y, log_y), "line"),
            Series(x.tolist(), self.y.tolist(), "points", self.titles),
        ]
        picture = plot(Axis(name, log), Axis(target, log_y), series, f"{target} against {name}")
        return figure(picture, "Measured values and the formula (line)")

    def measured(self) -> str:
        """Draw measured values against those of the formula."""
        import numpy as np

        both = np.concatenate([self.y, self.formula])
        log, target = _is_wide(both), self.result.target
        ends = [float(both.min()), float(both.max())]
        series = [
            Series(ends, ends, "guide"),
            Series(self.formula.tolist(), self.y.tolist(), "points", self.titles),
        ]
        axes = Axis(f"{target} by the formula", log), Axis(f"{target} measured", log)
        picture = plot(*axes, series, "Measured values against the formula")
        return figure(picture, "Measured values against the formula; on the line they agree")

    def residuals(self, label: str, x: "Array", said: str) -> str:
        """Draw what the formula leaves against ``x``."""
        ends = [float(x.min()), float(x.max())]
        series = [
            Series(ends, [0.0, 0.0], "guide"),
            Series(x.tolist(), self.left.tolist(), "points", self.titles),
        ]
        unit = "residual, % of the formula" if self.relative else "residual"
        picture = plot(Axis(label, _is_wide(x)), Axis(unit), series, f"Residuals against {said}")
        return figure(picture, f"Residuals against {said}")


def _parts() -> "Array":
    import numpy as np

    return np.linspace(0.0, 1.0, CURVE)


def _within(values: "Array", y: "Array", log: bool) -> list[float]:
    """Leave out values far outside the data, so that a pole does not flatten the picture."""
    import numpy as np

    spread = float(y.max() / 2 - y.min() / 2)
    low, high = float(y.min()) - spread, float(y.max()) + spread
    if log:
        low, high = float(y.min()) / 10, float(y.max()) * 10
    kept: list[float] = np.where((values >= low) & (values <= high), values, np.nan).tolist()
    return kept


def _is_wide(values: "Array") -> bool:
    low = float(values.min())
    return low > 0 and float(values.max()) / low > WIDE


def _short(formula: str) -> str:
    return formula if len(formula) <= 80 else formula[:79] + "…"
