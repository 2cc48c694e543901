"""A part of the time of a search, so that some is left for what comes after it."""

from dataclasses import dataclass

from emlir.plugin_api import Budget, OutOfTimeError


@dataclass(slots=True)
class Share(Budget):
    """Work is counted by the budget it is a part of, and ends when ``part`` of its time is over.

    ``part`` may be set to 1 to go on.
    """

    whole: Budget | None = None
    part: float = 1.0

    @classmethod
    def of(cls, whole: Budget, part: float) -> "Share":
        """Return a part of a budget."""
        return cls(whole.time_limit, whole.progress, whole.started, 0, whole, part)

    def spend(self, units: int, doing: str) -> None:
        """Record work. Raises :class:`OutOfTimeError` when the part is over."""
        assert self.whole is not None
        self.whole.spend(units, doing)
        if self.part < 1 and self.whole.elapsed > self.part * self.whole.time_limit:
            raise OutOfTimeError(doing)
