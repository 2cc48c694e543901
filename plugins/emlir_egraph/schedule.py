"""Which rules run when: rules that shrink terms first, then the others under a budget.

Rules run together on trial. If that adds more e-nodes than their budget, or passes the limit,
the trial is undone and each half runs by itself. A single rule that does so rests for some
rounds, and its budget doubles: so one rule, such as associativity, cannot take all the room
before the others had a turn (the "backoff" of egg, arXiv:2004.03082).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from emlir_egraph.compile import Compiled
from emlir_egraph.session import Session

FIRST_BUDGET = 1_000
"""E-nodes that one run may add."""
SHRINKING_ROUNDS = 4


@dataclass(slots=True)
class Entry:
    """A rule set with its budget, and the round until which it rests."""

    rules: Compiled
    budget: int = FIRST_BUDGET
    rests_until: int = 0
    bans: int = 0


class Schedule:
    """Runs the rule sets of a session round by round."""

    def __init__(self, session: Session, rules: Sequence[Compiled], limit: int) -> None:
        self.session = session
        self.limit = limit
        self.shrinking = [Entry(item) for item in rules if not item.grows]
        self.growing = [Entry(item) for item in rules if item.grows]
        self.size = session.size
        self.held_back = False
        """Whether the last round left out a rule that could have done more."""
        self.full = False
        """Whether the node limit has kept a rule back."""
        self.fired: dict[str, None] = {}
        """The rules that matched in the last round."""

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
        calm = [entry for entry in awake if not entry.bans]
        # a rule that once was too much never again spoils the trial of the others
        stack = [*([entry] for entry in awake if entry.bans), *([calm] if calm else [])]
        changed = False
        while stack:
            group = stack.pop()
            added = self._trial(group)
            if added is None:
                continue
            if self.size + added <= self.limit and added <= min(e.budget for e in group):
                self._accept(group)
                changed = True
            elif len(group) > 1:
                middle = len(group) // 2
                stack += [group[middle:], group[:middle]]
            else:
                self._rest(group[0], number, self.size + added > self.limit)
        return changed

    def _trial(self, group: Sequence[Entry]) -> int | None:
        """Return how many e-nodes a run adds (it may be negative); ``None``: no change."""
        rules = self.session.combined(tuple(entry.rules.name for entry in group))
        self.session.save()
        changed, _ = self.session.run(rules)
        size = self.session.size if changed else self.size
        self.session.undo()
        return size - self.size if changed else None

    def _accept(self, group: Sequence[Entry]) -> None:
        rules = self.session.combined(tuple(entry.rules.name for entry in group))
        _, matched = self.session.run(rules)
        self.fired |= dict.fromkeys(matched)
        self.size = self.session.size

    def _rest(self, entry: Entry, number: int, full: bool) -> None:
        self.held_back = True
        self.full |= full
        entry.bans += 1
        entry.budget *= 2
        entry.rests_until = number + 1 + entry.bans
