"""A schedule as a torch scheduler whose state says which formula it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from emlir_schedules.core import Schedule
from emlir_schedules.groups import Grouped

KEY = "emlir_schedule"
"""Where the formula stands in the state."""

_OWN = {"_schedules", "_distinct", "_places"}

Plan = Schedule | Grouped | Sequence[Schedule] | Mapping[str, Schedule]


class StateError(ValueError):
    """A saved state belongs to another schedule."""


class ExpressionLR(LRScheduler):
    """Sets each group's rate to its initial rate times the schedule at the step.

    After ``step()`` was called k times the rates are those of step k, as with
    ``LambdaLR``. ``schedule`` is one for all groups, a :class:`Grouped`, or one for each group
    in order. ``state_dict`` holds formulas, totals and digests; loading the state of
    another schedule raises :class:`StateError` and changes nothing.

    Raises ``ValueError`` if the groups do not fit, or where a rate is undefined.

    >>> import torch
    >>> from emlir_schedules import schedule
    >>> from emlir_schedules.torch_lr import ExpressionLR
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    >>> rates = ExpressionLR(optimizer, schedule("linear", total=4))
    >>> for _ in range(3):
    ...     optimizer.step()
    ...     rates.step()
    >>> rates.get_last_lr()
    [0.025]
    """

    def __init__(self, optimizer: Optimizer, schedule: Plan, last_epoch: int = -1) -> None:
        self._schedules = schedules_of(schedule, optimizer.param_groups)
        self._distinct = list(dict.fromkeys(self._schedules))
        self._places = [self._distinct.index(one) for one in self._schedules]
        super().__init__(optimizer, last_epoch)

    @property
    def schedules(self) -> list[Schedule]:
        """The schedule of each group."""
        return list(self._schedules)

    def get_lr(self) -> list[float | Tensor]:
        """Return the rates of all groups at the present step."""
        factors = [schedule(self.last_epoch) for schedule in self._distinct]
        return [
            base * factors[place] for base, place in zip(self.base_lrs, self._places, strict=True)
        ]

    def state_dict(self) -> dict[str, Any]:
        """Return the state: the counters and rates, and the formula of each group."""
        state = {name: value for name, value in super().state_dict().items() if name not in _OWN}
        return {**state, KEY: [described(schedule) for schedule in self._schedules]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state of the same schedule; :class:`StateError` if it is of another one."""
        check_state(state_dict, self._schedules)
        check_counters(state_dict, len(self._schedules))
        known = {*self.__dict__} - _OWN - {"optimizer"}
        super().load_state_dict({key: v for key, v in state_dict.items() if key in known})


def schedules_of(plan: Plan, groups: Sequence[Mapping[str, Any]]) -> list[Schedule]:
    """Return the schedule of each group of an optimizer."""
    if isinstance(plan, Schedule):
        return [plan] * len(groups)
    if isinstance(plan, Grouped | Mapping):
        named = plan.schedules if isinstance(plan, Grouped) else plan
        if any("name" in group for group in groups):
            return [_named(named, group.get("name")) for group in groups]
        plan = list(named.values())
    if len(plan) != len(groups):
        raise ValueError(f"{len(plan)} schedules for {len(groups)} groups of parameters")
    return list(plan)


def _named(schedules: Mapping[str, Schedule], name: object) -> Schedule:
    if not isinstance(name, str) or name not in schedules:
        known = ", ".join(schedules)
        raise ValueError(f"no schedule for the group {name!r} of parameters; there is {known}")
    return schedules[name]


def described(schedule: Schedule) -> dict[str, Any]:
    """Return what a saved state says about a schedule."""
    return {
        "expression": str(schedule.expression),
        "total": schedule.total,
        "digest": schedule.digest,
    }


def check_state(state: Mapping[str, Any], schedules: Sequence[Schedule]) -> None:
    """Raise :class:`StateError` unless a state is of these schedules."""
    saved = state.get(KEY) if isinstance(state, Mapping) else None
    if not isinstance(saved, list) or not all(isinstance(one, Mapping) for one in saved):
        raise StateError("the state says nothing of a formula: it is of another scheduler")
    if len(saved) != len(schedules):
        raise StateError(f"the state has {len(saved)} groups, this scheduler {len(schedules)}")
    for place, (old, new) in enumerate(zip(saved, schedules, strict=True)):
        if old.get("digest") != new.digest:
            raise StateError(
                f"the state is of another schedule (group {place})\n"
                f"  saved: {_shown(old.get('expression'), old.get('total'))}\n"
                f"  here:  {_shown(new.expression, new.total)}\n"
                "build the scheduler with the saved formula, or start at the step "
                "that you want with last_epoch"
            )


def check_counters(state: Mapping[str, Any], groups: int) -> None:
    """Raise :class:`StateError` unless a state says at which step, and from which rates."""
    step = state.get("last_epoch")
    if not isinstance(step, int) or isinstance(step, bool) or step < 0:
        raise StateError(f"the state says no step: last_epoch is {step!r}")
    rates = state.get("base_lrs")
    if not isinstance(rates, list) or len(rates) != groups:
        raise StateError(f"the state has no initial rate for each of {groups} groups: {rates!r}")


def _shown(expression: object, total: object) -> str:
    return f"{expression}" + (f", {total} steps in all" if total is not None else "")
