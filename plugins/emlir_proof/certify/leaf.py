"""A leaf under construction: steps that the checker's own rules accept, one after the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any, TypeVar

from emlir_proof.certify import knots
from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.codes import SIGNATURES
from emlir_proof.checker.facts import Fact, Facts, shape
from emlir_proof.checker.knots import MOST, Range
from emlir_proof.checker.polynomials import Poly
from emlir_proof.checker.rules import Rules

T = TypeVar("T")


class _Table(dict[Fraction, T]):
    """Bounds at rational points, made when asked for; remembers what was looked up."""

    def __init__(self, make: Callable[[Fraction], T]) -> None:
        super().__init__()
        self.make = make
        self.log: set[Fraction] = set()

    def __contains__(self, key: object) -> bool:
        return isinstance(key, Fraction) and abs(key) <= MOST

    def __getitem__(self, key: Fraction) -> T:
        self.log.add(key)
        if not super().__contains__(key):
            self[key] = self.make(key)
        return super().__getitem__(key)


class Space:
    """What the leaves of one certificate share: atoms, and bounds at rational points."""

    def __init__(self, bits: int = knots.BITS[0]) -> None:
        self.bits = bits
        self.atoms = Atoms()
        self.knots: _Table[Range] = _Table(partial(knots.exponential, bits=bits))
        self.circles: _Table[tuple[Range, Range]] = _Table(partial(knots.circle, bits=bits))


@dataclass(frozen=True, slots=True)
class Step:
    """A rule with what it is used on, and the points whose bounds it takes."""

    name: str
    values: tuple[Any, ...]
    knots: frozenset[Fraction] = frozenset()
    circles: frozenset[Fraction] = frozenset()

    def pairs(self) -> Iterator[tuple[str, Any]]:
        """Yield each value with its kind."""
        return zip(SIGNATURES[self.name].split(), self.values, strict=True)


class Leaf:
    """The facts of one part of the box, and the steps that led to them."""

    def __init__(self, space: Space, part: Sequence[Fact]) -> None:
        self.space = space
        self.facts = Facts(space.atoms, part)
        self.rules = Rules(self.facts, space.knots, space.circles)
        self.steps: list[Step] = []
        self.roots: set[int] = set()
        """Facts that must stay: they show the claim, or that something is defined."""
        self._places: dict[Poly, int] = {}
        self._bounds: dict[object, tuple[int, tuple[Fraction, bool]]] = {}
        for k, fact in enumerate(self.facts.facts):
            self._note(k, fact)

    def preview(self, name: str, *values: Any) -> Fact:
        """Return the fact that a step would give."""
        fact: Fact = getattr(self.rules, name)(*values)
        return fact

    def take(self, name: str, *values: Any) -> int:
        """Take a step, and return the number of its fact."""
        self.space.knots.log.clear()
        self.space.circles.log.clear()
        fact = self.preview(name, *values)
        known = self._places.get(fact.poly)
        if known is not None and self.facts.facts[known].relation in (fact.relation, ">", "="):
            return known
        self.facts.add(fact)
        points = frozenset(self.space.knots.log), frozenset(self.space.circles.log)
        self.steps.append(Step(name, values, *points))
        self._note(len(self.facts.facts) - 1, fact)
        return len(self.facts.facts) - 1

    def _note(self, place: int, fact: Fact) -> None:
        self._places[fact.poly] = place
        for poly in (fact.poly, -fact.poly) if fact.relation == "=" else (fact.poly,):
            form, scale = shape(poly)
            bound = -poly.constant / scale, fact.is_strict
            if form not in self._bounds or bound > self._bounds[form][1]:
                self._bounds[form] = place, bound

    def place_of_bound(self, poly: Poly) -> int:
        """Return the number of the fact that gives the best lower bound of ``poly``."""
        return self._bounds[shape(poly)[0]][0]

    def kept(self) -> list[Step]:
        """Return the steps that the roots need, with the facts numbered anew."""
        given = self.facts.given
        needed, stack = set(self.roots), [k for k in self.roots if k >= given]
        while stack:
            for k in _premises(self.steps[stack.pop() - given]):
                if k not in needed:
                    needed.add(k)
                    stack += [k] if k >= given else []
        order = sorted(k for k in needed if k >= given)
        numbers = {k: given + place for place, k in enumerate(order)} | {k: k for k in range(given)}
        return [_renumbered(self.steps[k - given], numbers) for k in order]


def _premises(step: Step) -> list[int]:
    found: list[int] = []
    for kind, value in step.pairs():
        if kind == "fact":
            found.append(value)
        elif kind == "facts":
            found += value
        elif kind == "parts":
            found += [k for _, numbers in value for k in numbers]
    return found


def _renumbered(step: Step, numbers: dict[int, int]) -> Step:
    changed: list[Any] = []
    for kind, value in step.pairs():
        if kind == "fact":
            changed.append(numbers[value])
        elif kind == "facts":
            changed.append([numbers[k] for k in value])
        elif kind == "parts":
            changed.append([(factor, [numbers[k] for k in some]) for factor, some in value])
        else:
            changed.append(value)
    return replace(step, values=tuple(changed))
