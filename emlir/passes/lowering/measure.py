"""How well float64 follows a tree: its values at the sample points of the box, measured.

A tree that is right as a function may still overflow, or lose all digits, in floats. The
trees of one expression are compared at the same points with the NumPy reference of the
expression itself. This only ranks right trees, and says where the best one is poor.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emlir.expr.core import Expr
from emlir.passes.lowering.samples import Samples
from emlir.semantics import Semantics

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Errors = NDArray[np.float64]

ACCURATE = 1e-9
"""An error, relative to max(1, |value|), that is no fault."""
MOST_COLUMNS = 50_000
COLUMNS_EACH = 2_000
"""So many nodes of trees are evaluated while choosing, in all and for one node of the expression.

Choices beyond that follow what the lowerings say of their range."""

Fault = tuple[int, int]
"""The decade of the largest error and the number of points with a fault; (0, 0): none."""
NO_FAULT: Fault = (0, 0)
WORST = 400


@dataclass(frozen=True, slots=True)
class Inaccuracy:
    """The largest error of a tree in float64 over the sample points of the box.

    ``error`` is relative to max(1, |value|), infinite where the tree has no finite value.
    ``fault`` ranks it among others.
    """

    error: float
    point: tuple[tuple[str, float], ...]
    fault: Fault

    def __str__(self) -> str:
        """What is said of the tree."""
        place = ", ".join(f"{name} = {value!r}" for name, value in self.point)
        return (
            f"evaluated in float64 the tree has no finite value at {place}"
            if math.isinf(self.error)
            else f"evaluated in float64 the tree has an error of {self.error:.2g} at {place}, "
            "relative to max(1, |value|)"
        )

    def as_json(self) -> dict[str, object]:
        """Return the error, ``None`` for an infinite one, and the point."""
        error = None if math.isinf(self.error) else self.error
        return {"error": error, "point": dict(self.point)}


class Measure:
    """Measures trees; keeps the values of their nodes, up to a number of them."""

    def __init__(self, samples: Samples, semantics: Semantics | None) -> None:
        self._samples = samples
        self._trees = samples.under(semantics or "complex")
        self._limit = MOST_COLUMNS

    @property
    def is_exhausted(self) -> bool:
        """Whether no more is measured for the present node."""
        return self._trees.size > self._limit

    def renew(self) -> None:
        """Begin with another node of the expression."""
        self._limit = min(MOST_COLUMNS, self._trees.size + COLUMNS_EACH)

    def fault(
        self, expr: Expr, tree: Expr, needs: tuple[Expr, ...] = (), limit: int | None = None
    ) -> Fault | None:
        """Return the fault of a tree for ``expr`` where ``needs`` hold; ``None``: not measured."""
        if self._trees.size > (self._limit if limit is None else limit):
            return None
        return _fault(self._errors(expr, tree, needs))

    def inaccuracy(self, expr: Expr, tree: Expr, needs: tuple[Expr, ...] = ()) -> Inaccuracy | None:
        """Return the largest error of a tree, ``None`` if it is no fault."""
        errors = self._errors(expr, tree, needs)
        if not errors.size or not errors.max() > ACCURATE:
            return None
        worst = int(errors.argmax())
        return Inaccuracy(float(errors[worst]), self._samples.point(worst), _fault(errors))

    def _errors(self, expr: Expr, tree: Expr, needs: tuple[Expr, ...]) -> "Errors":
        import numpy as np

        truth = self._samples.column(expr)
        counts = self._samples.inside & np.isfinite(truth)
        for need in needs:
            counts = counts & (self._samples.column(need) == 1)
        with np.errstate(all="ignore"):
            errors = np.abs(self._trees.column(tree) - truth) / np.maximum(1, np.abs(truth))
        errors[~np.isfinite(errors)] = np.inf
        result: Errors = np.where(counts, errors, 0.0)
        return result


def _fault(errors: "Errors") -> Fault:
    worst = float(errors.max()) if errors.size else 0.0
    if worst <= ACCURATE:
        return NO_FAULT
    decade = WORST if math.isinf(worst) else math.ceil(math.log10(worst / ACCURATE))
    return max(decade, 1), int((errors > ACCURATE).sum())
