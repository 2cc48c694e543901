"""The claim: a list of nodes, each an operator with earlier nodes, and what facts say of it.

A node is ``["var", name]``, ``["number", "p/q"]``, or an operator's qualified name with its
version and the numbers of its arguments. Other operators than those of ``TABLE`` are never
shown to be defined. Semantics: reals; ``x^0`` is 1; a whole power is a product; any other
power needs a positive base, and is exp(y ln x), or a root for halves.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Protocol

from .atoms import Atoms
from .facts import CertificateError, Relation
from .polynomials import UNIT, Poly, number

Value = Poly | bool | None
"""What a node is on a part of the box: a number, true, false, or not known to be either."""


class Known(Protocol):
    """What is known on a part of the box, as :class:`facts.Facts` tells it."""

    atoms: Atoms

    def shows(self, poly: Poly, relation: Relation) -> bool:
        """Whether it is known that ``poly`` compares so with 0."""
        ...

    def is_nonzero(self, poly: Poly) -> bool:
        """Whether ``poly`` is known to have no zero."""
        ...


Meaning = Callable[[Known, Atoms, Sequence[Poly]], Poly | None]
HALF = Fraction(1, 2)


def _quotient(facts: Known, atoms: Atoms, a: Poly, b: Poly) -> Poly | None:
    return atoms.times(a, atoms.recip(b)) if facts.is_nonzero(b) else None


def _logarithm(facts: Known, atoms: Atoms, p: Poly) -> Poly | None:
    return atoms.ln(p) if facts.shows(p, ">") else None


def _root(facts: Known, atoms: Atoms, p: Poly) -> Poly | None:
    return atoms.sqrt(p) if facts.shows(p, ">=") else None


def _power(facts: Known, atoms: Atoms, a: Poly, b: Poly) -> Poly | None:
    exponent = b.constant if b.is_number else None
    if exponent is not None and exponent.denominator == 1:
        base = a if exponent >= 0 else _quotient(facts, atoms, UNIT, a)
        return None if base is None else atoms.power(base, abs(int(exponent)))
    if exponent is not None and exponent.denominator == 2:
        root = _root(facts, atoms, a)
        if root is not None and exponent < 0:
            root = _quotient(facts, atoms, UNIT, root)
        return None if root is None else atoms.power(root, abs(int(2 * exponent)))
    log = _logarithm(facts, atoms, a)
    return None if log is None else atoms.exp(atoms.times(b, log))


def _tanh(facts: Known, atoms: Atoms, x: Poly) -> Poly | None:
    rest = _quotient(facts, atoms, number(2), atoms.exp(x.scaled(Fraction(2))) + UNIT)
    return None if rest is None else UNIT - rest


def _asinh(facts: Known, atoms: Atoms, x: Poly, sign: int) -> Poly | None:
    root = _root(facts, atoms, atoms.times(x, x) + number(sign))
    return None if root is None else _logarithm(facts, atoms, x + root)


def _acosh(facts: Known, atoms: Atoms, x: Poly) -> Poly | None:
    return _asinh(facts, atoms, x, -1) if facts.shows(x - UNIT, ">=") else None


def _atanh(facts: Known, atoms: Atoms, x: Poly) -> Poly | None:
    up, down = _logarithm(facts, atoms, UNIT + x), _logarithm(facts, atoms, UNIT - x)
    return None if up is None or down is None else (up - down).scaled(HALF)


def _eml(facts: Known, atoms: Atoms, x: Poly, y: Poly) -> Poly | None:
    log = _logarithm(facts, atoms, y)
    return None if log is None else atoms.exp(x) - log


def _edl(facts: Known, atoms: Atoms, x: Poly, y: Poly) -> Poly | None:
    log = _logarithm(facts, atoms, y)
    return None if log is None else _quotient(facts, atoms, atoms.exp(x), log)


def _arcsine(facts: Known, atoms: Atoms, p: Poly) -> Poly | None:
    inside = facts.shows(UNIT - p, ">=") and facts.shows(UNIT + p, ">=")
    return atoms.asin(p) if inside else None


def _mod(facts: Known, atoms: Atoms, x: Poly, y: Poly) -> Poly | None:
    ratio = _quotient(facts, atoms, x, y)
    return None if ratio is None else x - atoms.times(y, atoms.floor(ratio))


def _size(facts: Known, atoms: Atoms, p: Poly) -> Poly:
    if facts.shows(p, ">="):
        return p
    return -p if facts.shows(-p, ">=") else atoms.abs(p)


def _extreme(facts: Known, atoms: Atoms, a: Poly, b: Poly, sign: int) -> Poly:
    return (a + b + _size(facts, atoms, a - b).scaled(Fraction(sign))).scaled(HALF)


def _wave_sum(atoms: Atoms, x: Poly, sign: int) -> Poly:
    """(exp(x) + sign exp(-x)) / 2."""
    return (atoms.exp(x) + atoms.exp(-x).scaled(Fraction(sign))).scaled(HALF)


TABLE: dict[str, Meaning] = {
    "arithmetic.add@1": lambda f, a, x: x[0] + x[1],
    "arithmetic.sub@1": lambda f, a, x: x[0] - x[1],
    "arithmetic.neg@1": lambda f, a, x: -x[0],
    "arithmetic.mul@1": lambda f, a, x: a.times(x[0], x[1]),
    "arithmetic.div@1": lambda f, a, x: _quotient(f, a, *x),
    "arithmetic.pow@1": lambda f, a, x: _power(f, a, *x),
    "eml.eml@1": lambda f, a, x: _eml(f, a, *x),
    "sibling.neml@1": lambda f, a, x: None if (v := _eml(f, a, x[1], x[0])) is None else -v,
    "sibling.edl@1": lambda f, a, x: _edl(f, a, *x),
    "elementary.exp@1": lambda f, a, x: a.exp(x[0]),
    "elementary.ln@1": lambda f, a, x: _logarithm(f, a, x[0]),
    "elementary.sqrt@1": lambda f, a, x: _root(f, a, x[0]),
    "elementary.e@1": lambda f, a, x: a.exp(UNIT),
    "elementary.pi@1": lambda f, a, x: a.pi(),
    "elementary.sin@1": lambda f, a, x: a.sin(x[0]),
    "elementary.cos@1": lambda f, a, x: a.cos(x[0]),
    "elementary.tan@1": lambda f, a, x: _quotient(f, a, a.sin(x[0]), a.cos(x[0])),
    "elementary.atan@1": lambda f, a, x: a.atan(x[0]),
    "elementary.asin@1": lambda f, a, x: _arcsine(f, a, x[0]),
    "elementary.acos@1": lambda f, a, x: (
        None if (v := _arcsine(f, a, x[0])) is None else a.pi().scaled(HALF) - v
    ),
    "elementary.sinh@1": lambda f, a, x: _wave_sum(a, x[0], -1),
    "elementary.cosh@1": lambda f, a, x: _wave_sum(a, x[0], 1),
    "elementary.tanh@1": lambda f, a, x: _tanh(f, a, x[0]),
    "elementary.asinh@1": lambda f, a, x: _asinh(f, a, x[0], 1),
    "elementary.acosh@1": lambda f, a, x: _acosh(f, a, x[0]),
    "elementary.atanh@1": lambda f, a, x: _atanh(f, a, x[0]),
    "elementary.log1p@1": lambda f, a, x: _logarithm(f, a, UNIT + x[0]),
    "elementary.expm1@1": lambda f, a, x: a.exp(x[0]) - UNIT,
    "elementary.sigmoid@1": lambda f, a, x: _quotient(f, a, UNIT, UNIT + a.exp(-x[0])),
    "elementary.softplus@1": lambda f, a, x: _logarithm(f, a, UNIT + a.exp(x[0])),
    "elementary.hypot@1": lambda f, a, x: _root(f, a, a.times(x[0], x[0]) + a.times(x[1], x[1])),
    "elementary.logaddexp@1": lambda f, a, x: _logarithm(f, a, a.exp(x[0]) + a.exp(x[1])),
    "piecewise.abs@1": lambda f, a, x: _size(f, a, x[0]),
    "piecewise.min@1": lambda f, a, x: _extreme(f, a, x[0], x[1], -1),
    "piecewise.max@1": lambda f, a, x: _extreme(f, a, x[0], x[1], 1),
    "piecewise.floor@1": lambda f, a, x: a.floor(x[0]),
    "piecewise.mod@1": lambda f, a, x: _mod(f, a, *x),
}
"""The operators and what they mean in the normal form."""

RELATIONS = {f"piecewise.{name}@1": name for name in ("lt", "le", "gt", "ge", "eq", "ne")}
JOINS = {f"piecewise.{name}@1": name for name in ("and", "or", "not", "true", "false", "where")}

Node = Sequence[Any]


def values_of(nodes: Sequence[Node], facts: Known) -> list[Value]:
    """Return what the facts show of each node; the last one is the claim."""
    values: list[Value] = []
    for node in nodes:
        name, *args = node
        if name in ("var", "number"):
            values.append(facts.atoms.var(args[0]) if name == "var" else number(Fraction(args[0])))
        else:
            values.append(_meaning(name, [_earlier(values, k) for k in args], facts))
    return values


def _earlier(values: Sequence[Value], k: Any) -> Value:
    if not isinstance(k, int) or not 0 <= k < len(values):
        raise CertificateError(f"a node refers to {k!r}, which is no earlier node")
    return values[k]


def _meaning(name: str, args: Sequence[Value], facts: Known) -> Value:
    if name in JOINS:
        return _joined(JOINS[name], args)
    polys = [arg for arg in args if isinstance(arg, Poly)]
    if len(polys) != len(args) or (name not in TABLE and name not in RELATIONS):
        return None
    if name in RELATIONS:
        return _compared(RELATIONS[name], polys[0] - polys[1], facts)
    return TABLE[name](facts, facts.atoms, polys)


def _joined(name: str, args: Sequence[Value]) -> Value:
    if name in ("true", "false"):
        return name == "true"
    if name == "where":
        return None if args[0] is None else args[1] if args[0] is True else args[2]
    if name == "not":
        return None if args[0] is None else args[0] is False
    decisive = name == "or"
    if decisive in args:
        return decisive
    return None if None in args else not decisive


def _compared(name: str, difference: Poly, facts: Known) -> bool | None:
    """Return whether left - right compares so with 0."""
    p = -difference if name in ("lt", "le") else difference
    if name in ("eq", "ne"):
        equal = True if facts.shows(p, "=") else False if facts.is_nonzero(p) else None
        return equal if equal is None or name == "eq" else not equal
    strict = name in ("lt", "gt")
    if facts.shows(p, ">" if strict else ">="):
        return True
    return False if facts.shows(-p, ">=" if strict else ">") else None
