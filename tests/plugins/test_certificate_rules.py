"""The rules of the exact checker, each on random operands: what follows from what is true is true.

All rules but that of the mean value hold point by point. So facts that are true at a few points
are put in, and what a rule makes of them has to be true there, evaluated with 40 digits.
"""

import random
from fractions import Fraction

import pytest
from mpmath import mp

from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.codes import SIGNATURES
from emlir_proof.checker.facts import CertificateError, Fact, Facts
from emlir_proof.checker.knots import circle, exponential
from emlir_proof.checker.polynomials import Poly, TooLargeError, number
from emlir_proof.checker.rules import Rules, cleared
from tests.plugins.point_values import CLOSE, DIGITS, Point, rational, values_at

KINDS = ("exp", "ln", "sqrt", "recip", "sin", "cos", "atan", "asin", "abs", "floor")
KNOTS = [Fraction(k, 2) for k in range(-6, 7)]


class Game:
    """Facts that are true at some points, and random rules."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.atoms = Atoms()
        pick = self.random.randint
        self.points = [{n: Fraction(pick(-8, 8), pick(1, 4)) for n in "xy"} for _ in range(2)]
        self.polys = [self.atoms.var("x"), self.atoms.var("y"), self.atoms.pi(), number(1)]
        self.facts = Facts(self.atoms, [])
        knots = {k: exponential(k, 24) for k in KNOTS}
        circles = {k: circle(k, 24) for k in KNOTS}
        self.rules = Rules(self.facts, knots, circles)
        self.knots = knots

    def grow(self) -> None:
        """Make another polynomial, of old ones."""
        one, two = self.random.choice(self.polys), self.random.choice(self.polys)
        kind = self.random.choice(["add", "times", *KINDS])
        c = Fraction(self.random.randint(-4, 4), self.random.randint(1, 3))
        if kind == "add":
            made = one + two.scaled(c)
        elif kind == "times":
            made = self.atoms.times(one, two)
        else:
            made = self.function(kind, one + number(c))
        if len(made.terms) < 8:
            self.polys.append(made)

    def function(self, kind: str, t: Poly) -> Poly:
        zero = kind == "recip" and not t.terms
        return t if zero else getattr(self.atoms, kind)(t)

    def tell(self, poly: Poly) -> int | None:
        """Put in a fact about ``poly`` that is true at the points; return its number."""
        found = [values_at(self.atoms, poly, point) for point in self.points]
        slack = max(CLOSE * size for _, size in found) + CLOSE
        least = min(value for value, _ in found)
        if abs(least) > 10**9:
            return None
        fine = Fraction(int(mp.floor((least - slack) * 2**20)), 2**20)
        coarse = Fraction(int(mp.floor((least - slack) * 2)), 2)
        bound = self.random.choice([fine, coarse, min(Fraction(0), fine)])
        return self.take(Fact(poly - number(bound), self.random.choice([">=", ">"])))

    def take(self, fact: Fact) -> int | None:
        try:
            self.facts.add(fact)
        except CertificateError:
            return None
        return len(self.facts.facts) - 1

    def bound(self, t: Poly, sign: int, ends) -> int | None:
        """Put in that ``t`` is at least (sign 1) or most one of some numbers, if it is true."""
        values = [values_at(self.atoms, t, point)[0] for point in self.points]
        true = [k for k in ends if all((v - rational(k)) * sign > CLOSE for v in values)]
        if not true:
            return None
        return self.take(Fact((t - number(self.random.choice(true))).scaled(Fraction(sign)), ">"))

    def special(self, rule: str, t: Poly) -> list | None:
        """Return operands with premises of the form that a rule asks for, if they are true."""
        makers = {"over": self.quotient, "clear": self.quotient, "root_above": self.root}
        makers |= {"root_below": self.root, "log_above": self.log, "log_below": self.log}
        makers |= {"inverse_above": self.inverse, "inverse_below": self.inverse}
        makers |= {"arch": self.between, "crest": self.between, "root_positive": self.positive}
        return makers[rule](rule, t) if rule in makers else None

    def quotient(self, rule: str, t: Poly) -> list | None:
        d = self.random.choice(self.polys)
        positive = self.take(Fact(d, ">")) if self.holds(d) else None
        if positive is None or not d.terms:
            return None
        q = self.random.choice([t, self.atoms.times(t, self.atoms.recip(d))])
        forms = [self.atoms.times(q, d), cleared(self.atoms, q, d)]
        premise = q if rule == "clear" else self.random.choice(forms)
        if premise is None or not self.holds(premise):
            return None
        fact = self.take(Fact(premise, ">="))
        return [q, fact, positive] if rule == "over" else [fact, positive]

    def root(self, rule: str, t: Poly) -> list | None:
        b = self.random.choice(
            [t, number(self.random.choice(KNOTS)), self.random.choice(self.polys)]
        )
        gap = t - self.atoms.times(b, b)
        if rule == "root_above":
            return [b, self.take(Fact(gap, ">="))] if self.holds(gap) else None
        if not (self.holds(b) and self.holds(-gap)):
            return None
        return [self.take(Fact(b, ">=")), self.take(Fact(-gap, ">="))]

    def log(self, rule: str, t: Poly) -> list | None:
        k, sign = self.random.choice(KNOTS), 1 if rule == "log_above" else -1
        end = self.knots[k].hi if sign > 0 else self.knots[k].lo
        gap = (self.atoms.exp(t) - number(end)).scaled(Fraction(sign))
        return [t, k, self.take(Fact(gap, ">"))] if self.holds(gap) else None

    def inverse(self, rule: str, t: Poly) -> list | None:
        name, angle = self.random.choice(["atan", "asin"]), self.random.choice(KNOTS)
        sign = 1 if rule == "inverse_above" else -1
        shift = Fraction(self.random.randint(-2, 4), 4)
        value = Fraction(str((mp.tan if name == "atan" else mp.sin)(rational(angle))))
        gap = (t - number(value)).scaled(Fraction(sign)) - number(shift)
        return [name, t, angle, self.take(Fact(gap, ">"))] if self.holds(gap) else None

    def between(self, rule: str, t: Poly) -> list | None:
        """Put in that some angle is between 0 and pi, or two pi."""
        width = self.atoms.pi().scaled(Fraction(1 if rule == "arch" else 2))
        shift = self.atoms.pi().scaled(Fraction(self.random.randint(-6, 6), 2))
        q = t.scaled(self.random.choice([Fraction(1), Fraction(1, 8)])) + shift
        if not (self.holds(q) and self.holds(width - q)):
            return None
        relation = self.random.choice([">", ">="]) if rule == "arch" else ">"
        return [self.take(Fact(q, relation)), self.take(Fact(width - q, ">"))]

    def positive(self, rule: str, t: Poly) -> list | None:
        return [self.take(Fact(t, ">"))] if self.holds(t) else None

    def holds(self, poly: Poly) -> bool:
        """Whether ``poly`` is above 0 at the points."""
        found = [values_at(self.atoms, poly, point) for point in self.points]
        return all(value > CLOSE * max(size, 1) for value, size in found)

    def prepare(self, rule: str, t: Poly) -> list[int]:
        """Put in premises on the ends of ``t``; return their numbers."""
        whole = rule in ("whole_above", "whole_below")
        ends = [Fraction(k) for k in range(-5, 6)] if whole else KNOTS
        signs = {"whole_above": [1], "whole_below": [-1], "above": [1], "below": [-1]}
        found = [self.bound(t, sign, ends) for sign in signs.get(rule, [1, -1])]
        return [k for k in found if k is not None]

    def operand(self, kind: str, t: Poly, ready: list[int]):
        choice, facts = self.random.choice, range(max(1, len(self.facts.facts)))
        if kind == "poly":
            return t if self.random.random() < 0.7 else choice(self.polys)
        if kind == "fact":
            return ready.pop(0) if ready and self.random.random() < 0.9 else choice(facts)
        if kind == "facts":
            return [*ready, choice(facts), choice(facts)][:2]
        if kind == "number":
            return choice([*KNOTS, Fraction(22, 7), Fraction(3)])
        if kind == "sign":
            return choice([1, -1])
        if kind == "name":
            return choice(["sin", "cos", "atan", "asin"])
        if kind == "atom":
            return choice([0, 1])
        factors = [Fraction(choice([0, 1, 2, -1])) for _ in range(2)]
        return [(f, [choice(facts) for _ in range(self.random.randint(0, 2))]) for f in factors]

    def play(self, rule: str) -> Fact | None:
        """Use a rule once; None if it does not accept what it gets."""
        t = self.random.choice(self.polys)
        operands = self.special(rule, t)
        if operands is None or None in operands:
            ready = self.prepare(rule, t)
            operands = [self.operand(kind, t, ready) for kind in SIGNATURES[rule].split()]
        try:
            fact = getattr(self.rules, rule)(*operands)
            self.facts.add(fact)
        except (CertificateError, TooLargeError, ZeroDivisionError, ValueError):
            return None
        return fact


def is_true(game: Game, fact: Fact, point: Point) -> bool:
    value, size = values_at(game.atoms, fact.poly, point)
    slack = CLOSE * max(size, 1)
    return abs(value) <= slack if fact.relation == "=" else value >= -slack


ENOUGH = 6
"""How often a rule is to be used."""
POINTWISE = sorted(set(SIGNATURES) - {"monotone"})


def played(seed: int, rules: list[str], moves: int = 60) -> int:
    """Play, and return how many facts followed; each must be true at the points."""
    mp.dps = DIGITS
    game, followed = Game(seed), 0
    for move in range(moves):
        game.grow()
        try:
            for poly in game.random.sample(game.polys, 2):
                game.tell(poly)
                game.tell(-poly)
            fact = game.play(rules[move % len(rules)])
            if fact is not None:
                followed += 1
                for point in game.points:
                    assert is_true(game, fact, point), (rules[move % len(rules)], fact, point)
        except (ArithmeticError, OverflowError):
            game.polys.pop()
    return followed


@pytest.mark.parametrize("rule", POINTWISE)
def test_what_follows_from_what_is_true_is_true(rule):
    followed = 0
    for seed in range(40):
        followed += played(seed, [rule])
        if followed >= ENOUGH:
            break
    assert followed >= ENOUGH


def test_rules_one_after_the_other():
    assert sum(played(seed, POINTWISE, 90) for seed in range(4)) > 40


RIGHT = {name: getattr(Rules, name) for name in POINTWISE}


@pytest.mark.parametrize("rule", POINTWISE)
def test_a_rule_that_says_too_much_is_found(rule, monkeypatch):
    """The opposite of what follows cannot hold as well, unless it is never looked at."""

    def wrong(self, *operands):
        fact = RIGHT[rule](self, *operands)
        return Fact(number(-1) - fact.poly, ">=")

    monkeypatch.setattr(Rules, rule, wrong)
    with pytest.raises(AssertionError):
        sum(played(seed, [rule]) for seed in range(40))
