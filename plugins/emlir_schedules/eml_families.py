"""Families of EML shape: of exp(x) - ln(y), in the fraction u = t/length of the training."""

from emlir import Expr, eml, exp, minimum, parse
from emlir.plugin_api import number, symbol

T = symbol("t")
ZERO, ONE, TWO = number(0), number(1), number(2)


def eml_gamma(top: Expr, order: Expr = ONE, peak: Expr = ONE) -> Expr:
    """peak (t/top)^order exp(order (1 - t/top)): warm-up and decay in one, the peak at ``top``."""
    u = T / top
    return peak * u**order * exp(order * (ONE - u))


def eml_decay(length: Expr, fast: Expr = TWO, slow: Expr = ONE, peak: Expr = ONE) -> Expr:
    """peak eml(-fast u, 1 + slow u). It becomes negative before the end for many parameters."""
    return peak * _decay(minimum(T / length, ONE), fast, slow)


def eml_cooldown(
    length: Expr, fast: Expr = TWO, slow: Expr = ONE, peak: Expr = ONE, final: Expr = ZERO
) -> Expr:
    """eml(-fast u, 1 + slow u), stretched to run from the peak to the final rate."""
    end = _decay(ONE, fast, slow)
    shape = (_decay(minimum(T / length, ONE), fast, slow) - end) / (ONE - end)
    return final + (peak - final) * shape


def eml_tree(length: Expr, tree: str, peak: Expr = ONE) -> Expr:
    """A free EML tree in u = t/length, in the notation ``eml``: ``eml(u, 1)``."""
    return peak * _read(tree, "eml", length)


def formula(text: str, length: Expr = ZERO) -> Expr:
    """Any formula in t, or in u = t/length, which stays at 1 after the length."""
    return _read(text, "infix", length)


def _decay(u: Expr, fast: Expr, slow: Expr) -> Expr:
    return eml(-(fast * u), ONE + slow * u)


def _read(text: str, syntax: str, length: Expr) -> Expr:
    found = parse(text, syntax)
    others = sorted(set(found.symbols) - {"t", "u"})
    if others:
        raise ValueError(f"a schedule is a formula in t or u, not in {', '.join(others)}")
    return found.subs({"u": minimum(T / length, ONE)})
