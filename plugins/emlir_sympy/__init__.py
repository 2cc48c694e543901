"""Expressions as sympy objects and as Python text that builds them, and back; see the README."""

from typing import Any

from emlir.plugin_api import Expr


def to_sympy(expr: Expr) -> Any:
    """Return the sympy object for an expression: nothing evaluated, nothing rearranged.

    Raises :class:`emlir.MissingDependencyError` without sympy, and
    :class:`emlir.InexpressibleError` for a truth operator that sympy lacks.
    """
    from emlir_sympy.objects import build

    return build(expr)


def from_sympy(obj: Any) -> Expr:
    """Return the expression that a sympy object means: nothing evaluated, nothing rearranged.

    It inverts :func:`to_sympy` exactly, and reads sympy's own objects: sums, products, Min,
    Max, And and Or of several operands from the left, in the order of ``obj.args``. What is
    assumed of symbols is left out.

    Raises :class:`emlir.InexpressibleError`, which names it, for what emlir lacks,
    ``TypeError`` for what is no sympy object, and :class:`emlir.MissingDependencyError`
    without sympy.
    """
    from emlir_sympy.object_reader import read_object

    return read_object(obj)
