"""Seeded defects of the rules that the prover uses, and of slopes."""

from fractions import Fraction
from typing import Any

from emlir_proof.certify import derive, farkas, functions, leaf
from emlir_proof.checker.facts import Fact
from emlir_proof.checker.polynomials import UNIT, ZERO, Poly, number
from emlir_proof.checker.rules import Rules
from tests.plugins.certificate_defects import E_HIGH, E_LOW, HALF, Patch, defect, lemma

# Lemmas.


@lemma("tangent", "exp(x) >= 1 + 2*x", "x in [-1, 1]")
def wrong_slope(rules: Rules, fact: Fact, t: Poly, k: Fraction) -> Fact:
    return Fact(fact.poly - (t - number(k)).scaled(rules.knots[k].lo), ">=")


@lemma("tangent", f"exp(x) >= {E_HIGH}*x", "x in [0, 2]")
def upper_end(rules: Rules, fact: Fact, t: Poly, k: Fraction) -> Fact:
    gap = rules.knots[k].hi - rules.knots[k].lo
    return Fact(fact.poly - (t + number(1 - k)).scaled(gap), ">=")


@lemma("chord", f"exp(x) <= 1 + ({E_LOW} - 1)*x", "x in [0, 1]")
def lower_ends(rules: Rules, fact: Fact, t: Poly, left: int, right: int) -> Fact:
    a, b = rules._end(left, t, 1), rules._end(right, t, -1)
    low, high = rules.knots[a].lo, rules.knots[b].lo
    line = (number(b) - t).scaled(low) + (t - number(a)).scaled(high)
    return Fact(line.scaled(1 / (b - a)) - rules.atoms.exp(t), ">=")


@lemma("chord", "exp(x) <= 1 - x", "x in [0, 1]")
def dropped_term(rules: Rules, fact: Fact, t: Poly, left: int, right: int) -> Fact:
    a, b = rules._end(left, t, 1), rules._end(right, t, -1)
    line = (number(b) - t).scaled(rules.knots[a].hi / (b - a))
    return Fact(line - rules.atoms.exp(t), ">=")


@lemma("above", f"exp(x) >= {E_HIGH}", "x in [1, 2]")
def upper_knot(rules: Rules, fact: Fact, t: Poly, premise: int) -> Fact:
    return Fact(rules.atoms.exp(t) - number(rules.knots[rules._end(premise, t, 1)].hi), ">=")


@lemma("below", f"exp(x) <= {E_LOW}", "x in [0, 1]")
def lower_knot(rules: Rules, fact: Fact, t: Poly, premise: int) -> Fact:
    return Fact(number(rules.knots[rules._end(premise, t, -1)].lo) - rules.atoms.exp(t), ">=")


@lemma("above", "exp(x) >= 2", "x in [-1, 1]")
def sign_of_the_knot(rules: Rules, fact: Fact, t: Poly, premise: int) -> Fact:
    return Fact(rules.atoms.exp(t) - number(rules.knots[-rules._end(premise, t, 1)].lo), ">=")


@lemma("above", "exp(x) > 1", "x in [0, 1]")
def always_strict(rules: Rules, fact: Fact, *operands: Any) -> Fact:
    return Fact(fact.poly, ">")


@lemma("log_above", "ln(x) >= 1", "x in [2, 3]")
def twice_the_bound(rules: Rules, fact: Fact, t: Poly, k: Fraction, premise: int) -> Fact:
    return Fact(t - number(2 * k), ">=")


@lemma("log_below", "ln(1 + x^2) <= 1", "x in [-2, 2]")
def half_the_bound(rules: Rules, fact: Fact, t: Poly, k: Fraction, premise: int) -> Fact:
    return Fact(number(k / 2) - t, ">=")


@lemma("root", "sqrt(x) >= 1/2", "x in [0, inf)")
def away_from_0(rules: Rules, fact: Fact, p: Poly) -> Fact:
    return Fact(fact.poly - number(HALF), ">=")


@lemma("square", "x^2 + y^2 >= 2*x*y + 1/2", "x in [-1, 1], y in [-1, 1]")
def square_above_its_half(rules: Rules, fact: Fact, poly: Poly) -> Fact:
    return Fact(fact.poly - number(HALF), ">=")


@lemma("size", "abs(x) >= 2*x", "x in [-1, 1]")
def size_twice(rules: Rules, fact: Fact, p: Poly, sign: int) -> Fact:
    return Fact(fact.poly - p.scaled(Fraction(sign)), ">=")


@lemma("whole", "floor(x) >= x", "x in [0, 1]")
def lost_the_step(rules: Rules, fact: Fact, p: Poly, side: int) -> Fact:
    return fact if side > 0 else Fact(fact.poly - UNIT, ">=")


@lemma("whole_below", "floor(x^2) <= 3", "x in [-2, 2]")
def one_less(rules: Rules, fact: Fact, p: Poly, premise: int) -> Fact:
    return Fact(fact.poly - UNIT, ">=")


