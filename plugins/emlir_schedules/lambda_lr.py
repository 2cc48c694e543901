"""A schedule as a function for ``torch.optim.lr_scheduler.LambdaLR``.

``LambdaLR`` saves what is in the ``__dict__`` of a callable object and updates it at loading,
without a look at what it was; a function is not saved at all, and of a ``functools.partial``
nothing. So a state of another schedule would be taken over in silence. The object here
has a ``__dict__`` that says what it is and refuses another one.
"""

from typing import Any

from emlir_schedules.core import Schedule
from emlir_schedules.torch_lr import KEY, check_state, described


class _Guarded(dict[str, Any]):
    """What ``LambdaLR`` saves, and what it updates at loading."""

    def __init__(self, schedule: Schedule) -> None:
        super().__init__({KEY: [described(schedule)]})
        self._schedule = schedule

    def update(self, saved: Any) -> None:  # type: ignore[override]
        """Check; there is nothing to take over."""
        check_state(saved, [self._schedule])


class RateFunction:
    """The factor of the rate at a step, as a callable object that can be pickled.

    >>> from emlir_schedules import schedule
    >>> from emlir_schedules.lambda_lr import RateFunction
    >>> RateFunction(schedule("linear", total=10))(5)
    0.5
    """

    __slots__ = ("schedule",)

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule

    def __call__(self, step: float) -> float:
        return self.schedule(step)

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        return _Guarded(self.schedule)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RateFunction) and other.schedule == self.schedule

    def __hash__(self) -> int:
        return hash(self.schedule)

    def __reduce__(self) -> tuple[type["RateFunction"], tuple[Schedule]]:
        return RateFunction, (self.schedule,)
