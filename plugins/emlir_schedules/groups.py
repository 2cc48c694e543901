"""A schedule for each group of an optimizer's parameters."""

from collections.abc import Mapping
from dataclasses import dataclass

from emlir_schedules.core import Schedule


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
