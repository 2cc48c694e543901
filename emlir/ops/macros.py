"""Macros: formulas of several operators for which a tree of their own may be known.

A witness is declared for the name of an operator (``add``), of a macro (``inv``), or for
the text of a number (``1/2``, ``-1``). The arguments of a macro are the symbols x and y of
its formula.
"""

from collections.abc import Mapping

MACROS: Mapping[str, tuple[str, ...]] = {
    "inv": ("1/x", "x^(-1)"),
    "half": ("x/2", "1/2*x", "x*(1/2)", "x/(1 + 1)"),
    "double": ("2*x", "x*2", "x + x", "(1 + 1)*x"),
    "sqr": ("x*x", "x^2"),
    "succ": ("x + 1", "1 + x"),
    "pred": ("x - 1",),
    "avg": ("(x + y)/2", "1/2*(x + y)", "(x + y)*(1/2)", "x/2 + y/2"),
    "log": ("ln(y)/ln(x)",),
    "sumsq": ("x*x + y*y", "x^2 + y^2"),
    "golden": ("(1 + sqrt(5))/2", "1/2*(1 + sqrt(5))", "(1 + sqrt(5))*(1/2)"),
}
"""The formulas of each macro, in infix; the first one defines it."""
