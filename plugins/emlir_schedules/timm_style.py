"""A schedule with the calls of timm's schedulers: the step is given at each call.

timm is not needed. Its conventions (1.0): ``step`` is called with the epoch that comes next,
``step_update`` with the number of updates done, and one of the two does nothing, as
``t_in_epochs`` says.
"""

from typing import Any

from emlir_schedules.torch_lr import KEY, Plan, check_state, described, schedules_of


class TimmStyle:
    """Sets the rates of an optimizer's groups at the step that is told.

    The rate of a group is its ``initial_lr`` (its ``lr`` at first) times the schedule at the
    step, times ``lr_scale`` if the group has one, as timm does.
    """

    def __init__(self, optimizer: Any, schedule: Plan, t_in_epochs: bool = False) -> None:
        self.optimizer = optimizer
        self.t_in_epochs = t_in_epochs
        self.schedules = schedules_of(schedule, optimizer.param_groups)
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        self.base_values = [group["initial_lr"] for group in optimizer.param_groups]
        self._set(0)

    def step(self, epoch: int, metric: float | None = None) -> None:
        """Set the rates for an epoch, if steps are epochs."""
        if self.t_in_epochs:
            self._set(epoch)

    def step_update(self, num_updates: int, metric: float | None = None) -> None:
        """Set the rates for after so many updates, if steps are updates."""
        if not self.t_in_epochs:
            self._set(num_updates)

    def state_dict(self) -> dict[str, Any]:
        """Return the formulas; the step is the caller's."""
        return {KEY: [described(schedule) for schedule in self.schedules]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Check that a state is of the same schedules."""
        check_state(state_dict, self.schedules)

    def _set(self, step: int) -> None:
        rates = [
            base * one(step) for base, one in zip(self.base_values, self.schedules, strict=True)
        ]
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * group.get("lr_scale", 1.0)
