"""The negation of a claim as a script for z3, which knows exp and ln, or cvc5, which knows exp.

The claim fails where it is undefined, so that is part of the negation. x^y is exp(y ln x) where
y is not an integer. For cvc5 a logarithm of r is a fresh l with exp(l) = r.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import reduce

import emlir
from emlir import Assumptions, Expr, and_, eq, exp, le, ln, not_, or_
from emlir.plugin_api import postorder, rebuild, symbol
from emlir_smtlib.defined import TRUE, defined
from emlir_smtlib.functions import STYLES, Style, integer_power
from emlir_smtlib.writer import Script

POLYNOMIAL = ("leaf", "arithmetic", "piecewise")


def _root(_: Expr) -> str:
    return "(^ a1 0.5)"


_CVC5 = STYLES["cvc5"]
_Z3_HEADS = {name: name for name in ("exp", "ln", "sin", "cos", "tan", "atan", "pi")}
_Z3 = replace(
    _CVC5,
    heads={f"elementary.{name}": head for name, head in _Z3_HEADS.items()},
    meanings={**_CVC5.meanings, "elementary.sqrt": _root},
)


def for_z3(claim: str, where: str) -> str:
    """Return the negation without what z3 knows of ln anyway, and is slower with."""
    lines = _lines(_failure(claim), where, _Z3)
    return "\n".join(line for line in lines.splitlines() if "emlir.axiom" not in line)


def for_cvc5(claim: str, where: str) -> str:
    """Return the negation without ln."""
    return _lines(_without_logarithms(_failure(claim)), where, _CVC5)


def _failure(claim: str) -> Expr:
    """Return what is true exactly where the claim is false or undefined."""
    expr = emlir.parse(claim)
    condition = defined(expr)
    fails = not_(expr) if condition is TRUE else or_(not_(condition), not_(expr))
    return _replaced(fails, lambda node: exp(node.args[1] * ln(node.args[0])), _is_real_power)


def _is_real_power(node: Expr) -> bool:
    return node.op.qualified_name == "arithmetic.pow" and integer_power(node) is None


def _without_logarithms(expr: Expr) -> Expr:
    facts: list[Expr] = []

    def fresh(node: Expr) -> Expr:
        logarithm = symbol(f"logarithm {len(facts) + 1}")
        facts.append(or_(le(node.args[0], 0), eq(exp(logarithm), node.args[0])))
        return logarithm

    rest = _replaced(expr, fresh, lambda node: node.op.qualified_name == "elementary.ln")
    return reduce(and_, facts, rest)


def _replaced(
    root: Expr, replacement: Callable[[Expr], Expr], concerns: Callable[[Expr], bool]
) -> Expr:
    """Replace nodes, inner ones first."""
    table: dict[Expr, Expr] = {}
    for node in postorder((root,)):
        new = rebuild(node, tuple(table[arg] for arg in node.args)) if node.args else node
        table[node] = replacement(new) if concerns(new) else new
    return table[root]


def _lines(expr: Expr, where: str, style: Style) -> str:
    """Return a script; without functions its logic says so, which helps with polynomials."""
    simple = all(node.op.family in POLYNOMIAL for node in postorder((expr,)))
    chosen = replace(style, logic="") if simple else style
    return "\n".join(Script(expr, Assumptions.of(where), chosen).lines()) + "\n"
