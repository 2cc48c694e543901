"""Products in normal form, as questions for a solver.

A question assumes what reduces single products, as instances of the trusted facts and of
definitions, and asks whether two products of sums are equal; so it is linear in the products.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import NamedTuple

from emlir_proof.checker.polynomials import UNIT, Poly, number
from emlir_proof.smtlib.names import Names, real
from emlir_proof.smtlib.products import (
    Plain,
    Reduction,
    expanded,
    exponential,
    reduction,
    terms_of,
)
from emlir_proof.smtlib.traced import Call, Traced

MOST_TERMS = 12
"""Products of sums with more terms than this are asked term by term."""
MOST_DEGREE = 5
"""Products of sums up to this degree are left to solvers, if nothing reduces them.

At others solvers are slow; they are multiplied out, and so linear in products of names.
"""


class Equation(NamedTuple):
    """Two products of polynomials that are equal."""

    left: tuple[Poly, ...]
    right: tuple[Poly, ...]


class NormalForms:
    """Writes the questions about the calls that were noted."""

    def __init__(self, names: Names, atoms: Traced) -> None:
        self.names = names
        self.atoms = atoms

    def lines(self, calls: Sequence[Call]) -> Iterator[str]:
        """Write a question for each equation, once."""
        done: set[Equation] = set()
        for call in (part for whole in calls for part in self._parts(whole)):
            for equation in self._equations(call):
                if equation not in done:
                    done.add(equation)
                    yield from self._question(equation, self._inverses(call))

    def _parts(self, call: Call) -> Iterator[Call]:
        """Split a long product, term by term: with many assumptions solvers are lost."""
        counts = [len(each.terms) for each in call.args]
        if call.name not in ("times", "clear") or len(counts) != 2 or prod(counts) <= MOST_TERMS:
            yield call
            return
        p, q = call.args
        ones = [Poly({monomial: Fraction(1)}) for monomial in p.terms]
        twos = [q] if call.name == "clear" else [Poly({m: Fraction(1)}) for m in q.terms]
        for args in product(ones, twos):
            yield Call(call.name, args, self.atoms.quiet(call.name, *args))

    def _question(self, equation: Equation, given: Sequence[Equation]) -> Iterator[str]:
        yield "(push 1)"
        yield from (f"(assert {self._equal(each, 0)})" for each in given)
        sides = [(equation.left, equation.right), *given]
        reductions = self._reductions([side for pair in sides for side in pair])
        for made in reductions:
            yield f"(assert (= {self._product(made)} {self._reduced(made)}))"
        degree = 0 if given or reductions else MOST_DEGREE
        yield f"(assert (not {self._equal(equation, degree)}))"
        yield from ("(check-sat)", "(pop 1)")

    def _equations(self, call: Call) -> Iterator[Equation]:
        """Yield what a call claims, unless it is plain.

        What is taken out of sin and cos changes only of what the names stand.
        """
        (p, *_), result = call.args, call.result
        if call.name in ("times", "clear"):
            if not any(each.is_number for each in call.args):
                yield Equation(call.args, (result,))
        elif self._is_plain(call) or result.is_number or call.name in ("sin", "cos"):
            return
        elif call.name in ("exp", "ln"):
            t, power = (p, result) if call.name == "exp" else (result, p)
            yield Equation(tuple(exponential(self.atoms, t)), (power,))
        elif call.name == "recip":
            if not any(self.atoms.atoms[k].kind == "recip" for k in p.atoms()):
                yield Equation((p, result), (UNIT,))
        elif call.name == "abs":
            yield Equation((result, result), (p, p))
        else:
            yield Equation((p,), (self._argument(call.name, result),))

    def _argument(self, name: str, result: Poly) -> Poly:
        """Return p by what the result is of: an odd function, or floor."""
        whole = number(result.constant)
        ((monomial, c), *_) = (result - whole).key
        argument = self.atoms.atoms[monomial[0][0]].argument
        return whole + argument if name == "floor" else argument.scaled(c)

    def _is_plain(self, call: Call) -> bool:
        """Whether the result is just the atom with that argument."""
        terms = call.result.key
        if len(terms) != 1 or terms[0][1] != 1 or len(terms[0][0]) != 1:
            return False
        ((atom, power),) = terms[0][0]
        entry = self.atoms.atoms[atom]
        return power == 1 and (entry.kind, entry.argument) == (call.name, call.args[0])

    def _inverses(self, call: Call) -> list[Equation]:
        """Return that 1/p times p is 1, times what it stands with in a product."""
        if call.name == "recip" and len(call.args[0].terms) > 1 and not self._is_plain(call):
            atom = call.result.key[0][0][0][0]
            return [Equation((_alone(atom), self.atoms.atoms[atom].argument), (UNIT,))]
        return list(self._cleared(*call.args)) if call.name == "clear" else []

    def _cleared(self, quotient: Poly, divisor: Poly) -> Iterator[Equation]:
        for monomial in quotient.terms:
            for atom, power in monomial:
                entry = self.atoms.atoms[atom]
                scale = _ratio(divisor, entry.argument)
                if entry.kind == "recip" and power > 0 and scale:
                    lowered = tuple((k, n - (k == atom)) for k, n in monomial)
                    rest = Poly({tuple(pair for pair in lowered if pair[1]): scale})
                    yield Equation((Poly({monomial: Fraction(1)}), divisor), (rest,))

    def _reductions(self, products: Sequence[Sequence[Poly]]) -> list[Reduction]:
        """Return all that reduces products, and then what comes of them."""
        waiting = [m for factors in products for m in expanded(map(terms_of, factors))]
        found: dict[Plain, Reduction] = {}
        while waiting:
            product = waiting.pop()
            if product in found:
                continue
            made = reduction(self.atoms, product)
            if made is not None:
                found[product] = made
                waiting += expanded([[made.kept], *map(terms_of, made.factors)])
        return [found[product] for product in sorted(found)]

    def _equal(self, equation: Equation, degree: int) -> str:
        """Write an equation; sides above a degree are multiplied out."""
        left, right = (self._times(side, (), degree) for side in equation)
        return f"(= {left} {right})"

    def _product(self, made: Reduction) -> str:
        return _joined(self._symbols(made.product))

    def _reduced(self, made: Reduction) -> str:
        return self._times(made.factors, self._symbols(made.kept), 0)

    def _times(self, factors: Sequence[Poly], others: Sequence[str], degree: int) -> str:
        """Write a product of sums; multiplied out if its degree is higher."""
        if sum(map(_degree, factors)) <= degree:
            return _joined([*others, *(self.names.term(p) for p in factors)])
        terms = [(Fraction(1), list(others))]
        for poly in factors:
            terms = [
                (c * d, [*names, *([self.names.monomial(monomial)] if monomial else [])])
                for c, names in terms
                for monomial, d in poly.key
            ]
        texts = [_joined([*([real(c)] if c != 1 else []), *names]) for c, names in terms]
        return f"(+ {' '.join(texts)})" if len(texts) > 1 else "".join(texts) or "0.0"

    def _symbols(self, product: Plain) -> list[str]:
        return [self.names.atom(k, inverse) for (k, inverse), n in product for _ in range(n)]


def _ratio(p: Poly, q: Poly) -> Fraction | None:
    """Return c if p is c q, for a number c."""
    if not q.terms or not p.terms:
        return None
    c = p.leading / q.leading
    return c if q.scaled(c) == p else None


def _alone(atom: int) -> Poly:
    return Poly({((atom, 1),): Fraction(1)})


def _degree(poly: Poly) -> int:
    return max((sum(abs(n) for _, n in monomial) for monomial in poly.terms), default=0)


def _joined(factors: Sequence[str]) -> str:
    if len(factors) == 1:
        return factors[0]
    return f"(* {' '.join(factors)})" if factors else "1.0"
