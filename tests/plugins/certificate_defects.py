"""Seeded defects of the prover: lemmas, knots, coverage and writing that are wrong in one way.

Each has a claim for which the defective prover believes that it has succeeded. The checker's own
code is as it should be: only the names that the prover uses are changed, while it searches.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest

from emlir_proof.certify import derive, farkas, knots, leaf, nodes, relax, search, write
from emlir_proof.checker.facts import Fact
from emlir_proof.checker.knots import Range
from emlir_proof.checker.polynomials import UNIT, ZERO, Poly, number
from emlir_proof.checker.rules import Rules

Patch = pytest.MonkeyPatch
HALF = Fraction(1, 2)
E_HIGH = "2.718281828459045235361"
"""A little more than e."""
E_LOW = "2.718281828459045235360"
"""A little less than e."""
HALVES = ("where(x > 0, ln(x), 0) <= x^2", "x in [-1, 1]")
"""A true claim with two leaves and a few steps."""


@dataclass(frozen=True)
class Defect:
    """What is wrong, a claim, and how the prover is made wrong."""

    name: str
    claim: str
    box: str
    seed: Callable[[Patch], None]
    is_true: bool = False


DEFECTS: list[Defect] = []


def defect(
    claim: str, box: str, is_true: bool = False
) -> Callable[[Callable[[Patch], None]], None]:
    """List a defect, under the name of the function that seeds it."""

    def listed(seed: Callable[[Patch], None]) -> None:
        DEFECTS.append(Defect(seed.__name__, claim, box, seed, is_true))

    return listed


def lemma(name: str, claim: str, box: str) -> Callable[[Callable[..., Fact]], None]:
    """List a rule that gives something else: a function of its right fact and its operands."""

    def listed(change: Callable[..., Fact]) -> None:
        right = getattr(Rules, name)

        def wrong(self: Rules, *operands: Any) -> Fact:
            return change(self, right(self, *operands), *operands)

        def seed(patch: Patch) -> None:
            patch.setattr(leaf, "Rules", type("Defective", (Rules,), {name: wrong}))

        DEFECTS.append(Defect(f"{name}: {change.__name__}", claim, box, seed))

    return listed


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
    right = relax.cleared

    def wrong(*operands: Any) -> Poly | None:
        found = right(*operands)
        return None if found is None else found - number(Fraction(1, 50))

    patch.setattr(relax, "cleared", wrong)
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


# Knots.


@defect(f"exp(x) >= {E_HIGH}", "x in [1, 2]")
def knots_rounded_inward(patch: Patch) -> None:
    patch.setattr(knots, "_around", _inward)


def _inward(ball: Any) -> Range:
    lo, hi = knots._exact(ball.lower()), knots._exact(ball.upper())
    return Range(knots.short(lo, knots.BITS, up=True), knots.short(hi, knots.BITS, up=False))


@defect("exp(x) >= 3", "x in [1, 2]")
def knots_at_another_point(patch: Patch) -> None:
    right = knots.exponential
    patch.setattr(knots, "exponential", lambda k: right(k + Fraction(1, 8)))


@defect("cos(x) >= 4/5", "x in [1, 11/10]")
def sine_for_cosine(patch: Patch) -> None:
    right = knots.circle
    patch.setattr(knots, "circle", lambda k: right(k)[::-1])


# Coverage.


@defect("where(x > 0, x, x) >= 0", "x in [-1, 1]")
def dropped_part(patch: Patch) -> None:
    right = search.Search._corner
    patch.setattr(search.Search, "_corner", lambda self, *part: right(self, *part)[:1])


@defect(*HALVES, is_true=True)
def parts_in_the_other_order(patch: Patch) -> None:
    right = search.Search._corner
    patch.setattr(search.Search, "_corner", lambda self, *part: right(self, *part)[::-1])


@defect(*HALVES, is_true=True)
def cut_at_another_place(patch: Patch) -> None:
    def moved(cut: Any, polys: Any) -> list[Any]:
        return right((cut[0], cut[1] + UNIT, cut[2]) if cut[0] == "cut" else cut, polys)

    right = write._cut
    patch.setattr(write, "_cut", moved)


@defect("x^2 > 0", "x in [-1, 1]")
def no_part_has_the_cut(patch: Patch) -> None:
    right = search.replace

    def opened(part: Any, **changes: Any) -> Any:
        if "path" in changes:
            *path, (poly, _) = changes["path"]
            changes["path"] = (*path, Fact(poly, ">"))
        return right(part, **changes)

    patch.setattr(search, "replace", opened)


@defect("(x - 1/20)^2 >= 1/1000", "x in [-1, 1]")
def gap_between_the_parts(patch: Patch) -> None:
    right = search.replace

    def moved(part: Any, **changes: Any) -> Any:
        if "path" in changes:
            *path, (poly, relation) = changes["path"]
            changes["path"] = (*path, Fact(poly - number(Fraction(1, 10)), relation))
        return right(part, **changes)

    patch.setattr(search, "replace", moved)


# Writing.


def written_wrongly(change: Callable[[Any, list[Any]], list[Any]]) -> Callable[[Patch], None]:
    """Seed a change of the code of a step."""
    right = write._step

    def wrong(step: Any, polys: Any) -> list[Any]:
        return change(step, right(step, polys))

    return lambda patch: patch.setattr(write, "_step", wrong)


ENTROPY = ("x*ln(x) >= -2/5", "x in (0, 1]")


@defect("sin(3*x)*exp(-x) < 3/4", "x in [0, 4]", is_true=True)
def short_decimals(patch: Patch) -> None:
    """Numbers with four decimals, as a fixed format would print them."""

    def rounded(step: Any, codes: list[Any]) -> list[Any]:
        if step.name != "combine":
            return codes
        factors = [[str(Fraction(round(Fraction(f) * 10**4), 10**4)), *ks] for f, *ks in codes[1]]
        return ["combine", factors]

    written_wrongly(rounded)(patch)


@defect(*ENTROPY, is_true=True)
def factors_of_the_other_sign(patch: Patch) -> None:
    def negated(step: Any, codes: list[Any]) -> list[Any]:
        if step.name != "combine":
            return codes
        return ["combine", [[str(-Fraction(f)), *ks] for f, *ks in codes[1]]]

    written_wrongly(negated)(patch)


@defect("1/x >= 1/2", "x in (0, 2]", is_true=True)
def facts_in_the_other_order(patch: Patch) -> None:
    def swapped(step: Any, codes: list[Any]) -> list[Any]:
        return [*codes[:2], codes[3], codes[2]] if step.name == "over" else codes

    written_wrongly(swapped)(patch)


@defect("atan(x) <= x", "x in [0, 2]", is_true=True)
def facts_not_numbered_anew(patch: Patch) -> None:
    patch.setattr(leaf, "_renumbered", lambda step, numbers: step)


@defect("atan(x) <= x", "x in [0, 2]", is_true=True)
def last_step_dropped(patch: Patch) -> None:
    right = leaf.Leaf.kept
    patch.setattr(leaf.Leaf, "kept", lambda self: right(self)[:-1])


@defect("sin(x) <= x", "x in [0, 1]", is_true=True)
def atoms_of_another_function(patch: Patch) -> None:
    right = write._tables

    def wrong(*operands: Any) -> dict[str, Any]:
        made = right(*operands)
        atoms = [["cos" if kind == "sin" else kind, inner] for kind, inner in made["atoms"]]
        return {**made, "atoms": atoms}

    patch.setattr(write, "_tables", wrong)


@defect("exp(x) >= 1 + x", "x in [-1, 1]", is_true=True)
def polynomials_of_the_other_sign(patch: Patch) -> None:
    right = write.write_poly
    patch.setattr(write, "write_poly", lambda poly: right(-poly))


# Claims: what is written is another claim than what was asked.


@defect("1e-20*exp(x) <= 0", "x in [49, 50]")
def constants_with_fixed_decimals(patch: Patch) -> None:
    right = nodes.nodes_of

    def rounded(expr: Any) -> list[list[Any]]:
        return [[n[0], _decimal(n[1])] if n[0] == "number" else n for n in right(expr)]

    patch.setattr(search, "nodes_of", rounded)


def _decimal(text: str) -> str:
    return str(Fraction(round(Fraction(text) * 10**12), 10**12))


@defect("x > 0", "x in [0, 1]")
def ends_that_are_open(patch: Patch) -> None:
    right = nodes.box_of

    def opened(claim: Any) -> dict[str, list[Any]]:
        return {name: [lo, True, hi, True] for name, (lo, _, hi, _) in right(claim).items()}

    patch.setattr(search, "box_of", opened)
