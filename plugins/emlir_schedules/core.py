"""Learning-rate schedules: expressions in the step with parameters, and combinators of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from numbers import Integral
from typing import TYPE_CHECKING, Any

from emlir import Expr, lt, maximum, minimum, mod, where
from emlir.plugin_api import exact, symbol
from emlir_schedules.shapes import rising
from emlir_schedules.tidy import fill

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STEP = "t"
"""The symbol of the step: 0 for the first step of training, 1 for the second."""

T = symbol(STEP)
MOST_STEPS = 10_000_000
"""Steps of which all the rates are looked at."""
Number = int | float | str | Fraction


@dataclass(frozen=True, eq=False)
class Schedule:
    """The rate at step t, as an expression, over a training of ``total`` steps.

    The rate is a factor of the optimizer's own rate, unless the peak says otherwise. The steps
    of training are 0, ..., ``total`` - 1; claims are about all real t from 0 to ``total``, where
    a decay ends. The expression also says what comes later. ``total`` is ``None`` where
    training has no set end.

    ``form`` has the names of the ``parameters`` as symbols, ``expression`` their values. Two
    schedules are equal if expression and total are.

    >>> from emlir_schedules import schedule
    >>> cosine = schedule("cosine", total=1000, warmup=100)
    >>> print(cosine.expression)
    where(t < 100, t/100, 1/2*(1 + cos(pi*min((t - 100)/900, 1))))
    >>> cosine(0), cosine(100), cosine(550), cosine(1000)
    (0.0, 1.0, 0.5, 0.0)
    """

    form: Expr
    parameters: Mapping[str, Fraction]
    total: int | None = None
    text: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.form.sort != "number":
            raise TypeError(f"a rate is a number, not the truth of {self.form}")
        if STEP in self.parameters:
            raise ValueError(f"{STEP} is the step and cannot be a parameter")
        unknown = set(self.form.symbols) - {STEP, *self.parameters}
        if unknown:
            raise ValueError(
                f"{', '.join(sorted(unknown))} has no value; a schedule is an expression in {STEP}"
            )
        if self.total is not None:
            object.__setattr__(self, "total", whole(self.total, "the total of training", 1))

    @cached_property
    def expression(self) -> Expr:
        """The rate as an expression in ``t`` alone."""
        return fill(self.form, self.parameters)

    @property
    def digest(self) -> str:
        """The structural hash of the expression, with the total: equal schedules share it."""
        return f"{self.expression.digest}-{'' if self.total is None else self.total}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schedule) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[type["Schedule"], tuple[object, ...]]:
        return Schedule, (self.form, dict(self.parameters), self.total, self.text)

    def __str__(self) -> str:
        return self.text or str(self.expression)

    @cached_property
    def function(self) -> Callable[[float], float]:
        """The expression as a Python function of the step; NaN where it is undefined."""
        from emlir_codegen.functions import function

        return function(self.expression, "python", arguments=(STEP,))

    def __call__(self, step: float) -> float:
        """Return the rate at a step. ``ValueError`` if it is undefined or infinite there."""
        rate = self.function(step if type(step) in _PLAIN else _plain(step))
        if not -_LARGE <= rate <= _LARGE:
            raise ValueError(f"the rate is {rate} at step {step}: {self.expression}")
        return rate

    def trace(self, steps: int | None = None) -> "NDArray[np.float64]":
        """Return the rates at steps 0, ..., ``steps`` - 1, by default the whole training.

        float64; NaN where the rate is undefined. The very numbers that training gets.
        """
        import numpy as np

        function = self.function
        count = self.length_of(steps)
        if count > MOST_STEPS:
            raise ValueError(f"{count:,} steps are too many to list; {MOST_STEPS:,} are the most")
        return np.fromiter((function(t) for t in range(count)), np.float64, count)

    def length_of(self, steps: int | None = None) -> int:
        """Return ``steps``, or the total; ``ValueError`` if there is neither."""
        found = self.total if steps is None else steps
        if found is None:
            raise ValueError(f"{self} has no total; say for how many steps")
        return whole(found, "the number of steps")

    def replace(self, **parameters: Number) -> "Schedule":
        """Return the schedule with other values of some parameters."""
        unknown = sorted(set(parameters) - set(self.parameters))
        if unknown:
            known = ", ".join(self.parameters) or "none"
            raise ValueError(f"no parameter {', '.join(unknown)}; there is {known}")
        changed = {name: exact(value) for name, value in parameters.items()}
        return Schedule(self.form, {**self.parameters, **changed}, self.total)

    def warmup(self, steps: int, start: Number = 0, shift: bool = True) -> "Schedule":
        """Rise to the first rate; see :func:`warmup`."""
        return warmup(self, steps, start, shift)

    def then(self, other: "Schedule", at: int | None = None) -> "Schedule":
        """Go on with another schedule; see :func:`then`."""
        return then(self, other, at)

    def scale(self, factor: Number) -> "Schedule":
        """Multiply all rates; see :func:`scale`."""
        return scale(self, factor)

    def floor(self, least: Number) -> "Schedule":
        """Let no rate be below ``least``; see :func:`floor`."""
        return floor(self, least)

    def __iter__(self) -> Iterator[float]:
        """Iterate over the rates of training."""
        return iter(self.trace().tolist())


_PLAIN = (int, float)
_LARGE = 1.7976931348623157e308


def whole(value: int, what: str, least: int = 0) -> int:
    """Return ``value`` if it is whole and at least ``least``, else raise ``ValueError``."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise ValueError(f"{what} is a whole number of at least {least}, not {value!r}")
    return int(value)


