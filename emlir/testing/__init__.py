"""Hypothesis strategies and conformance checks, for emlir's own tests and for plugin authors.

    from hypothesis import given
    from emlir.testing import expressions, check_round_trip

    @given(expressions())
    def test_round_trip(expr):
        check_round_trip(expr, "my_notation")

Needs the extra ``testing`` (hypothesis) for the strategies. ``CASES`` and the runners of the
paper's numeric suites are here too. Everything is imported at its first use.
"""

from typing import TYPE_CHECKING

from emlir.lazy import later

if TYPE_CHECKING:
    from emlir.testing.accuracy import correct_bits as correct_bits
    from emlir.testing.conformance import (
        check_agreement as check_agreement,
        check_operator as check_operator,
        check_operators as check_operators,
        check_round_trip as check_round_trip,
    )
    from emlir.testing.rules import (
        RuleReport as RuleReport,
        check_rule as check_rule,
        examine_rule as examine_rule,
    )
    from emlir.testing.strategies import (
        columns as columns,
        eml_trees as eml_trees,
        expressions as expressions,
        numbers as numbers,
        symbol_names as symbol_names,
        truths as truths,
    )
    from emlir.testing.suite_c import c_compiler as c_compiler, run_c as run_c
    from emlir.testing.suite_runners import (
        run_balls as run_balls,
        run_emlir as run_emlir,
        run_numpy as run_numpy,
    )
    from emlir.testing.suites import (
        CASES as CASES,
        Case as Case,
        Report as Report,
        find_case as find_case,
    )

_PLACES = {
    "accuracy": "correct_bits",
    "conformance": "check_agreement check_operator check_operators check_round_trip",
    "rules": "RuleReport check_rule examine_rule",
    "strategies": "columns eml_trees expressions numbers symbol_names truths",
    "suite_c": "c_compiler run_c",
    "suite_runners": "run_balls run_emlir run_numpy",
    "suites": "CASES Case Report find_case",
}

__getattr__ = later(
    __name__,
    {name: f"{__name__}.{module}" for module, names in _PLACES.items() for name in names.split()},
)
