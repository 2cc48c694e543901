"""The formulas that a search found so far: the best, and the closest of each size."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from emlir.evaluate import evaluate
from emlir.fitting.problem import Candidate, NoiseName, Problem
from emlir.fitting.record import Member, loss_and_r2

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

WORSE = 1.05
"""What leaves so many times what a constant leaves is no formula for the data."""
OnFront = Callable[[tuple[Member, ...]], None]


@dataclass(slots=True)
class Found:
    """Keeps of all candidates those that matter, and tells ``on_front`` when the front changes.

    What is kept does not grow with the number of candidates, only with that of their sizes.
    """

    problem: Problem
    on_front: OnFront | None = None
    best: Candidate | None = None
    closest: dict[tuple[NoiseName, int], tuple[Member, Candidate]] = field(default_factory=dict)

    def add(self, candidate: Candidate) -> bool:
        """Take a candidate; ``False`` if it is too large, or has no finite value in every row."""
        import numpy as np

        problem = self.problem
        if not problem.limits.allow(candidate.expression):
            return False
        values = self._values(candidate)
        if not np.isfinite(values).all():
            return False
        size = candidate.expression.tree_size
        members: dict[NoiseName, Member] = {}
        for noise in dict.fromkeys((candidate.noise, *problem.noises)):
            loss, r2 = loss_and_r2(values, problem.y, noise, problem.weights)
            if np.isfinite(loss) and np.isfinite(r2):
                members[noise] = Member(candidate.expression, size, loss, r2)
        if candidate.noise not in members:
            return False
        self._keep(candidate, members)
        return True

    def settle(self) -> None:
        """Let a constant that was found lead where what leads is clearly further from the data."""
        if self.best is None:
            return
        noise = self.best.noise
        smallest = self.closest.get((noise, 1))
        if smallest is not None and not smallest[0].expression.symbols:
            loss, _ = loss_and_r2(
                self._values(self.best), self.problem.y, noise, self.problem.weights
            )
            if loss > WORSE * smallest[0].loss:
                self.best = replace(smallest[1], noise=noise)

    def _values(self, candidate: Candidate) -> "Array":
        import numpy as np

        values = evaluate(candidate.expression, self.problem.columns)
        return np.broadcast_to(values, self.problem.y.shape)

    def front(self) -> tuple[Member, ...]:
        """Return the members that no other beats in both size and loss, smallest first.

        The loss is that of the noise model of the best candidate.
        """
        front: list[Member] = []
        if self.best is not None:
            for (noise, _), (member, _) in sorted(self.closest.items(), key=lambda item: item[0]):
                closer = not front or member.loss < front[-1].loss * (1 - 1e-9)
                if noise == self.best.noise and closer:
                    front.append(member)
        return tuple(front)

    def candidates(self) -> tuple[Candidate, ...]:
        """Return the candidates that the best and the fronts of all noise models came from."""
        kept = [self.best] if self.best is not None else []
        kept.extend(candidate for _, candidate in self.closest.values())
        return tuple(dict.fromkeys(kept))

    def _keep(self, candidate: Candidate, members: dict[NoiseName, Member]) -> None:
        before = self.front() if self.on_front is not None else ()
        for noise, member in members.items():
            place = noise, member.size
            known = self.closest.get(place)
            if known is None or _is_closer(member, known[0]):
                self.closest[place] = member, candidate
        if self.best is None or _is_better(candidate, self.best):
            self.best = candidate
        if self.on_front is not None and (front := self.front()) != before:
            self.on_front(front)


def _is_closer(one: Member, other: Member) -> bool:
    if one.loss != other.loss:
        return one.loss < other.loss
    return str(one.expression) < str(other.expression)


def _is_better(one: Candidate, other: Candidate) -> bool:
    first, second = (
        (candidate.score, candidate.expression.tree_size) for candidate in (one, other)
    )
    if first != second:
        return first < second
    return str(one.expression) < str(other.expression)
