"""What is probably a mistake in a schedule, though it can be trained with."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlir_schedules.core import Schedule

JUMP = 0.25
"""A change from one step to the next of more than this part of the peak is called a jump, where
the steps beside it change less than a quarter as much."""


@dataclass(frozen=True)
class Lint:
    """Something to look at: what it is, in words, and the step that it is about."""

    code: str
    message: str
    step: int | None = None

    def to_json(self) -> dict[str, Any]:
        """For machines."""
        return {"code": self.code, "message": self.message, "step": self.step}


def lint(schedule: Schedule, steps: int | None = None) -> list[Lint]:
    """Return what looks wrong with a schedule in a training of ``steps`` steps.

    The codes are ``undefined``, ``negative``, ``zero_first_step``, ``zero_steps``,
    ``long_warmup``, ``minimum_never_reached``, ``peak_not_after_warmup``, ``jump`` and
    ``unfinished``. Of a schedule without a total ``steps`` must be given.

    >>> from emlir_schedules import lint, schedule
    >>> [one.code for one in lint(schedule("cosine", total=100, warmup=10), steps=50)]
    ['zero_first_step', 'minimum_never_reached']
    """
    count = schedule.length_of(steps)
    rates = schedule.trace(count + 1)
    if not np.isfinite(rates[:count]).all():
        bad = int(np.argmin(np.isfinite(rates[:count])))
        return [Lint("undefined", f"the rate at step {bad} is {rates[bad]}", bad)]
    return [found for look in _LOOKS for found in look(schedule, rates, count)]


def lint_groups(groups: Sequence[Mapping[str, Any]], schedules: Sequence[Schedule]) -> list[Lint]:
    """Return what is lost when the groups of an optimizer get these schedules.

    ``groups_lost``: a group with an initial rate other than 1 whose schedule says the peak
    itself (a peak other than 1), so that the two multiply.
    """
    rates = [float(group.get("initial_lr", group["lr"])) for group in groups]
    found = []
    for place, (rate, schedule) in enumerate(zip(rates, schedules, strict=True)):
        peak = float(schedule.parameters.get("peak", 1))
        if peak != 1 and rate != 1:
            found.append(
                Lint(
                    "groups_lost",
                    f"group {place}: the initial rate {rate:g} multiplies the peak {peak:g} of its "
                    "schedule; give the group the rate 1, or the schedule the peak 1",
                )
            )
    return found


Look = Callable[[Schedule, NDArray[np.float64], int], Iterator[Lint]]


def _negative(schedule: Schedule, rates: NDArray[np.float64], count: int) -> Iterator[Lint]:
    low = int(np.argmin(rates[:count]))
    if rates[low] < 0:
        first = int(np.argmax(rates[:count] < 0))
        yield Lint(
            "negative",
            f"the rate is negative from step {first} on, {rates[low]:.3g} at step {low}: "
            "training would climb; use floor(0)",
            first,
        )


def _zero(schedule: Schedule, rates: NDArray[np.float64], count: int) -> Iterator[Lint]:
    zeros = np.flatnonzero(rates[:count] == 0)
    if len(zeros) and zeros[0] == 0:
        yield Lint(
            "zero_first_step",
            "the first step has the rate 0 and changes nothing; start warm-up above 0",
            0,
        )
    later = zeros[zeros > 0]
    if len(later):
        yield Lint("zero_steps", f"{len(later)} steps later on have the rate 0", int(later[0]))


def _warmup(schedule: Schedule, rates: NDArray[np.float64], count: int) -> Iterator[Lint]:
    length = schedule.parameters.get("warmup")
    if length is None:
        return
    if length >= count:
        yield Lint(
            "long_warmup", f"warm-up takes {length} steps and training has {count}", count - 1
        )
        return
    top = int(np.argmax(rates[:count]))
    if length.denominator == 1 and rates[top] > rates[int(length)]:
        yield Lint(
            "peak_not_after_warmup",
            f"the highest rate is at step {top}, not at the end of warm-up, step {length}",
            top,
        )


def _minimum(schedule: Schedule, rates: NDArray[np.float64], count: int) -> Iterator[Lint]:
    total = schedule.total
    if total is None or total == count:
        return
    if total > count:
        goal, reached = schedule(total), rates[count]
        if reached > goal and rates[count] <= rates[count - 1]:
            yield Lint(
                "minimum_never_reached",
                f"training ends at step {count}, the schedule at {total}: "
                f"the rate gets down to {reached:.3g}, not to {goal:.3g}",
                count - 1,
            )
    else:
        yield Lint(
            "unfinished",
            f"the schedule ends at step {total} and training goes on to {count}",
            total,
        )


def _jumps(schedule: Schedule, rates: NDArray[np.float64], count: int) -> Iterator[Lint]:
    changes = np.abs(np.diff(rates[:count]))
    top = np.abs(rates[:count]).max(initial=0.0)
    for step in np.flatnonzero(changes > JUMP * top):
        beside = [changes[k] for k in (step - 1, step + 1) if 0 <= k < len(changes)]
        if beside and all(4 * change < changes[step] for change in beside):
            yield Lint(
                "jump",
                f"the rate goes from {rates[step]:.3g} to {rates[step + 1]:.3g} at step {step + 1}",
                int(step) + 1,
            )


_LOOKS: tuple[Look, ...] = (_negative, _zero, _warmup, _minimum, _jumps)
