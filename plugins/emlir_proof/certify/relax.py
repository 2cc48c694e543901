"""Linear relaxations: inequalities that hold on a leaf, in the monomials of what is to be shown.

Each row is known before the steps that show it are taken; only rows that are used become steps.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import inf
from time import monotonic

from emlir_proof.certify.functions import FunctionRows
from emlir_proof.certify.knots import short
from emlir_proof.certify.ranges import FARTHEST, Ranges
from emlir_proof.certify.rows import Row
from emlir_proof.certify.small import BITS, halves
from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.polynomials import ONE, Monomial, Poly, number

MOST_MONOMIALS = 150
MOST_ROOTS = 12
MOST_EXPONENTS = 5
FUNCTIONS = frozenset({"exp", "ln", "recip", "sqrt", "sin", "cos", "abs"})


class Relaxation(FunctionRows):
    """Collects the rows for some polynomials."""

    def __init__(self, ranges: Ranges, deadline: float = inf) -> None:
        super().__init__(ranges)
        self._deadline = deadline
        self.rows: list[Row] = []
        self._seen: set[Monomial] = set()
        self._polys: set[Poly] = set()

    def collect(self, poly: Poly) -> list[Row]:
        """Return rows that bound the monomials of ``poly``, and the monomials of those rows."""
        cuts = range(self.leaf.facts.given)
        waiting = self._take(map(self._known, cuts))
        self._follow([*waiting, *sorted(poly.terms, reverse=True)])
        return self.rows

    def _follow(self, waiting: list[Monomial]) -> None:
        while waiting and len(self._seen) < MOST_MONOMIALS and monotonic() < self._deadline:
            monomial = waiting.pop()
            if monomial and monomial not in self._seen:
                self._seen.add(monomial)
                waiting += self._take(self._of(monomial))

    def _take(self, rows: Iterable[Row]) -> list[Monomial]:
        """Add rows, and return monomials that are new in them."""
        before = len(self.rows)
        for row in rows:
            self._add(row)
        return [m for row in self.rows[before:] for m in row.poly.terms if m not in self._seen]

    def _of(self, monomial: Monomial) -> Iterator[Row]:
        poly = Poly({monomial: Fraction(1)})
        low, high = self.ranges.low(poly), self.ranges.low(-poly)
        for end in (low, high):
            if end is not None:
                yield self._known(end.fact)
        if len(monomial) == 1 and monomial[0][1] == 1:
            yield from self._of_atom(monomial[0][0])
        elif len(monomial) == 1 and monomial[0][1] == -1:
            yield from self._inverse(Poly({((monomial[0][0], 1),): Fraction(1)}))
        else:
            yield from self._of_product(monomial)

    def _of_product(self, monomial: Monomial) -> Iterator[Row]:
        first, second = halves(monomial)
        u, v = Poly({first: Fraction(1)}), Poly({second: Fraction(1)})
        yield from self._pairs(u, v)
        if first == second:
            for k in self._points(u):
                yield self._step("square", u - number(k))
        elif len(monomial) > 2 or abs(monomial[-1][1]) > 1:
            atom, power = monomial[0]
            step = 1 if power > 0 else -1
            rest = ((atom, power - step), *monomial[1:]) if power != step else monomial[1:]
            yield from self._pairs(Poly({((atom, step),): Fraction(1)}), Poly({rest: Fraction(1)}))

    def _weighted(self, monomial: Monomial) -> Iterator[Row]:
        """The rows of a function times what it is multiplied by."""
        for k, (atom, power) in enumerate(monomial):
            if power == 1 and self.atoms.atoms[atom].kind in FUNCTIONS:
                rest = Poly({monomial[:k] + monomial[k + 1 :]: Fraction(1)})
                ends = [e for e in (self.ranges.low(rest), self.ranges.low(-rest)) if e]
                for row in list(self._of_atom(atom)):
                    for end in ends:
                        yield self._times(row, end)

    def strengthen(self, goal: Poly) -> None:
        """Add products with functions, squares of sums, and exponentials compared.

        Only what is near the goal is multiplied, or there would be no end.
        """
        waiting: list[Monomial] = []
        for monomial in sorted(self._seen):
            if monotonic() > self._deadline:
                return
            if len(monomial) > 1:
                waiting += self._take(self._weighted(monomial))
            elif monomial[0][1] == 1 and self.atoms.atoms[monomial[0][0]].kind in ("exp", "ln"):
                waiting += self._take(self._tangents(monomial[0][0]))
            if is_logarithm(self.atoms, monomial):
                p = self.atoms.atoms[monomial[0][0]].argument
                waiting += self._take(self._entropy(Poly({monomial: Fraction(1)}), p))
        self._follow(waiting)
        roots = sorted({half for monomial in goal.terms for half in self._roots(monomial)} | {ONE})
        is_odd = any(sum(power for _, power in m) == 3 for m in goal.terms)
        squares: list[Row] = []
        for place, a in enumerate(roots[:MOST_ROOTS]):
            for b in roots[place + 1 : MOST_ROOTS]:
                for ratio in self._ratios(goal, a, b):
                    square = self._step("square", Poly({a: Fraction(1), b: ratio}))
                    self._add(square)
                    if is_odd and a and sum(power for _, power in (*a, *b)) == 2:
                        squares.append(square)
        for square in squares:
            self._follow(self._take(self._times_variables(square)))
        exponents = self._exponents(goal)
        for s in exponents:
            for t in exponents:
                if s != t:
                    self._compare(s, t)
                    self._follow(self._take(self._relative(s, t)))
        self._follow(self._take(self._sums(goal)))

    def _times_variables(self, square: Row) -> Iterator[Row]:
        """A square times the distance of a variable to its lower end."""
        for atom, entry in enumerate(self.atoms.atoms):
            if entry.kind == "var":
                low = self.ranges.low(Poly({((atom, 1),): Fraction(1)}))
                if low is not None:
                    yield self._times(square, low)

    def _exponents(self, goal: Poly) -> list[Poly]:
        """Return what the exponentials in ``goal`` are of, and its logarithms, a few of them."""
        found = []
        for atom in sorted(goal.atoms()):
            entry = self.atoms.atoms[atom]
            if entry.kind == "exp":
                found.append(entry.argument)
            if entry.kind == "ln":
                found.append(Poly({((atom, 1),): Fraction(1)}))
        return found[:MOST_EXPONENTS]

    def _sums(self, goal: Poly) -> Iterator[Row]:
        """Addition theorems, where sin or cos of a sum of others occurs."""
        angles = {
            self.atoms.atoms[a].argument: self.atoms.atoms[a].kind
            for a in sorted(goal.atoms())
            if self.atoms.atoms[a].kind in ("sin", "cos")
        }
        for whole in angles:
            for u in angles:
                for v in (u, whole - u):
                    if v in angles and u + v == whole:
                        for name in ("sin", "cos"):
                            yield from self._equation("addition", name, u, v)

    def _compare(self, s: Poly, t: Poly) -> None:
        """exp(s) >= lo(k) exp(t) where s - t >= k."""
        end = self.ranges.low(s - t)
        if end is not None and abs(end.value) < FARTHEST:
            k = short(end.value, BITS, up=False)
            premise = self.ranges.shifted(end.fact, Fraction(1), end.value - k)
            ratio = self._step("above", s - t, premise)
            size = self._step("positive", t)
            poly = self.atoms.times(ratio.poly, size.poly)
            self._add(Row(poly, lambda: [*ratio.facts(), *size.facts()], ratio.is_strict))

    def _add(self, row: Row) -> None:
        if row.poly not in self._polys and not row.poly.is_number:
            self._polys.add(row.poly)
            self.rows.append(row)

    def _roots(self, monomial: Monomial) -> Iterator[Monomial]:
        """Yield monomials of which this may be a square or a product."""
        if len(monomial) == 1 and self.atoms.atoms[monomial[0][0]].kind == "exp":
            half = self.atoms.atoms[monomial[0][0]].argument.scaled(Fraction(1, 2))
            made = self.atoms.exp(half)
            yield from made.terms if len(made.terms) == 1 else ()
        elif monomial and all(power % 2 == 0 for _, power in monomial):
            yield tuple((atom, power // 2) for atom, power in monomial)
        else:
            yield monomial
            yield from (((atom, 1),) for atom, power in monomial if power > 0)

    def _coefficient(self, goal: Poly, p: Poly, q: Poly) -> Fraction:
        made = self.atoms.times(p, q).terms
        return goal.terms.get(next(iter(made)), Fraction(0)) if len(made) == 1 else Fraction(0)

    def _ratios(self, goal: Poly, a: Monomial, b: Monomial) -> set[Fraction]:
        """Return the ratios at which the square has the product that ``goal`` has."""
        one, two = (Poly({m: Fraction(1)}) for m in (a, b))
        pairs = ((one, two), (one, one), (two, two))
        product, first, second = (self._coefficient(goal, p, q) for p, q in pairs)
        found = {product / (2 * first)} if first > 0 else set()
        found |= {2 * second / product} if product and second > 0 else set()
        return {ratio for ratio in found if ratio} | {Fraction(1), Fraction(-1)}

    def _pairs(self, u: Poly, v: Poly) -> Iterator[Row]:
        """(u - a)(v - c) >= 0 and the like: the inequalities of McCormick."""
        low = self.ranges.low
        for one in (low(u), low(-u)):
            for two in (low(v), low(-v)):
                yield from self._product(one, two)


def is_logarithm(atoms: Atoms, monomial: Monomial) -> bool:
    """Whether this is a logarithm that stands alone."""
    return len(monomial) == 1 and monomial[0][1] == 1 and atoms.atoms[monomial[0][0]].kind == "ln"
