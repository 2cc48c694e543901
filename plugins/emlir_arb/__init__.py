"""Real and complex balls: rigorous enclosures of expressions, on python-flint (Arb).

``Evaluator`` evaluates node by node; ``prepare`` makes an expression ready for it.
"""

from typing import TYPE_CHECKING

from emlir.plugin_api import later

if TYPE_CHECKING:
    from emlir_arb.ball import Ball as Ball, arithmetic as arithmetic
    from emlir_arb.evaluator import (
        Evaluator as Evaluator,
        box_values as box_values,
        prepare as prepare,
        working_precision as working_precision,
    )
    from emlir_arb.outward import float_above as float_above, float_below as float_below
    from emlir_arb.series import taylor as taylor
    from emlir_arb.value import Value as Value

__getattr__ = later(
    __name__,
    {
        "Ball": "emlir_arb.ball",
        "arithmetic": "emlir_arb.ball",
        "Evaluator": "emlir_arb.evaluator",
        "box_values": "emlir_arb.evaluator",
        "prepare": "emlir_arb.evaluator",
        "working_precision": "emlir_arb.evaluator",
        "float_above": "emlir_arb.outward",
        "float_below": "emlir_arb.outward",
        "taylor": "emlir_arb.series",
        "Value": "emlir_arb.value",
    },
)
