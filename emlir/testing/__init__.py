"""Hypothesis strategies and conformance checks, for emlir's own tests and for plugin authors.

    from hypothesis import given
    from emlir.testing import expressions, check_round_trip

    @given(expressions())
    def test_round_trip(expr):
        check_round_trip(expr, "my_notation")

Needs the extra ``testing`` (hypothesis); nothing of emlir imports this module.
"""

from emlir.testing.conformance import (
    check_agreement as check_agreement,
    check_operator as check_operator,
    check_operators as check_operators,
    check_round_trip as check_round_trip,
)
from emlir.testing.strategies import (
    columns as columns,
    eml_trees as eml_trees,
    expressions as expressions,
    numbers as numbers,
    symbol_names as symbol_names,
    truths as truths,
)
