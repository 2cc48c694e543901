"""Schedules scaled so that they agree in one figure: a fairer comparison."""

from collections.abc import Mapping

from emlir_schedules.combine import scale
from emlir_schedules.compare.settings import Match
from emlir_schedules.core import Schedule


def matched(schedules: Mapping[str, Schedule], steps: int, what: Match) -> dict[str, Schedule]:
    """Scale all schedules but the first to the first one's mean rate, area, or last rate.

    The figures are those of the steps of training. Area is the sum of the rates; as all train
    for as long, it asks for the same as the mean. ``ValueError`` where no factor does it.
    """
    names = iter(schedules)
    first = next(names)
    goal = _figure(schedules[first], steps, what)
    made = {first: schedules[first]}
    for name in names:
        own = _figure(schedules[name], steps, what)
        if not (own > 0 and goal > 0):
            raise ValueError(
                f"the {what} of {name} is {own:g} and that of {first} {goal:g}:"
                " no factor makes them equal"
            )
        made[name] = scale(schedules[name], goal / own)
    return made


def _figure(schedule: Schedule, steps: int, what: Match) -> float:
    rates = schedule.trace(steps)
    if what == "final":
        return float(rates[-1])
    return float(rates.sum() if what == "area" else rates.mean())
