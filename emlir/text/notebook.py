"""What notebooks show for an expression: LaTeX and a picture of the graph, where that works.

A notebook asks for these on its own, so nothing here raises: a plugin that is missing or an
expression that is too large leaves the plain text.
"""

from emlir.expr.core import Expr, set_displays
from emlir.text.syntax import emit

MAX_LATEX = 2_000
"""The most distinct nodes that are shown as LaTeX; svg has a limit of its own."""


def latex(expr: Expr) -> str | None:
    """Return displayed LaTeX between dollar signs, or ``None``."""
    text = _try(expr, "latex") if expr.dag_size <= MAX_LATEX else None
    return None if text is None else f"$\\displaystyle {text}$"


def svg(expr: Expr) -> str | None:
    """Return a picture of the graph, or ``None``."""
    return _try(expr, "svg")


def _try(expr: Expr, syntax: str) -> str | None:
    try:
        return emit(expr, syntax)
    except Exception:  # whatever a plugin does, the notebook goes on
        return None


set_displays(latex, svg)
