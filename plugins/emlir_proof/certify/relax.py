"""Linear relaxations: inequalities that hold on a leaf, in the monomials of what is to be shown.

Each row is known before the steps that show it are taken; only rows that are used become steps.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import inf
from time import monotonic

from emlir_proof.certify.knots import short
from emlir_proof.certify.ranges import FARTHEST, Low, Ranges
from emlir_proof.certify.small import BITS, halves
from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.polynomials import ONE, Monomial, Poly, number
from emlir_proof.checker.rules import cleared

MOST_MONOMIALS = 150
MOST_ROOTS = 12
MOST_EXPONENTS = 5
FUNCTIONS = frozenset({"exp", "ln", "recip", "sqrt", "sin", "cos", "abs"})


@dataclass(frozen=True, slots=True)
class Row:
    """A polynomial that is at least 0, and how to get facts whose product it is.

    ``sign`` -1 is for an equation that is used the other way round.
    """

    poly: Poly
    facts: Callable[[], list[int]]
    is_strict: bool = False
    sign: int = 1


class Relaxation:
    """Collects the rows for some polynomials."""

    def __init__(self, ranges: Ranges, deadline: float = inf) -> None:
        self._deadline = deadline
        self.ranges = ranges
        self.leaf = ranges.leaf
        self.atoms = ranges.atoms
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

    def _known(self, fact: int) -> Row:
        known = self.leaf.facts.facts[fact]
        return Row(known.poly, lambda: [fact], known.is_strict)

    def _step(self, name: str, *values: object) -> Row:
        fact = self.leaf.preview(name, *values)
        return Row(fact.poly, lambda: [self.leaf.take(name, *values)], fact.is_strict)

    def _product(self, *ends: Low | None) -> Iterator[Row]:
        known = [end.fact for end in ends if end is not None]
        if len(known) == len(ends):
            facts = [self.leaf.facts.facts[k] for k in known]
            poly = self.atoms.times(facts[0].poly, facts[1].poly)
            yield Row(poly, lambda: known, all(fact.is_strict for fact in facts))

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

    def _times(self, row: Row, end: Low) -> Row:
        fact = self.leaf.facts.facts[end.fact]
        poly = self.atoms.times(row.poly, fact.poly)
        is_strict = row.is_strict and fact.is_strict
        return Row(poly, lambda: [*row.facts(), end.fact], is_strict, row.sign)

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

    def _tangents(self, atom: int) -> Iterator[Row]:
        """More tangents of an exponential, or of a logarithm."""
        entry = self.atoms.atoms[atom]
        t = entry.argument if entry.kind == "exp" else Poly({((atom, 1),): Fraction(1)})
        low, high = self.ranges.low(t), self.ranges.high(t)
        if low is None or high is None:
            return
        a, b = low.value, high
        quarters = (short((3 * a + b) / 4, BITS, up=False), short((a + 3 * b) / 4, BITS, up=False))
        for k in (*quarters, Fraction(1), Fraction(-1)):
            if a <= k <= b and abs(k) <= FARTHEST:
                yield self._step("tangent", t, k)

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

    def _relative(self, s: Poly, t: Poly) -> Iterator[Row]:
        """exp(s) >= exp(t) (1 + s - t): the tangent at every point where s = t."""
        tangent = self._step("tangent", s - t, Fraction(0))
        size = self._step("positive", t)
        poly = cleared(self.atoms, tangent.poly, size.poly)
        if poly is None:
            poly = self.atoms.times(tangent.poly, size.poly)
            yield Row(poly, lambda: [*tangent.facts(), *size.facts()])
        else:
            yield Row(poly, lambda: [self.leaf.take("clear", *tangent.facts(), *size.facts())])

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

    def _equation(self, name: str, *values: object) -> Iterator[Row]:
        row = self._step(name, *values)
        yield row
        yield Row(-row.poly, row.facts, sign=-1)

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

    def _points(self, t: Poly) -> list[Fraction]:
        """Return points in the range of ``t``: the ends, the middle, and a simple one."""
        low, high = self.ranges.low(t), self.ranges.high(t)
        if low is None or high is None:
            ends = [value for value in (low and low.value, high) if value is not None]
            return [Fraction(0), *(short(end, BITS, up=False) for end in ends)]
        a, b = low.value, high
        found = [short(k, BITS, up=False) for k in (a, (a + b) / 2, b)]
        found += [Fraction(0)] if a <= 0 <= b else []
        return list(dict.fromkeys(found))

    def _of_atom(self, atom: int) -> Iterator[Row]:
        entry = self.atoms.atoms[atom]
        own = Poly({((atom, 1),): Fraction(1)})
        if entry.kind == "exp":
            yield from self._exponential(entry.argument)
        elif entry.kind == "ln":
            yield from self._exponential(own)
            if len(entry.argument.terms) == 1:
                yield from self._exponential(-own)
        elif entry.kind == "recip":
            yield from self._inverse(entry.argument)
        elif entry.kind == "sqrt":
            yield from self._root(own)
        elif entry.kind == "abs":
            yield from self._size(entry.argument, own)
        elif entry.kind == "floor":
            yield self._step("whole", entry.argument, 1)
            yield self._step("whole", entry.argument, -1)
        elif entry.kind in ("sin", "cos"):
            yield from self._wave(entry.kind, entry.argument)
        elif entry.kind in ("atan", "asin"):
            yield self._step("inverse_range", entry.kind, entry.argument, 1)
            yield self._step("inverse_range", entry.kind, entry.argument, -1)

    def _exponential(self, t: Poly) -> Iterator[Row]:
        """Tangents and the chord of exp(t)."""
        points = [k for k in self._points(t) if abs(k) <= FARTHEST]
        for k in points:
            yield self._step("tangent", t, k)
        low, high = self.ranges.low(t), self.ranges.low(-t)
        if low is None or high is None:
            return
        a = short(low.value, BITS, up=False)
        b = short(-high.value, BITS, up=True)
        if a < b and max(abs(a), abs(b)) <= FARTHEST:
            left = self.ranges.shifted(low.fact, Fraction(1), low.value - a)
            right = self.ranges.shifted(high.fact, Fraction(1), high.value + b)
            yield self._step("chord", t, left, right)

    def _entropy(self, log: Poly, p: Poly) -> Iterator[Row]:
        """Tangents of -p ln(p): 1/p >= exp(k) (1 - ln(p) - k), times p."""
        self.ranges.is_positive(p)
        end = self.ranges.high(log)
        points = self._points(-log)
        if self.ranges.low(log) is None:
            start = Fraction(0) if end is None else -end
            points = [short(start, BITS, up=False) + step for step in (0, 1, 2, 4)]
        for k in points:
            fact = self.leaf.preview("tangent", -log, k)
            poly = cleared(self.atoms, fact.poly, p) or self.atoms.times(fact.poly, p)
            yield Row(poly, partial(self._taken_entropy, log, p, k))

    def _taken_entropy(self, log: Poly, p: Poly, k: Fraction) -> list[int]:
        tangent = self.leaf.take("tangent", -log, k)
        positive = self.ranges.as_fact(p)
        if len(p.terms) == 1:
            return [tangent, positive]
        return [self.leaf.take("clear", tangent, positive)]

    def _inverse(self, d: Poly) -> Iterator[Row]:
        """Tangents and the chord of 1/d, for d of one sign."""
        s = Fraction(1) if self.ranges.is_positive(d) else Fraction(-1)
        size, inverse = d.scaled(s), self.atoms.recip(d).scaled(s)
        if s < 0 and not self.ranges.is_positive(size):
            return
        near, far = self.ranges.low(size), self.ranges.low(-size)
        assert near is not None
        for k in self._points(size):
            if k > 0:
                line = number(2 / k) - size.scaled(1 / k**2)
                base = number(1) - size.scaled(1 / k)
                yield self._over(inverse - line, size, partial(self._square, base))
        if far is not None and near.value > 0:
            a, b = near.value, -far.value
            line = (number(a + b) - size).scaled(1 / (a * b))
            parts = [(1 / (a * b), [near.fact, far.fact])]
            yield self._over(line - inverse, size, lambda: self.leaf.take("combine", parts))

    def _square(self, base: Poly) -> int:
        return self.leaf.take("square", base)

    def _over(self, quotient: Poly, divisor: Poly, product: Callable[[], int]) -> Row:
        def facts() -> list[int]:
            positive = self.ranges.as_fact(divisor)
            return [self.leaf.take("over", quotient, product(), positive)]

        return Row(quotient, facts)

    def _root(self, root: Poly) -> Iterator[Row]:
        """Tangents and the chord of a square root, by squares and products."""
        for k in self._points(root):
            yield self._step("square", root - number(k))
        yield from self._product(self.ranges.low(root), self.ranges.low(-root))

    def _size(self, p: Poly, size: Poly) -> Iterator[Row]:
        for sign in (1, -1):
            yield self._step("size", p, sign)
        low, high = self.ranges.low(p), self.ranges.low(-p)
        for known, s in ((low, 1), (high, -1)):
            if known is not None and known.value >= 0:
                yield from self._same_size(p.scaled(Fraction(s)))
                return
        if low is None or high is None:
            return
        a, b = low.value, -high.value
        upper = (p.scaled(a + b) - number(2 * a * b)).scaled(1 / (b - a))
        divisor = self.ranges.low(upper + size)
        if divisor is not None and self.leaf.facts.shows(upper + size, ">"):
            parts = [(-4 * a * b / (b - a) ** 2, [low.fact, high.fact])]
            sizes = upper + size
            yield self._over(upper - size, sizes, lambda: self.leaf.take("combine", parts))

    def _same_size(self, p: Poly) -> Iterator[Row]:
        """|p| = p, both ways."""
        equal = self.leaf.take("size_is", self.ranges.as_fact(p))
        poly = self.leaf.facts.facts[equal].poly
        yield Row(poly, lambda: [equal])
        yield Row(-poly, lambda: [equal], sign=-1)

    def _wave(self, name: str, t: Poly) -> Iterator[Row]:
        """Quadratic bounds of sin and cos about the middle, and about 0."""
        for sign in (1, -1):
            yield self._step("turn", name, t, sign)
        sides = self.ranges.middle(t)
        if sides is None or sides[1] > 2:
            return
        k, r, facts = sides
        for sign in (1, -1):
            yield self._step("bend", name, t, k, facts, sign)
        if abs(k) <= r and k:
            for sign in (1, -1):
                yield self._step("bend", name, t, Fraction(0), facts, sign)


def is_logarithm(atoms: Atoms, monomial: Monomial) -> bool:
    """Whether this is a logarithm that stands alone."""
    return len(monomial) == 1 and monomial[0][1] == 1 and atoms.atoms[monomial[0][0]].kind == "ln"
