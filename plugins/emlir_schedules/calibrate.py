"""Schedules made comparable: the same mean rate, the same area, or the same final rate."""

from scipy.optimize import brentq

from emlir.plugin_api import exact
from emlir_schedules.area import area
from emlir_schedules.core import Number, Schedule, scale, whole

WHAT = ("mean", "area", "final", "peak")


def measure(schedule: Schedule, what: str, steps: int | None = None) -> float:
    """Return the mean rate, the sum of the rates, the last or the highest rate of training.

    ``final`` is the rate at the step after the last one, where a decay ends.
    """
    count = whole(schedule.length_of(steps), "the number of steps", 1)
    if what == "final":
        return schedule(count)
    if what == "peak":
        return float(schedule.trace(count).max())
    if what not in WHAT:
        raise ValueError(f"match one of {', '.join(WHAT)}, not {what!r}")
    total = area(schedule, count)
    return total.mean if what == "mean" else total.mean * count


def matched(
    schedule: Schedule, other: Schedule | Number, what: str = "mean", steps: int | None = None
) -> Schedule:
    """Scale ``schedule`` so that it has the mean, area, final rate or peak of ``other``.

    ``other`` may be the value itself. Both are measured over their own training, or over
    ``steps``. Raises ``ValueError`` where the schedule's own value is 0.

    >>> from emlir_schedules import matched, schedule
    >>> linear = matched(schedule("linear", total=100), schedule("cosine", total=100))
    >>> linear.trace().mean().round(12) - schedule("cosine", total=100).trace().mean().round(12)
    np.float64(0.0)
    """
    goal = measure(other, what, steps) if isinstance(other, Schedule) else float(exact(other))
    own = measure(schedule, what, steps)
    if not own:
        raise ValueError(f"the {what} of {schedule} is 0; no factor changes that")
    return scale(schedule, repr(goal / own))


def solved(
    schedule: Schedule,
    parameter: str,
    other: Schedule | Number,
    what: str = "mean",
    between: tuple[Number, Number] | None = None,
    steps: int | None = None,
) -> Schedule:
    """Change one parameter so that the schedule has the mean, area or final rate of ``other``.

    The parameter is looked for ``between`` two values, by default a thousandth of its own
    and a thousand times that. The result differs from the goal by rounding alone
    (Brent's method). Raises ``ValueError`` if the goal is not between what the ends give.

    >>> from emlir_schedules import schedule, solved
    >>> decay = schedule("exponential", gamma=0.9, total=50)
    >>> found = solved(decay, "gamma", 0.5, "final", between=(0.9, 1))
    >>> round(found(50), 9), round(float(found.parameters["gamma"]), 6)
    (0.5, 0.986233)
    """
    goal = measure(other, what, steps) if isinstance(other, Schedule) else float(exact(other))
    if parameter not in schedule.parameters:
        schedule.replace(**{parameter: 0})
    own = schedule.parameters[parameter]
    ends = (own / 1000, own * 1000) if between is None else between
    low, high = (float(exact(end)) for end in ends)

    def gap(value: float) -> float:
        return measure(schedule.replace(**{parameter: value}), what, steps) - goal

    below, above = gap(low), gap(high)
    if below * above > 0:
        raise ValueError(
            f"{parameter} from {low:g} to {high:g} gives a {what} from {below + goal:g} to "
            f"{above + goal:g}; {goal:g} is not between them: say other ends"
        )
    return schedule.replace(**{parameter: float(brentq(gap, low, high, xtol=1e-15, rtol=1e-14))})
