"""Combinators: schedules made of schedules. What they make are expressions again."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from emlir import Expr, lt, maximum, minimum, mod, where
from emlir.plugin_api import exact, symbol
from emlir_schedules.core import STEP, Number, Schedule, whole
from emlir_schedules.shapes import rising

T = symbol(STEP)


def warmup(
    schedule: Schedule, steps: int, start: Number = 0, shift: bool = True, shape: str = "linear"
) -> Schedule:
    """Rise from ``start`` to the first rate of ``schedule`` in ``steps`` steps, then begin it.

    At step 0 the rate is ``start``, at step ``steps`` the first rate of the schedule. The total
    grows by ``steps``. Without ``shift`` the schedule runs from step 0 on and warm-up hides
    its beginning, with a jump where it takes over (timm's ``warmup_prefix=False``). ``shape``
    is one of :data:`emlir_schedules.shapes.SHAPES`. No steps are no warm-up.
    """
    if not whole(steps, "warm-up"):
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
    whole(times, "times", 1)
    made = _Names(schedule)
    period = schedule.length_of()
    again = schedule.form.subs({STEP: mod(T, made.new("period", Fraction(period)))})
    text = f"{schedule} | repeat({times})"
    return Schedule(again, made.values, period * times, text)


@dataclass(frozen=True)
class Grouped:
    """A schedule for each group of parameters, by name, in order."""

    schedules: Mapping[str, Schedule]

    def __post_init__(self) -> None:
        if not self.schedules:
            raise ValueError("no groups")

    @property
    def digest(self) -> str:
        """What tells it from others."""
        return ";".join(f"{name}={one.digest}" for name, one in self.schedules.items())

    def __str__(self) -> str:
        return "; ".join(f"{name}: {one}" for name, one in self.schedules.items())


def per_group(schedules: Mapping[str, Schedule]) -> Grouped:
    """Give each group of an optimizer's parameters a schedule of its own.

    The names are those of the groups (``{"params": ..., "name": "head"}``); of an optimizer
    whose groups have no names, the order counts.
    """
    return Grouped(dict(schedules))


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
