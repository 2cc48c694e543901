"""Expressions as sympy objects and as Python text that builds them; see the README."""

from typing import Any

from emlir.plugin_api import Expr


def to_sympy(expr: Expr) -> Any:
    """Return the sympy object for an expression: nothing evaluated, nothing rearranged.

    Raises :class:`emlir.MissingDependencyError` without sympy, and
    :class:`emlir.InexpressibleError` for a truth operator that sympy lacks.
    """
    from emlir_sympy.objects import build

    return build(expr)
