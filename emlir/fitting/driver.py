"""fit(): checks the data, runs a strategy, and reports what the printed formula does."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from emlir.errors import DataError
from emlir.evaluate import evaluate
from emlir.expr.core import const
from emlir.fitting.inputs import read_xy
from emlir.fitting.problem import (
    NOISES,
    Budget,
    Candidate,
    NoiseName,
    OutOfTimeError,
    Problem,
    Strategy,
)
from emlir.fitting.record import Noise, loss_and_r2, make_front
from emlir.fitting.result import FitResult
from emlir.plugins import manager

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

AUTO = ("exact",)
"""What ``auto`` means: the first of these that is installed."""


def fit(
    X: Any,  # noqa: N803  the field's name for the table of variables
    y: Any,
    strategy: str = "auto",
    time_limit: float = 60.0,
    seed: int = 0,
    names: Sequence[str] | None = None,
    noise: str = "auto",
    progress: Callable[[str, int], None] | None = None,
) -> FitResult:
    """Find a formula for ``y`` in the variables ``X``.

    Args:
        X: a list, array, tensor or DataFrame, (n,), (n, variables) or (variables, n).
            DataFrame columns keep their names; others are x, or x1 ... xn, or ``names``.
        y: n measured values.
        strategy: a strategy that a plugin offers, or ``auto``.
        time_limit: seconds until the search is cut; what was found is returned, also on Ctrl-C.
        seed: the same data, seed and work give the same formula.
        noise: ``additive``, ``multiplicative`` (y of one sign), or ``auto``: the data choose.
        progress: called with what is being done and the work so far.

    Raises :class:`emlir.DataError` for data that cannot be used, with what and where.

    >>> import emlir
    >>> emlir.fit([1, 2, 3, 4, 5], [2, 8, 18, 32, 50]).expression
    <Expr 2*x^2>
    """
    if not time_limit > 0:
        raise ValueError(f"the time limit must be above 0 seconds, not {time_limit}")
    columns, target = read_xy(X, y, names)
    noises = _noises(noise, target)
    chosen = _strategy_name(strategy)
    budget = Budget(time_limit, progress)
    problem = Problem(columns, target, noises, seed, budget)
    if float(target.min()) == float(target.max()):
        found, stopped = [_constant(problem)], "done"
    else:
        found, stopped = _collect(manager().get("strategies", chosen), problem)
    return _result(problem, found, chosen, stopped)


def _noises(noise: str, y: "Array") -> tuple[NoiseName, ...]:
    one_sign = bool((y > 0).all() or (y < 0).all())
    if noise == "auto":
        return NOISES if one_sign else ("additive",)
    for name in NOISES:
        if name == noise:
            if name == "multiplicative" and not one_sign:
                raise DataError("multiplicative noise needs y of one sign and without zeros")
            return (name,)
    raise ValueError(f"there is no noise model {noise!r}; there is auto, {', '.join(NOISES)}")


def _strategy_name(strategy: str) -> str:
    if strategy != "auto":
        manager().entry("strategies", strategy)
        return strategy
    offered = manager().names("strategies")
    return next((name for name in AUTO if name in offered), AUTO[0])


def _constant(problem: Problem) -> Candidate:
    return Candidate(const(float(problem.y[0])), score=0.0, noise=problem.noises[0])


def _collect(strategy: Strategy, problem: Problem) -> tuple[list[Candidate], str]:
    """Run the search to its end, the time limit or an interrupt."""
    found: list[Candidate] = []
    stopped = "done"
    try:
        for candidate in strategy.search(problem):
            if _fits(candidate, problem):
                found.append(candidate)
    except OutOfTimeError:
        stopped = "time limit"
    except KeyboardInterrupt:
        if not found:
            raise
        stopped = "interrupted"
    if not found:
        raise DataError(
            "no formula was found that is defined on every row"
            + (": the time limit is too short" if stopped != "done" else "")
        )
    return found, stopped


def _fits(candidate: Candidate, problem: Problem) -> bool:
    """Whether the printed formula has a finite value, and a finite loss, in every row."""
    import numpy as np

    values = np.broadcast_to(evaluate(candidate.expression, problem.columns), problem.y.shape)
    loss, _ = loss_and_r2(values, problem.y, candidate.noise)
    return bool(np.isfinite(values).all() and np.isfinite(loss))


def _result(problem: Problem, found: list[Candidate], strategy: str, stopped: str) -> FitResult:
    import numpy as np

    best = min(found, key=lambda c: (c.score, c.expression.tree_size, str(c.expression)))
    y, budget = problem.y, problem.budget
    values = np.broadcast_to(evaluate(best.expression, problem.columns), y.shape)
    loss, r2 = loss_and_r2(values, y, best.noise)
    unbiased = (y.size / max(1, y.size - best.parameters)) ** 0.5
    with np.errstate(over="ignore"):
        residuals = y - values
    return FitResult(
        expression=best.expression,
        names=problem.names,
        front=make_front(found, problem.columns, y, best.noise),
        r2=r2,
        residuals=residuals,
        noise=Noise(best.noise, loss * unbiased),
        constants=best.constants,
        columns=problem.columns,
        y=y,
        strategy=strategy,
        seed=problem.seed,
        time=budget.elapsed,
        work=budget.work,
        stopped=stopped,
    )
