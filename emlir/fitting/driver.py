"""fit(): checks the data, runs a strategy, and reports what the printed formula does."""

from collections.abc import Callable, Sequence
from typing import Any, Unpack

from emlir.errors import DataError
from emlir.evaluate import evaluate
from emlir.expr.core import const
from emlir.fitting.inputs import read_xy
from emlir.fitting.options import FitOptions, make_problem
from emlir.fitting.problem import Budget, Candidate, OutOfTimeError, Problem, Strategy
from emlir.fitting.record import Noise, loss_and_r2, make_front
from emlir.fitting.result import FitResult
from emlir.plugins import manager

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
    **options: Unpack[FitOptions],
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
        options: weights of rows, units, limits and more: see :class:`emlir.FitOptions`.

    Raises :class:`emlir.DataError` for data that cannot be used, with what and where.

    >>> import emlir
    >>> emlir.fit([1, 2, 3, 4, 5], [2, 8, 18, 32, 50]).expression
    <Expr 2*x^2>
    """
    if not time_limit > 0:
        raise ValueError(f"the time limit must be above 0 seconds, not {time_limit}")
    columns, target = read_xy(X, y, names)
    chosen = _strategy_name(strategy)
    budget = Budget(time_limit, progress)
    problem = make_problem(columns, target, noise, seed, budget, options)
    if float(target.min()) == float(target.max()):
        found, stopped = [_constant(problem)], "done"
    else:
        found, stopped = _collect(manager().get("strategies", chosen), problem)
    return _result(problem, found, chosen, stopped)


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

    if not problem.limits.allow(candidate.expression):
        return False
    values = np.broadcast_to(evaluate(candidate.expression, problem.columns), problem.y.shape)
    loss, _ = loss_and_r2(values, problem.y, candidate.noise, problem.weights)
    return bool(np.isfinite(values).all() and np.isfinite(loss))


def _result(problem: Problem, found: list[Candidate], strategy: str, stopped: str) -> FitResult:
    import numpy as np

    best = min(found, key=lambda c: (c.score, c.expression.tree_size, str(c.expression)))
    y, budget = problem.y, problem.budget
    values = np.broadcast_to(evaluate(best.expression, problem.columns), y.shape)
    loss, r2 = loss_and_r2(values, y, best.noise, problem.weights)
    unbiased = (y.size / max(1, y.size - best.parameters)) ** 0.5
    with np.errstate(over="ignore"):
        residuals = y - values
    return FitResult(
        expression=best.expression,
        names=problem.names,
        front=make_front(found, problem, best.noise),
        r2=r2,
        residuals=residuals,
        noise=Noise(best.noise, loss * unbiased),
        constants=best.constants,
        columns=problem.columns,
        y=y,
        weights=problem.weights,
        held_out=best.held_out,
        strategy=strategy,
        seed=problem.seed,
        time=budget.elapsed,
        work=budget.work,
        stopped=stopped,
    )
