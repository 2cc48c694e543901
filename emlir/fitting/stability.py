"""How often the same structure of formula returns in several fits."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emlir.evaluate import evaluate
from emlir.expr.core import Expr
from emlir.fitting.problem import NoiseName
from emlir.fitting.record import loss_and_r2
from emlir.fitting.result import FitResult
from emlir.fitting.skeleton import Skeleton, skeleton
from emlir.rewrite.pipeline import rewrite

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rows:
    """Measured data, as fits get them."""

    columns: "dict[str, Array]"
    y: "Array"
    weights: "Array | None"

    def resampled(self, seed: int) -> "Rows":
        """Return as many rows, drawn with replacement."""
        import numpy as np

        rows = np.sort(np.random.default_rng(seed).integers(0, self.y.size, self.y.size))
        return Rows(
            {name: column[rows] for name, column in self.columns.items()},
            self.y[rows],
            None if self.weights is None else self.weights[rows],
        )


@dataclass(frozen=True, slots=True)
class Range:
    """A constant of a structure: its name there, and its values in the fits, in their order."""

    name: str
    values: tuple[float, ...]

    @property
    def low(self) -> float:
        """The smallest value."""
        return min(self.values)

    @property
    def high(self) -> float:
        """The largest value."""
        return max(self.values)

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.name} = {self.low:.6g}"
        return f"{self.name} in [{self.low:.6g}, {self.high:.6g}]"


@dataclass(frozen=True, slots=True)
class Structure:
    """Formulas that differ in their constants only.

    ``skeleton`` has c1, c2, ... for the constants, whose values are in ``constants``; a
    coefficient that is 1 or -1 in all fits is not listed. ``seeds`` are those of the fits that
    gave this structure. ``expression`` is, of their formulas, the one closest to all rows, with
    ``loss`` and ``r2`` on all rows; see :class:`emlir.fitting.Member` for the loss.
    """

    skeleton: Expr
    constants: tuple[Range, ...]
    seeds: tuple[int, ...]
    expression: Expr
    loss: float
    r2: float

    @property
    def count(self) -> int:
        """How many fits gave this structure."""
        return len(self.seeds)


@dataclass(frozen=True, eq=False)
class Stability:
    """How often the same formula returns; see :func:`fit_many`.

    ``structures`` begin with the most frequent one; of those that are equally frequent the one
    closest to the data comes first. ``results`` are the fits, in the order of the seeds.
    """

    structures: tuple[Structure, ...]
    results: tuple[FitResult, ...]
    bootstrap: bool

    @property
    def expression(self) -> Expr:
        """The chosen formula: the closest one of the most frequent structure."""
        return self.structures[0].expression

    @property
    def share(self) -> float:
        """The part of the fits that gave the structure of the chosen formula."""
        return self.structures[0].count / len(self.results)

    def __str__(self) -> str:
        lines = []
        for found in self.structures:
            constants = "; ".join(str(constant) for constant in found.constants)
            lines.append(
                f"{found.count} of {len(self.results)}: {found.skeleton}"
                + (f"  with {constants}" if constants else "")
            )
        return "\n".join(lines)


def structures(
    results: Sequence[FitResult], seeds: Sequence[int], rows: Rows
) -> tuple[Structure, ...]:
    """Group the results of fits by their structure, the most frequent first."""
    box = {
        name: (float(column.min()), float(column.max())) for name, column in rows.columns.items()
    }
    groups: dict[Expr, list[_Fit]] = {}
    for result, seed in zip(results, seeds, strict=True):
        assume = {name: box[name] for name in result.expression.symbols}
        found = skeleton(rewrite(result.expression, "simplify", assume=assume))
        groups.setdefault(found.expr, []).append(_Fit(result, seed, found))
    found_ones = [_structure(fits, rows) for fits in groups.values()]
    return tuple(sorted(found_ones, key=lambda found: (-found.count, -found.r2)))


@dataclass(frozen=True, slots=True)
class _Fit:
    result: FitResult
    seed: int
    skeleton: Skeleton


def _structure(fits: Sequence[_Fit], rows: Rows) -> Structure:
    noise = Counter(fit.result.noise.model for fit in fits).most_common(1)[0][0]
    judged = [(*_on(rows, fit.result.expression, noise), fit.result.expression) for fit in fits]
    loss, r2, best = min(judged, key=lambda found: (found[0], found[2].tree_size, str(found[2])))
    formula, constants = _named([fit.skeleton for fit in fits], tuple(rows.columns))
    return Structure(formula, constants, tuple(fit.seed for fit in fits), best, loss, r2)


def _on(rows: Rows, expr: Expr, noise: NoiseName) -> tuple[float, float]:
    """Return loss and R² on all rows; the worst where the formula is undefined on one."""
    import numpy as np

    values = np.broadcast_to(evaluate(expr, rows.columns), rows.y.shape)
    loss, r2 = loss_and_r2(values, rows.y, noise, rows.weights)
    if not (np.isfinite(loss) and np.isfinite(r2)):
        return float("inf"), -float("inf")
    return loss, r2


def _named(
    skeletons: Sequence[Skeleton], variables: tuple[str, ...]
) -> tuple[Expr, tuple[Range, ...]]:
    """Return the skeleton with names for the constants; coefficients of 1 and -1 are written."""
    prefix = "c"
    while any(name.startswith(prefix) and name[len(prefix) :].isdigit() for name in variables):
        prefix += "_"
    texts: list[str] = []
    constants: list[Range] = []
    for values in zip(*(found.values for found in skeletons), strict=True):
        if set(values) in ({1.0}, {-1.0}):
            texts.append(str(int(values[0])))
        else:
            constants.append(Range(f"{prefix}{len(constants) + 1}", values))
            texts.append(constants[-1].name)
    return rewrite(skeletons[0].filled(texts), "simplify"), tuple(constants)
