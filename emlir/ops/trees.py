"""Raw EML trees: the building blocks of the lowerings.

Each function gives nodes of ``eml``, 1 and its arguments only. The identities follow from
eml(a, b) = exp(a) - ln(b); K is the leaf-and-node count with arguments counted once.
Sources: Odrzywolek, arXiv:2603.21852, and the derivation given with each tree.
"""

from emlir.expr.core import Expr, number
from emlir.ops.eml import eml
from emlir.ops.kit import Kit


def one() -> Expr:
    """1."""
    return number(1)


def exp_tree(x: Expr) -> Expr:
    """exp(x) = eml(x, 1), K = 3."""
    return eml(x, one())


def ln_tree(x: Expr) -> Expr:
    """ln(x) = e - ln(exp(e - ln x)), K = 7; off by 2 pi i on the negative axis."""
    return eml(one(), exp_tree(eml(one(), x)))


def zero_tree() -> Expr:
    """0 = ln 1, K = 7."""
    return ln_tree(one())


def minus_infinity_tree() -> Expr:
    """-oo = e - ln(e - ln 0), K = 11; not in ``real``."""
    return eml(one(), eml(one(), zero_tree()))


def exp_minus(x: Expr, y: Expr) -> Expr:
    """exp(x) - y as eml(x, exp(y)): for y with |Im y| <= pi, any x."""
    return eml(x, exp_tree(y))


def minus(x: Expr, y: Expr) -> Expr:
    """x - y = exp(ln x) - ln(exp y), K = 11: for x that has a logarithm, |Im y| <= pi."""
    return exp_minus(ln_tree(x), y)


def gap(x: Expr) -> Expr:
    """exp(x) - x, which is at least 1 for every real x; K = 5."""
    return exp_minus(x, x)


def real_negation(x: Expr) -> Expr:
    """-x = (exp(x) - x) - exp(x), K = 17, for every real x, all steps finite."""
    return exp_minus(ln_tree(gap(x)), exp_tree(x))


def real_difference(x: Expr, y: Expr) -> Expr:
    """x - y = (exp(y) - y) - (exp(y) - x), K = 19, for all real x and y, all steps finite."""
    return exp_minus(ln_tree(gap(y)), exp_minus(y, x))


def wide_negation(x: Expr) -> Expr:
    """-x = e - (exp(e) - ((exp(e) - e) - x)), K = 29: as above, in floats for |x| < 709."""
    euler = exp_tree(one())
    offset = ln_tree(exp_minus(euler, euler))
    return exp_minus(one(), exp_minus(euler, exp_minus(offset, x)))


def extended_negation(x: Expr) -> Expr:
    """-x = exp(-oo) - ln(exp x), K = 15, for every real x, with an infinity inside."""
    return exp_minus(minus_infinity_tree(), x)


def product(x: Expr, y: Expr) -> Expr:
    """x * y = exp(e - ((e - ln x) - ln y)), K = 17 (paper); at 0 through an infinity."""
    return exp_tree(eml(one(), exp_tree(eml(ln_tree(eml(one(), x)), y))))


def total(x: Expr, y: Expr) -> Expr:
    """x + y = e - ((e - x) - y), K = 19."""
    return eml(one(), exp_tree(eml(ln_tree(eml(one(), exp_tree(x))), exp_tree(y))))


def quotient(x: Expr, y: Expr) -> Expr:
    """x / y = exp((e - ln y) - (e - ln x)), K = 17; at x = 0 through an infinity."""
    return exp_tree(eml(ln_tree(eml(one(), y)), exp_tree(eml(one(), x))))


def large_quotient(x: Expr, y: Expr) -> Expr:
    """x / y = exp(exp(ln ln x) - ln y), K = 17: for x > 1 all steps are real."""
    return exp_tree(eml(ln_tree(ln_tree(x)), y))


def minus_one() -> Expr:
    """-1 = exp(-oo) - ln e, K = 15."""
    return eml(minus_infinity_tree(), exp_tree(one()))


def minus_pi_i() -> Expr:
    """-pi i = exp(-oo) - Log(-1), K = 27, in ``complex``."""
    return eml(minus_infinity_tree(), minus_one())


KIT = Kit(one, exp_tree, ln_tree, minus, total, product, quotient, minus_pi_i)
"""How EML writes the functions of :class:`emlir.ops.kit.Kit`."""
