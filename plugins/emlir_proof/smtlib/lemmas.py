"""Steps of a certificate as instances of schemas."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from emlir_proof.checker.calculus import below
from emlir_proof.checker.codes import Step
from emlir_proof.checker.facts import Fact, Facts
from emlir_proof.checker.polynomials import UNIT, Poly, number
from emlir_proof.checker.rules import Rules
from emlir_proof.smtlib.names import Names, real
from emlir_proof.smtlib.points import Points

DOMAINS = {
    "ln": "(> t_{} 0.0)",
    "sqrt": "(>= t_{} 0.0)",
    "recip": "(not (= t_{} 0.0))",
    "asin": "(<= (- 1.0) t_{} 1.0)",
}
"""Where functions are defined."""


class Lemma(NamedTuple):
    """A schema with what is put for its parameters; ``about`` must be defined."""

    schema: str
    args: tuple[Any, ...]
    about: tuple[Poly, ...]


class Instances:
    """Makes the lemmas of steps."""

    def __init__(self, points: Points) -> None:
        self.points = points

    def of(self, step: Step, rules: Rules, fact: Fact) -> list[Lemma]:
        """Return the lemmas of a step; sums of facts need none."""
        if step.name == "combine":
            return list(products(step.values[0][1], rules.facts))
        values = [value for _, value in step.values]
        places = premises(step)
        some = [rules.facts.facts[k] for k in places]
        polys = [value for kind, value in step.values if kind == "poly"]
        about = (*polys, *(each.poly for each in some), fact.poly)
        make: Callable[..., tuple[Any, ...]] = getattr(self, f"_{step.name}")
        schema, *args = make(rules, fact, some, *values)
        return [Lemma(schema, tuple(args), about)]

    def _square(self, rules: Rules, fact: Fact, some: Any, poly: Poly) -> tuple[Any, ...]:
        return "square", poly, fact.poly

    def _over(self, rules: Rules, fact: Fact, some: Any, q: Poly, *_: int) -> tuple[Any, ...]:
        whole, part = some
        name = {">": "over_strict", "=": "over_zero"}.get(whole.relation, "over")
        return name, q, part.poly, whole.poly

    def _clear(self, rules: Rules, fact: Fact, some: Any, *_: int) -> tuple[Any, ...]:
        name = "product_strict" if fact.is_strict else "product"
        return name, some[0].poly, some[1].poly, fact.poly

    def _positive(self, rules: Rules, fact: Fact, some: Any, t: Poly) -> tuple[Any, ...]:
        return "positive", fact.poly

    def _tangent(
        self, rules: Rules, fact: Fact, some: Any, t: Poly, k: Fraction
    ) -> tuple[Any, ...]:
        point, lo, _hi = self.points.knot(k)
        return "tangent", rules.atoms.exp(t), t, point, lo

    def _chord(self, rules: Rules, fact: Fact, some: Any, t: Poly, *_: int) -> tuple[Any, ...]:
        a, _lo, left = self.points.knot(-(some[0].poly - t).constant)
        b, _lo, right = self.points.knot((some[1].poly + t).constant)
        return "chord", rules.atoms.exp(t), t, a, b, left, right

    def _above(self, rules: Rules, fact: Fact, some: Any, t: Poly, *_: int) -> tuple[Any, ...]:
        k, lo, _hi = self.points.knot((t - some[0].poly).constant)
        return _strict("above", fact), rules.atoms.exp(t), t, k, lo

    def _below(self, rules: Rules, fact: Fact, some: Any, t: Poly, *_: int) -> tuple[Any, ...]:
        k, _lo, hi = self.points.knot((some[0].poly + t).constant)
        return _strict("below", fact), rules.atoms.exp(t), t, k, hi

    def _log_above(
        self, rules: Rules, fact: Fact, some: Any, t: Poly, k: Fraction, *_: int
    ) -> tuple[Any, ...]:
        point, _lo, hi = self.points.knot(k)
        return _strict("log_above", fact), rules.atoms.exp(t), t, point, hi

    def _log_below(
        self, rules: Rules, fact: Fact, some: Any, t: Poly, k: Fraction, *_: int
    ) -> tuple[Any, ...]:
        point, lo, _hi = self.points.knot(k)
        return _strict("log_below", fact), rules.atoms.exp(t), t, point, lo

    def _root(self, rules: Rules, fact: Fact, some: Any, p: Poly) -> tuple[Any, ...]:
        return "root", fact.poly

    def _root_positive(self, rules: Rules, fact: Fact, some: Any, *_: int) -> tuple[Any, ...]:
        return "root_positive", fact.poly, some[0].poly

    def _root_above(
        self, rules: Rules, fact: Fact, some: Any, bound: Poly, *_: int
    ) -> tuple[Any, ...]:
        return "root_above", fact.poly + bound, bound, some[0].poly

    def _root_below(self, rules: Rules, fact: Fact, some: Any, *_: int) -> tuple[Any, ...]:
        return "root_below", some[0].poly - fact.poly, some[0].poly, some[1].poly

    def _size(self, rules: Rules, fact: Fact, some: Any, p: Poly, sign: int) -> tuple[Any, ...]:
        signed = p.scaled(Fraction(sign))
        return "size", fact.poly + signed, signed

    def _size_is(self, rules: Rules, fact: Fact, some: Any, *_: int) -> tuple[Any, ...]:
        return "size_is", fact.poly + some[0].poly, some[0].poly

    def _whole(self, rules: Rules, fact: Fact, some: Any, p: Poly, side: int) -> tuple[Any, ...]:
        return "whole_up" if side > 0 else "whole_down", rules.atoms.floor(p), p

    def _whole_above(
        self, rules: Rules, fact: Fact, some: Any, p: Poly, *_: int
    ) -> tuple[Any, ...]:
        return "whole_above", rules.atoms.floor(p), p, p - some[0].poly

    def _whole_below(
        self, rules: Rules, fact: Fact, some: Any, p: Poly, *_: int
    ) -> tuple[Any, ...]:
        return "whole_below", rules.atoms.floor(p), p, p + some[0].poly

    def _turn(
        self, rules: Rules, fact: Fact, some: Any, name: str, t: Poly, sign: int
    ) -> tuple[Any, ...]:
        return "turn", UNIT - fact.poly

    def _arch(self, rules: Rules, fact: Fact, some: Any, *_: int) -> tuple[Any, ...]:
        return _strict("arch", fact), fact.poly, some[0].poly, rules.atoms.pi()

    def _crest(self, rules: Rules, fact: Fact, some: Any, *_: int) -> tuple[Any, ...]:
        return "crest", UNIT - fact.poly, some[0].poly, rules.atoms.pi()

    def _bend(
        self,
        rules: Rules,
        fact: Fact,
        some: Any,
        name: str,
        t: Poly,
        k: Fraction,
        sides: Sequence[int],
        sign: int,
    ) -> tuple[Any, ...]:
        a, b = -(some[0].poly - t).constant, (some[1].poly + t).constant
        radius = max(k - a, b - k, Fraction(0))
        point, *ends = self.points.circle(k)
        value, slope = (ends[:2], ends[2:]) if name == "sin" else (ends[2:], _minus(ends[:2]))
        if sign < 0:
            value, slope = _minus(value), _minus(slope)
        h = t - number(k)
        wave = getattr(rules.atoms, name)(t).scaled(Fraction(sign))
        square = rules.atoms.times(h, h)
        return "bend", wave, t, point, square, number(a), number(b), number(radius), *value, *slope

    def _circle_number(
        self, rules: Rules, fact: Fact, some: Any, value: Fraction
    ) -> tuple[Any, ...]:
        is_above = fact.poly.leading > 0
        bound = self.points.turn(value)
        return "pi_above" if is_above else "pi_below", rules.atoms.pi(), number(value), bound

    def _addition(
        self, rules: Rules, fact: Fact, some: Any, name: str, u: Poly, v: Poly
    ) -> tuple[Any, ...]:
        wave = getattr(rules.atoms, name)(u + v)
        return "addition", wave, wave - fact.poly

    def _inverse_above(self, *args: Any) -> tuple[Any, ...]:
        return self._inverse("above", Fraction(1), *args)

    def _inverse_below(self, *args: Any) -> tuple[Any, ...]:
        return self._inverse("below", Fraction(-1), *args)

    def _inverse(
        self,
        side: str,
        sign: Fraction,
        rules: Rules,
        fact: Fact,
        some: Any,
        name: str,
        p: Poly,
        angle: Fraction,
        *_: int,
    ) -> tuple[Any, ...]:
        point, low, high, *cos = self.points.circle(angle)
        least = (p - some[0].poly.scaled(sign)).constant
        args = [getattr(rules.atoms, name)(p), p, point, number(least)]
        args += [high if side == "above" else low, *(cos if name == "atan" else [])]
        return _strict(f"{name}_{side}", fact), *args

    def _inverse_range(
        self, rules: Rules, fact: Fact, some: Any, name: str, p: Poly, sign: int
    ) -> tuple[Any, ...]:
        pi = rules.atoms.pi()
        return _strict("half_turn", fact), pi.scaled(Fraction(1, 2)) - fact.poly, pi


def products(parts: Sequence[tuple[Fraction, Sequence[int]]], facts: Facts) -> Iterator[Lemma]:
    """Yield the products of facts in a combination, factor by factor; equations come first."""
    for _, numbers in parts:
        some = sorted((facts.facts[k] for k in numbers), key=lambda each: each.relation != "=")
        while len(some) > 1:
            one, two, *rest = some
            made = _product(one, two, facts)
            name = {">": "product_strict", "=": "product_zero"}.get(made.relation, "product")
            polys = one.poly, two.poly, made.poly
            yield Lemma(name, polys, polys)
            some = [made, *rest]


def _product(one: Fact, two: Fact, facts: Facts) -> Fact:
    poly = facts.atoms.times(one.poly, two.poly)
    if one.relation == "=":
        return Fact(poly, "=")
    return Fact(poly, ">" if one.is_strict and two.is_strict else ">=")


def premises(step: Step) -> list[int]:
    """Return the numbers of the facts that a step uses, other than of a combination."""
    found: list[int] = []
    for kind, value in step.values:
        found += [value] if kind == "fact" else value if kind == "facts" else []
    return found


def guards(names: Names, polys: Sequence[Poly]) -> list[str]:
    """Return the names of what must hold for polynomials to be defined."""
    found = set()
    for poly in polys:
        inside = [names.atoms.atoms[k].argument for k in below(names.atoms, poly)]
        found |= {
            f"d_{k}" for k in below(names.atoms, poly) if names.atoms.atoms[k].kind in DOMAINS
        }
        found |= {f"n_{k}" for each in (poly, *inside) for m in each.terms for k, n in m if n < 0}
    return sorted(found, key=lambda name: (int(name[2:]), name))


def domain(names: Names, guard: str) -> str:
    """Write the condition that a guard names."""
    kind, k = guard[0], int(guard[2:])
    if kind == "n":
        return f"(not (= {names.atom(k)} 0.0))"
    names.mentioned.add((k, False))
    return DOMAINS[names.atoms.atoms[k].kind].format(k)


def written(names: Names, lemma: Lemma) -> str:
    """Write a lemma, conditional on what must hold for it to be defined."""
    args = " ".join(_argument(names, each) for each in lemma.args)
    text = f"({lemma.schema} {args})"
    conditions = guards(names, lemma.about)
    return f"(=> {conjunction(conditions)} {text})" if conditions else text


def conjunction(parts: Sequence[str]) -> str:
    """Join formulas."""
    if len(parts) == 1:
        return parts[0]
    return f"(and {' '.join(parts)})" if parts else "true"


def _argument(names: Names, value: Any) -> str:
    if isinstance(value, Poly):
        return names.term(value)
    return real(value) if isinstance(value, Fraction) else str(value)


def _strict(name: str, fact: Fact) -> str:
    return f"{name}_strict" if fact.is_strict else name


def _minus(ends: Sequence[str]) -> list[str]:
    """Swap the bounds, with their signs changed."""
    return [f"(- {ends[1]})", f"(- {ends[0]})"]
