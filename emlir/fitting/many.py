"""fit_many(): the same data fitted many times, to see how often the same formula returns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from emlir.fitting.driver import fit
from emlir.fitting.inputs import read_weights, read_xy
from emlir.fitting.options import FitOptions, target_name
from emlir.fitting.problem import Budget
from emlir.fitting.result import FitResult
from emlir.fitting.stability import Rows, Stability, structures
from emlir.fitting.tasks import run_tasks

if TYPE_CHECKING:
    from concurrent.futures import Executor

OF_ONE_FIT = ("on_front", "resume")
"""Options that make no sense for several fits."""


def fit_many(
    X: Any,  # noqa: N803  the field's name for the table of variables
    y: Any,
    seeds: Iterable[int] = range(5),
    bootstrap: bool = False,
    strategy: str = "auto",
    time_limit: float = 60.0,
    names: Sequence[str] | None = None,
    noise: str = "auto",
    progress: Callable[[str, int], None] | None = None,
    **options: Unpack[FitOptions],
) -> Stability:
    """Fit with each seed, and say how often the same structure of formula returns.

    Data and options are those of :func:`emlir.fit`; ``time_limit`` holds for each fit.
    With ``bootstrap`` each fit sees as many rows, drawn with replacement by its seed: what
    returns then does not hang on single rows, and the constants vary as new measurements would
    make them (Efron 1979). Without, fits differ by what their strategy draws at random.
    Two formulas have one structure if they differ in constants only, after ``simplify`` over the
    range of the data; integer exponents are no constants. The fits run on ``executor``, if there
    is one, with the same result. On Ctrl-C the fits that are done are the result.

    Raises :class:`ValueError` without seeds, :class:`TypeError` for the options ``resume`` and
    ``on_front``, and what :func:`emlir.fit` raises.

    >>> import emlir
    >>> found = emlir.fit_many([1, 2, 3, 4, 5], [2, 8, 18, 32, 50], seeds=range(3))
    >>> print(found)
    3 of 3: c1*x^2  with c1 = 2
    >>> found.share, found.expression
    (1.0, <Expr 2*x^2>)
    """
    executor, rows, settings = _prepared(X, y, names, options)
    settings |= {"strategy": strategy, "time_limit": time_limit, "noise": noise}
    tasks = [_Task(seed, rows, bootstrap, settings) for seed in seeds]
    if not tasks:
        raise ValueError("give at least one seed")
    results = _results(tasks, executor, Budget(float("inf"), progress))
    done = [task.seed for task in tasks[: len(results)]]
    return Stability(structures(results, done, rows), tuple(results), bootstrap)


def _prepared(
    x: Any, y: Any, names: Sequence[str] | None, options: FitOptions
) -> "tuple[Executor | None, Rows, dict[str, Any]]":
    """Return the executor, the data, and the options of each fit."""
    for name in OF_ONE_FIT:
        if options.get(name) is not None:
            raise TypeError(f"fit_many has no option {name!r}: it belongs to one fit")
    columns, target = read_xy(x, y, names)
    settings: dict[str, Any] = {**options, "y_name": target_name(y, tuple(columns), options)}
    executor = settings.pop("executor", None)
    weights = read_weights(settings.pop("sample_weight", None), target.size)
    return executor, Rows(columns, target, weights), settings


@dataclass(frozen=True, eq=False)
class _Task:
    """One fit, as it is sent to a process."""

    seed: int
    rows: Rows
    bootstrap: bool
    settings: Mapping[str, Any]


def _fit(task: _Task) -> FitResult:
    """Do one fit: the same in this process and in others."""
    import numpy as np

    rows = task.rows.resampled(task.seed) if task.bootstrap else task.rows
    return fit(
        np.stack(list(rows.columns.values()), axis=1),
        rows.y,
        seed=task.seed,
        names=tuple(rows.columns),
        sample_weight=rows.weights,
        **task.settings,
    )


def _results(
    tasks: Sequence[_Task], executor: "Executor | None", budget: Budget
) -> list[FitResult]:
    """Run to the end or to an interrupt, which also shows as a fit that was interrupted."""
    results: list[FitResult] = []
    try:
        for result in run_tasks(_fit, tasks, executor, budget):
            results.append(result)
            budget.spend(result.work, f"{len(results)} of {len(tasks)} fits done")
            if result.stopped == "interrupted":
                break
    except KeyboardInterrupt:
        if not results:
            raise
    return results
