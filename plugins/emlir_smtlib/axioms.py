"""Facts that say what ln is to a solver that knows exp: exp(ln r) = r, for every r > 0 met."""

from collections.abc import Iterable

from emlir import eq, exp, le, ln, or_
from emlir.plugin_api import Expr, postorder
from emlir_smtlib.functions import Style


def axiom(r: Expr) -> Expr:
    """Return the fact about the logarithm of ``r``; it is true whatever ln is elsewhere."""
    return or_(le(r, 0), eq(exp(ln(r)), r))


def is_axiom(claim: Expr) -> bool:
    """Whether a claim is such a fact."""
    if claim.op.name != "or" or claim.args[0].op.name != "le":
        return False
    return claim is axiom(claim.args[0].args[0])


def axioms(roots: Iterable[Expr], style: Style) -> list[Expr]:
    """Return the facts for every logarithm in terms, and in the definitions that they use."""
    found: dict[Expr, None] = {}
    seen: set[Expr] = set()
    waiting = list(roots)
    while waiting:
        for node in postorder((waiting.pop(),)):
            if node in seen:
                continue
            seen.add(node)
            if node.op.qualified_name == "elementary.ln":
                found[axiom(node.args[0])] = None
            waiting += _expanded(node, style)
    return list(found)


def _expanded(node: Expr, style: Style) -> list[Expr]:
    meaning = style.meaning(node.op)
    body = meaning(*node.args) if meaning is not None else None
    return [body] if isinstance(body, Expr) else []
