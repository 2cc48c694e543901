"""fit(): checks the data, runs a strategy, and reports what the printed formula does."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

from emlir.errors import DataError
from emlir.evaluate import evaluate
from emlir.expr.core import const
from emlir.fitting.found import Found
from emlir.fitting.inputs import read_xy
from emlir.fitting.options import FitOptions, make_problem, plain_options, target_name
from emlir.fitting.problem import Budget, Candidate, OutOfTimeError, Problem, Strategy
from emlir.fitting.record import Noise, loss_and_r2
from emlir.fitting.result import FitResult
from emlir.fitting.saver import Saver
from emlir.fitting.state import identity, read_state
from emlir.plugins import manager

AUTO = ("staged", "exact")
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
    problem, found, saver = _start(problem, chosen, options)
    best, stopped = _collect(_candidates(problem.counted(), chosen), found)
    if saver is not None:
        saver.save(budget)
    return _result(
        problem,
        best,
        front=found.front(),
        strategy=chosen,
        stopped=stopped,
        target=target_name(y, problem.names, options),
        settings={"time_limit": time_limit, "noise": noise, **plain_options(options)},
        earlier=saver.earlier if saver is not None and saver.earlier.work else None,
    )


def _strategy_name(strategy: str) -> str:
    if strategy != "auto":
        manager().entry("strategies", strategy)
        return strategy
    offered = manager().names("strategies")
    return next((name for name in AUTO if name in offered), AUTO[0])


def _start(
    problem: Problem, strategy: str, options: FitOptions
) -> tuple[Problem, Found, Saver | None]:
    """Begin with nothing, or with what an earlier fit found."""
    path = options.get("resume")
    if path is None:
        return problem, Found(problem.counted(), options.get("on_front")), None
    what = identity(problem, strategy)
    state = read_state(Path(path), what)
    problem = replace(problem, known=state.candidates)
    found = Found(problem.counted(), options.get("on_front"))
    for candidate in state.candidates:
        found.add(candidate)
    saver = Saver(Path(path), what, state.spent, found)
    saver.start(problem.budget)
    return problem, found, saver


def _candidates(problem: Problem, strategy: str) -> Iterator[Candidate]:
    if float(problem.y.min()) == float(problem.y.max()):
        constant = Candidate(const(float(problem.y[0])), score=0.0, noise=problem.noises[0])
        return iter([constant])
    search: Strategy = manager().get("strategies", strategy)
    return search.search(problem)


def _collect(candidates: Iterator[Candidate], found: Found) -> tuple[Candidate, str]:
    """Run the search to its end, the time limit or an interrupt; return the best, and which.

    A search that fails has ended as well: what it found before is no worse for that.
    """
    stopped, has_begun = "done", False
    try:
        for candidate in candidates:
            has_begun = found.add(candidate) or has_begun
    except OutOfTimeError:
        stopped = "time limit"
    except KeyboardInterrupt:
        if found.best is None:
            raise
        stopped = "interrupted"
    except Exception as error:
        if not has_begun:
            raise
        told = f"the search failed, what it had found is kept: {type(error).__name__}: {error}"
        warnings.warn(told, RuntimeWarning, stacklevel=3)
        stopped = "failed"
    if found.best is None:
        raise DataError(
            "no formula was found that is defined on every row"
            + (": the time limit is too short" if stopped != "done" else "")
        )
    found.settle()
    return found.best, stopped


def _result(problem: Problem, best: Candidate, **facts: Any) -> FitResult:
    import numpy as np

    y, budget, counted = problem.y, problem.budget, problem.counted()
    values = np.broadcast_to(evaluate(best.expression, problem.columns), y.shape)
    those = np.broadcast_to(evaluate(best.expression, counted.columns), counted.y.shape)
    loss, r2 = loss_and_r2(those, counted.y, best.noise, counted.weights)
    rows = counted.effective_rows
    unbiased = (rows / max(1, rows - best.parameters)) ** 0.5
    with np.errstate(over="ignore"):
        residuals = y - values
    return FitResult(
        expression=best.expression,
        names=problem.names,
        r2=r2,
        residuals=residuals,
        noise=Noise(best.noise, loss * unbiased),
        constants=best.constants,
        columns=problem.columns,
        y=y,
        weights=problem.weights,
        held_out=best.held_out,
        unexplained=best.unexplained,
        seed=problem.seed,
        time=budget.elapsed,
        work=budget.work,
        **facts,
    )
