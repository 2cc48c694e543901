"""Which rules run when: rules that shrink terms first, then the others under a budget.

Rules run together on trial. If one of them matches more often than its budget, the trial is
undone, that rule rests for some rounds, and its budget doubles: so one rule, such as
associativity, cannot take all the room before the others had a turn (the "backoff" of egg,
arXiv:2004.03082). If the trial passes the node limit, the half of the rules that match most
often rests.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from emlir_egraph.compile import Compiled
from emlir_egraph.session import Session

FIRST_BUDGET = 50
"""Matches that one rule may have in one run."""
SHRINKING_ROUNDS = 4


@dataclass(slots=True, eq=False)
class Entry:
    """A rule set with its budget, and the round until which it rests."""

    rules: Compiled
    budget: int = FIRST_BUDGET
    rests_until: int = 0
    bans: int = 0


class Schedule:
    """Runs the rule sets of a session round by round, until a point in time at most."""

    def __init__(
        self, session: Session, rules: Sequence[Compiled], limit: int, until: float
    ) -> None:
        self.session = session
        self.limit = limit
        self.until = until
        self.shrinking = [Entry(item) for item in rules if not item.grows]
        self.growing = [Entry(item) for item in rules if item.grows]
        self.size = session.size
        self.held_back = False
        """Whether the last round left out a rule that could have done more."""
        self.full = False
        """Whether the node limit has kept a rule back."""
        self.fired: dict[str, None] = {}
        """The rules that matched in the last round."""

    @property
    def is_late(self) -> bool:
        """Whether the time is over."""
        return monotonic() > self.until

    def round(self, number: int) -> bool:
        """Run every rule set that does not rest; whether anything changed."""
        self.held_back, self.fired = False, {}
        changed = False
        for _ in range(SHRINKING_ROUNDS):
            if not self._run_all(self.shrinking, number):
                break
            changed = True
        return self._run_all(self.growing, number) or changed

    def _run_all(self, entries: Sequence[Entry], number: int) -> bool:
        awake = [entry for entry in entries if entry.rests_until <= number]
        self.held_back |= len(awake) < len(entries)
        changed = False
        stack = [awake]
        while stack and not self.is_late:
            group = stack.pop()
            size, matches = self._trial(group) if group else (None, {})
            if size is None:
                continue
            modest = [e for e in group if matches.get(e.rules.title, 0) <= e.budget]
            if len(modest) == len(group) and size > self.limit:
                self.full = True
                modest = _less_active(group, matches)
            if len(modest) < len(group):
                self._rest(set(group) - set(modest), number)
                stack.append(modest)
            else:
                self._accept(group)
                changed = True
        return changed

    def _trial(self, group: Sequence[Entry]) -> tuple[int | None, Mapping[str, int]]:
        """Return the size after a run, ``None`` if nothing changes, and how often rules match."""
        rules = self._combined(group)
        self.session.save()
        changed, matches = self.session.run(rules)
        size = self.session.size if changed else None
        self.session.undo()
        return size, matches

    def _accept(self, group: Sequence[Entry]) -> None:
        _, matches = self.session.run(self._combined(group))
        self.fired |= dict.fromkeys(title for title, count in matches.items() if count)
        self.size = self.session.size

    def _combined(self, group: Sequence[Entry]) -> str:
        return self.session.combined(tuple(entry.rules.name for entry in group))

    def _rest(self, entries: Iterable[Entry], number: int) -> None:
        self.held_back = True
        for entry in entries:
            entry.bans += 1
            entry.budget *= 2
            entry.rests_until = number + 1 + entry.bans


def _less_active(group: Sequence[Entry], matches: Mapping[str, int]) -> list[Entry]:
    """The half that matches less often, in the order of the group."""
    ranked = sorted(group, key=lambda entry: matches.get(entry.rules.title, 0))
    kept = set(ranked[: len(ranked) // 2])
    return [entry for entry in group if entry in kept]
