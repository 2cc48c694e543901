"""Schedules scaled so that they agree in one figure: a fairer comparison."""

from collections.abc import Mapping

from emlir_schedules.calibrate import matched, measure
from emlir_schedules.core import Schedule


def all_matched(schedules: Mapping[str, Schedule], steps: int, what: str) -> dict[str, Schedule]:
    """Scale all schedules but the first to the first one's mean rate, area, final rate or peak.

    See :func:`emlir_schedules.calibrate.measure`. As all train for as long, the same area asks
    for the same mean. ``ValueError`` where a figure is 0: no factor makes the others equal to it
    and trains.
    """
    (first, leader), *others = schedules.items()
    goal = measure(leader, what, steps)
    if not goal > 0:
        raise ValueError(f"the {what} of {first} is {goal:g}, to which nothing can be scaled")
    return {first: leader, **{name: matched(one, goal, what, steps) for name, one in others}}
