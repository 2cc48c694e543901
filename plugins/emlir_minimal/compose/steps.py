"""Steps: what forms are composed with. K(z), L(z), X(z) are the sizes of the three trees of z.

Infinities follow ``extended``: the steps with ``MINUS_INFINITY`` have ln 0 and exp(-oo) inside.
"""

from emlir import Expr, eml
from emlir_minimal.compose.form import ONE, Form, form


def _minus_infinity() -> Expr:
    """-oo = e - ln(e - ln 0), K = 11 (paper)."""
    euler = eml(ONE, ONE)
    return eml(ONE, eml(ONE, eml(ONE, eml(euler, ONE))))


MINUS_INFINITY = _minus_infinity()


def exponential(z: Form) -> Form:
    """exp z: its logarithm is there already, X is one exp more."""
    return form(log=z.value)


def logarithm(z: Form) -> Form:
    """Log z, or Log z - 2 pi i on the negative axis: K(z) + 6; its exponential is there."""
    return form(value=z.log, exp=z.value)


def difference(p: Form, q: Form) -> Form:
    """p - q = exp(ln p) - ln(exp q): L(p) + X(q) + 1; needs -pi < Im q <= pi."""
    return form(value=eml(p.log, q.exp))


def negative(q: Form) -> Form:
    """-q = exp(-oo) - ln(exp q): X(q) + 12 (paper); needs -pi < Im q <= pi."""
    return form(value=eml(MINUS_INFINITY, q.exp))


def total(p: Form, q: Form) -> Form:
    """p + q = e - ((e - p) - q): X(p) + X(q) + 13 (paper)."""
    rest = difference(form(value=eml(ONE, p.exp)), q)
    return form(value=eml(ONE, rest.exp))


def product(p: Form, q: Form) -> Form:
    """p q, ln(p q) = e - ((e - ln p) - ln q): K(p) + K(q) + 15 (paper)."""
    rest = eml(_lifted(p).log, q.value)
    return form(log=eml(ONE, eml(rest, ONE)))


def quotient(p: Form, q: Form) -> Form:
    """p / q, ln(p / q) = (e - ln q) - (e - ln p): K(p) + K(q) + 15; right at p = 0 too."""
    return form(log=eml(_lifted(q).log, _lifted(p).exp))


def reciprocal(q: Form) -> Form:
    """1 / q = exp(exp(-oo) - ln q): K(q) + 14 (paper)."""
    return form(log=eml(MINUS_INFINITY, q.value))


def _lifted(z: Form) -> Form:
    """e - ln z: K(z) + 2."""
    return form(value=eml(ONE, z.value))
