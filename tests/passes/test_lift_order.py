"""The order of terms and factors in what lift writes is the same in every process."""

import emlir
from emlir.passes.lifting.words import Leading


def test_functions_of_one_expression_are_ordered_by_name():
    """They come out of a set, whose order changes with the seed of the hashes of strings."""
    inside = emlir.parse("exp(x) + 1")
    factors = [(Leading(inside), "sum"), (Leading(inside), "ln")]
    for given_order in (factors, factors[::-1]):
        assert [kind for _, kind in sorted(given_order)] == ["ln", "sum"]
