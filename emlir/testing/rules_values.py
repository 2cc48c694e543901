"""Values at which rules are attacked: corners of the semantics, and those that a rule suggests."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random

from emlir.expr.core import Expr, build, number
from emlir.expr.traverse import postorder
from emlir.rewrite.rule import Rule
from emlir.semantics import Semantics
from emlir.text.syntax import parse

_CORE = "0 1 -1 2 -2 1/2 -1/2 3 -3 pi -pi pi/2 2^(-1000) -2^(-1000) 2^1000 -2^1000"
_REALS = (
    "1/3 -1/3 4 -4 5/2 -5/2 10 -10 17 -17 100 -100 700 -700 12345 -12345 e -e 1/e ln(2) sqrt(2)"
    " -sqrt(2) pi/4 -pi/4 -pi/2 3*pi/2 -3*pi/2 2*pi -2*pi 7*pi 22/7 355/113 (1+sqrt(5))/2"
    " 1+2^(-100) 1-2^(-100) -1+2^(-100) -1-2^(-100) 2^(-40) -2^(-40) 2^(-100) -2^(-100)"
    " 1+2^(-20) 1-2^(-20) 2^40 -2^40 2^100 -2^100 10^(-6) -10^(-6) 3/4 -3/4 9/10 -9/10 3/2 -3/2"
)
_PLANE_CORE = (
    "i -i 1+i 1-i -1+i -1-i pi*i -pi*i 2*pi*i -2*pi*i 2+3*i"
    " -2+2^(-133)*i -2-2^(-133)*i -1/2+2^(-133)*i -1/2-2^(-133)*i"
)
_PLANE = (
    "-2+3*i 2-3*i -2-3*i 4*i -4*i 5*pi*i -3*pi*i pi*i/2 -pi*i/2 pi*i/4 1+pi*i 1-pi*i"
    " -3+pi*i -3-pi*i 2+2^(-133)*i 2-2^(-133)*i 1/2+2^(-133)*i 1/2-2^(-133)*i"
    " 2*i+2^(-133) 2*i-2^(-133) -2*i+2^(-133) -2*i-2^(-133) i/2+2^(-133) -i/2-2^(-133)"
    " 2^(-1000)*i -2^(-1000)*i 2^40*i -2^40*i 10+40*i -10-40*i 1/3+i/7 -1/3+9*i/7"
    " pi+i pi-i -pi+2*i pi/2+i -pi/2-3*i 1+3*pi*i 2-7*pi*i 100+100*i -700+i 700-i"
)
_SMALL = (Fraction(1, 2**20), Fraction(1, 2**100))

UNDEFINED = build("div", 1, 0)
"""A term without a value: what a symbol stands for may be undefined."""


def _read(text: str) -> list[Expr]:
    return [parse(item) for item in text.split(" ") if item]


def core_values(semantics: Semantics) -> list[Expr]:
    """Return the values of which every combination is worth a try."""
    values = _read(_CORE)
    if semantics != "real":
        values += _read("inf -inf")
    return values + (_read(_PLANE_CORE) if semantics == "complex" else [])


def more_values(semantics: Semantics) -> list[Expr]:
    """Return further corner values."""
    return _read(_REALS) + (_read(_PLANE) if semantics == "complex" else [])


def suggested_values(rule: Rule) -> list[Expr]:
    """Return the numbers that a rule mentions, their quotients, neighbours and opposites."""
    numbers = {node.number for node in all_terms(rule) if node.is_number}
    mentioned = sorted(numbers, key=lambda c: (abs(c), c))[:12]
    found: dict[Fraction, None] = dict.fromkeys(mentioned)
    found |= dict.fromkeys((a + b) / 2 for a, b in pairwise(mentioned))
    found |= dict.fromkeys(a / b for a in mentioned for b in mentioned if b)
    around = [c + step * (abs(c) + 1) for c in mentioned for s in _SMALL for step in (s, -s)]
    found |= dict.fromkeys([*around, *(c + 1 for c in mentioned), *(c - 1 for c in mentioned)])
    found |= dict.fromkeys([-c for c in found])
    roots = [build("sqrt", c) for c in mentioned if c > 1]
    closed = [node for node in all_terms(rule) if _is_closed_term(node)][:8]
    beside = [value for term in closed for value in (term + 1, term * 2, term / 2, -term)]
    return [*closed, *beside, *map(number, found), *roots, *(-root for root in roots)]


def _is_closed_term(node: Expr) -> bool:
    return not (node.symbols or node.is_number or node.sort == "truth")


def all_terms(rule: Rule) -> Iterable[Expr]:
    """Return every node of both sides and of the conditions."""
    return postorder((rule.left, rule.right, *(condition.subject for condition in rule.when)))


def random_value(semantics: Semantics, random: Random) -> Expr:
    """Return a random number, now and then a small term such as exp(2/3)."""
    value: Expr = number(_random_rational(random))
    if semantics == "complex" and random.random() < 0.6:
        value = value + number(_random_rational(random)) * build("i")
    if random.random() < 0.2:
        value = build(random.choice(("exp", "sin", "sqrt", "abs", "neg", "sinh", "atan")), value)
    return value


def _random_rational(random: Random) -> Fraction:
    kind = random.randrange(4)
    if kind == 0:
        return Fraction(random.randint(-12, 12), random.randint(1, 6))
    if kind == 1:
        return Fraction(random.uniform(-4, 4))
    if kind == 2:
        return Fraction(random.gauss(0, 1)) * Fraction(2) ** random.randint(-60, 60)
    return Fraction(random.randint(-(10**9), 10**9), 10**6)


def related(value: Expr, random: Random) -> Expr:
    """Return a value that stands in a simple relation to another one."""
    return random.choice(list(_relations(value)))


def _relations(value: Expr) -> Iterator[Expr]:
    yield from (value, -value, value + 1, value - 1, value * 2, value / 2, value * value)
    yield from (1 - value, value + number(_SMALL[1]), value - number(_SMALL[0]), abs(value))
    yield from (value + build("pi"), -value + number(_SMALL[1]), build("exp", value))
    if value.number if value.is_number else False:
        yield 1 / value


def near(value: Expr, random: Random) -> Expr:
    """Return the value itself, or one at a random distance, small or of its own size."""
    step = number(Fraction(random.uniform(-1, 1)).limit_denominator(10**6))
    kind = random.randrange(4)
    if kind == 0:
        return value
    if kind == 1:
        return value + step
    return value * (1 + step) if kind == 2 else value * (1 + step / 2**40)


def pick(values: Sequence[Expr], random: Random) -> Expr:
    """Return one of the values."""
    return values[random.randrange(len(values))]