def _plain(step: Any) -> float:
    """Return a step of NumPy or torch as a Python number: arrays would lose digits."""
    number = step.item() if hasattr(step, "item") else step
    if not isinstance(number, int | float):
        raise TypeError(f"a step is one number, not {step!r}")
    return number


def warmup(
    schedule: Schedule, steps: int, start: Number = 0, shift: bool = True, shape: str = "linear"
) -> Schedule:
    """Rise from ``start`` to the first rate of ``schedule`` in ``steps`` steps, then begin it.

    At step 0 the rate is ``start``, at step ``steps`` the first rate of the schedule. The total
    grows by ``steps``. Without ``shift`` the schedule runs from step 0 on and warm-up hides
    its beginning, with a jump where it takes over (timm's ``warmup_prefix=False``). ``shape``
    is one of :data:`emlir_schedules.shapes.SHAPES`. No steps are no warm-up.
    """
    steps = whole(steps, "warm-up")
    if not steps:
        return schedule
    made = _Names(schedule)
    length = made.new("warmup", exact(steps))
    least = made.new("start", exact(start))
    goal = schedule.form.subs({STEP: 0})
    ramp = least + (goal - least) * rising(shape, T / length)
    body = schedule.form.subs({STEP: T - length}) if shift else schedule.form
    total = None if schedule.total is None else schedule.total + (steps if shift else 0)
    text = f"{schedule} | warmup({steps}{_option('start', start, 0)}" + (
        f"{'' if shift else ', shift=0'}{_option('shape', shape, 'linear')})"
    )
    return Schedule(where(lt(T, length), ramp, body), made.values, total, text)


def then(first: Schedule, second: Schedule, at: int | None = None) -> Schedule:
    """Follow ``first`` until step ``at``, by default its total, then ``second`` from its step 0."""
    if not isinstance(second, Schedule):
        raise TypeError(f"what follows is a schedule, not {second!r}")
    turn = first.length_of(at)
    made = _Names(first)
    form = made.joined(second)
    place = made.new("at", Fraction(turn))
    total = None if second.total is None else turn + second.total
    text = f"{first} | then({second}, at={turn})"
    joined = where(lt(T, place), first.form, form.subs({STEP: T - place}))
    return Schedule(joined, made.values, total, text)


def scale(schedule: Schedule, factor: Number) -> Schedule:
    """Multiply all rates by ``factor``."""
    made = _Names(schedule)
    times = made.new("factor", exact(factor))
    text = f"{schedule} | scale({factor})"
    return Schedule(times * schedule.form, made.values, schedule.total, text)


def floor(schedule: Schedule, least: Number) -> Schedule:
    """Let no rate be below ``least``."""
    made = _Names(schedule)
    bound = made.new("floor", exact(least))
    text = f"{schedule} | floor({least})"
    return Schedule(maximum(schedule.form, bound), made.values, schedule.total, text)


def clip(schedule: Schedule, least: Number, most: Number) -> Schedule:
    """Keep all rates between ``least`` and ``most``."""
    if exact(least) > exact(most):
        raise ValueError(f"nothing is between {least} and {most}")
    made = _Names(schedule)
    low, high = made.new("least", exact(least)), made.new("most", exact(most))
    text = f"{schedule} | clip({least}, {most})"
    form = minimum(maximum(schedule.form, low), high)
    return Schedule(form, made.values, schedule.total, text)


def repeat(schedule: Schedule, times: int) -> Schedule:
    """Run a schedule that has a total ``times`` times in a row, from its step 0 each time."""
    times = whole(times, "times", 1)
    made = _Names(schedule)
    period = schedule.length_of()
    again = schedule.form.subs({STEP: mod(T, made.new("period", Fraction(period)))})
    text = f"{schedule} | repeat({times})"
    return Schedule(again, made.values, period * times, text)


class _Names:
    """The parameters of what is being made; new ones get names that are free."""

    def __init__(self, schedule: Schedule) -> None:
        self.values = dict(schedule.parameters)

    def new(self, name: str, value: Fraction) -> Expr:
        free = self._free(name)
        self.values[free] = value
        return symbol(free)

    def joined(self, other: Schedule) -> Expr:
        """Take in another schedule's parameters; return its form with their new names."""
        names = {name: self.new(name, value) for name, value in other.parameters.items()}
        return other.form.subs(names)

    def _free(self, name: str) -> str:
        free, count = name, 2
        while free in self.values or free == STEP:
            free, count = f"{name}_{count}", count + 1
        return free


def _option(name: str, value: object, default: object) -> str:
    return "" if value == default else f", {name}={value}"
