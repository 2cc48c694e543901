"""The sum of the rates over the steps of training, with rigorous bounds."""

from dataclasses import dataclass
from fractions import Fraction

from emlir import Expr, enclose
from emlir.plugin_api import number, postorder
from emlir_schedules.core import STEP, Schedule
from emlir_schedules.parts import Domain
from emlir_schedules.tidy import fill

CHUNK = 512
"""Terms that are added in one go."""


@dataclass(frozen=True)
class Area:
    """Bounds on the sum of the rates at steps 0, ..., steps - 1; equal where it is exact."""

    steps: int
    lo: Fraction
    hi: Fraction

    @property
    def is_exact(self) -> bool:
        """Whether all rates were rational numbers."""
        return self.lo == self.hi

    @property
    def mean(self) -> float:
        """The mean rate, to the accuracy of a float."""
        return float((self.lo + self.hi) / 2 / self.steps)

    def __str__(self) -> str:
        if self.is_exact:
            return f"{self.lo}"
        return f"{float(self.lo):.12g} (within {float(self.hi - self.lo):.1g})"


def area(schedule: Schedule, steps: int | None = None) -> Area:
    """Return the sum of the rates over training.

    By exact arithmetic where all rates are rational, else by balls. Raises
    ``emlir.DomainError`` if a rate is undefined.
    """
    domain = Domain(schedule, steps)
    count = schedule.length_of(steps)
    exact, rest = Fraction(0), []
    for term in _terms(domain, count):
        if term.is_number:
            exact += term.number
        else:
            rest.append(term)
    bounds = [enclose(_sum(rest[k : k + CHUNK]), {}) for k in range(0, len(rest), CHUNK)]
    lo = sum((Fraction(pair[0]) for pair in bounds), exact)
    hi = sum((Fraction(pair[1]) for pair in bounds), exact)
    return Area(count, lo, hi)


def _terms(domain: Domain, count: int) -> list[Expr]:
    """The rates at all whole steps, by the short formula of the piece where that is one."""
    ends = {piece.lo for piece in domain.pieces} | {piece.hi for piece in domain.pieces}
    terms, place = [], 0
    for step in range(count):
        while domain.pieces[place].hi < step:
            place += 1
        body = domain.pieces[place].expression
        if Fraction(step) in ends or _is_rational(body):
            where = domain.expression if Fraction(step) in ends else body
            terms.append(fill(where, {STEP: Fraction(step)}))
        else:
            terms.append(body.subs({STEP: step}))
    return terms


def _is_rational(body: Expr) -> bool:
    """Whether rational steps give rational rates, visibly."""
    return all(
        node.is_number or node.is_symbol or node.op.name in _RATIONAL for node in postorder((body,))
    )


_RATIONAL = frozenset({"add", "sub", "mul", "div", "neg"})


def _sum(terms: list[Expr]) -> Expr:
    total = number(0)
    for term in terms:
        total = total + term
    return total
