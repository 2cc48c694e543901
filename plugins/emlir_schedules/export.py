"""Schedules for other libraries and languages; the values are those of the expression."""

from collections.abc import Callable
from typing import Any

from emlir import MissingDependencyError, emit
from emlir_codegen.functions import function
from emlir_schedules.core import STEP, Schedule


def optax_schedule(schedule: Schedule, base_rate: float = 1.0) -> Callable[[Any], Any]:
    """Return a pure function from the step count to the rate, as optax's schedules are.

    It works under ``jax.jit``, ``vmap`` and ``grad``, in float32 unless jax has x64 enabled.
    ``base_rate`` multiplies, since optax has no rate of its own. Raises
    ``emlir.MissingDependencyError`` without jax.

    >>> from emlir_schedules import optax_schedule, schedule
    >>> rate = optax_schedule(schedule("linear", total=4), base_rate=0.5)  # doctest: +SKIP
    >>> float(rate(1))  # doctest: +SKIP
    0.375
    """
    try:
        rate = function(schedule.expression, "jax", arguments=(STEP,))
    except ImportError as error:
        raise MissingDependencyError("optax's schedules need jax: pip install jax") from error
    return lambda count: base_rate * rate(count)


def numpy_function(schedule: Schedule) -> Callable[[Any], Any]:
    """Return a function from an array of steps to the array of rates, float64."""
    return function(schedule.expression, "numpy", arguments=(STEP,))


def source(schedule: Schedule, language: str, name: str = "learning_rate") -> str:
    """Return the schedule as text: a program, or a formula.

    ``numpy``, ``python``, ``jax``, ``torch``, ``c`` and ``mlir`` are complete functions of the
    step; any other notation of emlir, such as ``latex``, gives the formula.
    """
    if language in ("numpy", "python", "jax", "torch"):
        return emit(schedule.expression, language, name=name, arguments=(STEP,))
    if language in ("c", "mlir"):
        return emit(schedule.expression, language, name=name)
    return emit(schedule.expression, language)
