"""A schedule found from a curve of rates, such as one that was recorded in training."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from emlir import DataError, FitResult, fit
from emlir.plugin_api import number
from emlir_schedules.core import Schedule, T

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class FittedSchedule:
    """A schedule, the largest gap to the rates that it was found from, and the search's result."""

    schedule: Schedule
    largest_gap: float
    result: FitResult


def fit_schedule(
    rates: "Sequence[float] | NDArray[np.float64]",
    *,
    strategy: str = "auto",
    time_limit: float = 20.0,
    seed: int = 0,
    **options: Any,
) -> FittedSchedule:
    """Search a formula for the rates at steps 0, 1, 2, ...

    The formula is found in the fraction u = t/total, which for step 0 is 0, and then written in
    the step t; the total is the number of rates. ``strategy``, ``time_limit``, ``seed`` and
    ``options`` are those of :func:`emlir.fit`; ``strategy="eml"`` finds pure EML trees, for rates
    without noise. Raises ``emlir.DataError`` for fewer than 8 rates, or rates that are not finite.

    The result is right at the recorded steps to ``largest_gap``, and has not been proved to be
    anything: :func:`emlir_schedules.prove_properties` does that.
    """
    import numpy as np

    column = np.asarray(rates, dtype=np.float64)
    if column.ndim != 1 or len(column) < 8:
        raise DataError(f"a curve has at least 8 rates in a row, not the shape {column.shape}")
    if not np.isfinite(column).all():
        raise DataError(f"the rate at step {int(np.argmin(np.isfinite(column)))} is not finite")
    total = len(column)
    result = fit(
        np.arange(total) / total, column, strategy=strategy, time_limit=time_limit, seed=seed,
        **options,
    )  # fmt: skip
    in_u = result.expression.subs({"x": "u"})
    form = in_u.subs({"u": T / number(Fraction(total))})
    schedule = Schedule(form, {}, total, f'formula(total={total}, text="{in_u}")')
    gap = float(np.abs(schedule.trace() - column).max())
    return FittedSchedule(schedule, gap, result)
