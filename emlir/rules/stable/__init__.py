"""Rules for accurate evaluation in floating point, for the pass ``stabilise``.

Each is an identity on the whole domain of its left side under its conditions; whether it
helps is measured where it is applied.
"""

from emlir.rewrite.rule import Rule
from emlir.rules.stable import (
    algebra,
    exponentials,
    hyperbolic,
    logarithms,
    tidying,
    trigonometry,
)

RULES: tuple[Rule, ...] = (
    *tidying.RULES,
    *algebra.RULES,
    *exponentials.RULES,
    *logarithms.RULES,
    *hyperbolic.RULES,
    *trigonometry.RULES,
)