@lemma("turn", "sin(x) <= 1/2", "x in [-9, 9]")
def half_a_turn(rules: Rules, fact: Fact, name: str, t: Poly, sign: int) -> Fact:
    return Fact(fact.poly - number(HALF), ">=")


@lemma("bend", "cos(x) >= 1", "x in [-1, 1]")
def dropped_curve(
    rules: Rules, fact: Fact, name: str, t: Poly, k: Fraction, sides: Any, sign: int
) -> Fact:
    h = t - number(k)
    return fact if sign < 0 else Fact(fact.poly - rules.atoms.times(h, h).scaled(HALF), ">=")


@lemma("bend", "sin(x) >= 1 - x^2/2", "x in [-1/2, 1/2]")
def other_function(
    rules: Rules, fact: Fact, name: str, t: Poly, k: Fraction, sides: Any, sign: int
) -> Fact:
    own, other = (getattr(rules.atoms, n)(t) for n in ("sin", "cos"))
    swap = (own - other) if name == "cos" else (other - own)
    right = Rules.bend(rules, "sin" if name == "cos" else "cos", t, k, sides, sign)
    return Fact(right.poly - swap.scaled(Fraction(sign)), ">=")


@lemma("circle_number", "pi > 3.2", "")
def a_tenth_more(rules: Rules, fact: Fact, value: Fraction) -> Fact:
    return Fact(fact.poly - number(Fraction(1, 10)), ">")


@lemma("inverse_above", "atan(x) > 1", "x in [1, 5]")
def angle_twice(
    rules: Rules, fact: Fact, name: str, p: Poly, angle: Fraction, premise: int
) -> Fact:
    return Fact(fact.poly - number(angle), ">=")


@lemma("over", "1/x >= 1", "x in (0, 2]")
def quotient_less_half(
    rules: Rules, fact: Fact, quotient: Poly, product: int, divisor: int
) -> Fact:
    return Fact(fact.poly - number(HALF), fact.relation)


@defect("-x*ln(x) - (1 - x)*ln(1 - x) <= 69/100", "x in (0, 1)")
def cleared_too_far(patch: Patch) -> None:
    right = functions.cleared

    def wrong(*operands: Any) -> Poly | None:
        found = right(*operands)
        return None if found is None else found - number(Fraction(1, 50))

    patch.setattr(functions, "cleared", wrong)
    patch.setattr("emlir_proof.checker.rules.cleared", wrong)


@lemma("addition", "sin(x + y) <= 2*sin(x)*cos(y) - sin(x + y)", "x in [0, 1], y in [0, 1]")
def lost_summand(rules: Rules, fact: Fact, name: str, u: Poly, v: Poly) -> Fact:
    term = rules.atoms.times(rules.atoms.cos(u), rules.atoms.sin(v))
    return Fact(fact.poly + term, "=") if name == "sin" else fact


@defect("exp(x) + exp(-x) > 2", "x in [-1, 1]")
def sums_always_strict(patch: Patch) -> None:
    class Defective(Rules):
        def combine(self, parts: Any) -> Fact:
            return Fact(super().combine(parts).poly, ">")

    patch.setattr(leaf, "Rules", Defective)
    patch.setattr(farkas.Combination, "is_strict", True)


# Slopes: two modules know derivatives and values at ends.


@defect("sin(x) >= x", "x in [0, 1]")
def derivative_of_the_other_sign(patch: Patch) -> None:
    right = derive.derivative

    def wrong(*operands: Any) -> Poly | None:
        found = right(*operands)
        return None if found is None else -found

    patch.setattr(derive, "derivative", wrong)
    patch.setattr("emlir_proof.checker.rules.derivative", wrong)


@defect("exp(x) - x >= 5", "x in [0, 1]")
def value_at_the_end_is_lost(patch: Patch) -> None:
    def wrong(*operands: Any) -> Poly:
        return ZERO

    patch.setattr(derive, "substitute", wrong)
    patch.setattr("emlir_proof.checker.rules.substitute", wrong)


@defect("x - sin(x) > 0", "x in [0, 1]")
def slope_makes_strict_at_a_closed_end(patch: Patch) -> None:
    class Defective(Rules):
        def monotone(self, p: Poly, *operands: Any) -> Fact:
            return Fact(super().monotone(p, *operands).poly, ">")

    right = derive.Deriver._monotone

    def wrong(self: Any, poly: Poly, relation: Any, *rest: Any) -> bool:
        return right(self, poly, ">=", *rest) and self._done(poly, relation)

    patch.setattr(leaf, "Rules", Defective)
    patch.setattr(derive.Deriver, "_monotone", wrong)
    patch.setattr(derive, "WAYS", (*derive.WAYS[:-1], derive.Deriver._by_slopes))
