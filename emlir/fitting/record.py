"""What is known about a fit, and the front of formulas that it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emlir.expr.core import Expr
from emlir.fitting.problem import Constant, NoiseName

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LABEL = "approximate"
"""A fit to measured data is never more than that."""


@dataclass(frozen=True, slots=True)
class Member:
    """One formula of the Pareto front: no other is both smaller and closer to the data.

    ``loss`` is the root mean square of the errors in the sense of the chosen noise model:
    of y itself, or of ln y.
    """

    expression: Expr
    size: int
    loss: float
    r2: float


@dataclass(frozen=True, slots=True)
class Noise:
    """The noise model and the size of the noise: of y, or relative to y."""

    model: NoiseName
    sigma: float

    def __str__(self) -> str:
        if self.model == "additive":
            return f"additive, standard deviation {self.sigma:.3g}"
        return f"multiplicative, {100 * self.sigma:.3g} % of the value"


@dataclass(frozen=True, slots=True)
class Spent:
    """What a search took: work, in formulas compared, and seconds."""

    work: int = 0
    time: float = 0.0


@dataclass(frozen=True, eq=False)
class FitRecord:
    """The facts of a fit.

    ``r2``, ``residuals`` (y minus prediction) and ``noise`` are computed from the printed
    expression. ``constants`` are those that were fitted, see :class:`Constant`. ``work``
    counts formulas compared; ``stopped`` is ``done``, ``time limit``, ``interrupted``, or
    ``failed`` where a warning told what went wrong in the search.
    ``held_out`` is R² (of ln y where the noise is multiplicative) on rows that were left out,
    in turn, while the constants were fitted again; ``None`` where that was not done.
    ``unexplained`` says whether the residuals still depend on the variables, so that the
    formula is not the whole law; ``None`` where the rows are too few to tell, or it was not
    looked at. ``weights`` of rows have the mean 1; rows of weight 0 are listed, and count for
    nothing. ``target`` is what y is called. ``settings`` are the options of the call as they
    were given, without those that hold data or functions. ``earlier`` is what the fits took
    that this one resumed.
    """

    expression: Expr
    names: tuple[str, ...]
    front: tuple[Member, ...]
    r2: float
    residuals: "Array"
    noise: Noise
    constants: tuple[Constant, ...]
    columns: "dict[str, Array]"
    y: "Array"
    weights: "Array | None"
    held_out: float | None
    unexplained: bool | None
    strategy: str
    seed: int
    time: float
    work: int
    stopped: str
    target: str = "y"
    settings: Mapping[str, Any] = field(default_factory=dict)
    earlier: Spent | None = None
    label: str = LABEL


def loss_and_r2(
    prediction: "Array", y: "Array", noise: NoiseName, weights: "Array | None" = None
) -> tuple[float, float]:
    """Return the root mean square error under ``noise``, and R² of y; NaN if undefined."""
    import numpy as np

    scale = float(np.max(np.abs(y))) or 1.0
    with np.errstate(all="ignore"):
        scaled = y / scale
        errors = prediction / scale - scaled
        centre = np.average(scaled, weights=weights)
        spread = float(np.average((scaled - centre) ** 2, weights=weights))
        left = float(np.average(errors**2, weights=weights))
        r2 = 1.0 - left / spread if spread else (1.0 if left <= 1e-24 else 0.0)
        if noise == "additive":
            loss = float(np.sqrt(left)) * scale
        else:
            loss = float(np.sqrt(np.average(np.log(prediction / y) ** 2, weights=weights)))
    return loss, r2
