"""The exact checker's table of operators means what the operators mean in emlir."""

from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st
from mpmath import mp

import emlir
from emlir import DomainError
from emlir.expr.table import find_operator
from emlir.plugin_api import number
from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.claims import RELATIONS, TABLE, values_of
from tests.plugins.point_values import CLOSE, DIGITS, values_at

NAMES = ("x", "y")
values = st.one_of(
    st.sampled_from([Fraction(k, 2) for k in range(-6, 7)]),
    st.fractions(-4, 4, max_denominator=30),
)


class AtPoint:
    """Knows all that is so at one point; what is close to equal is taken for equal."""

    def __init__(self, point):
        self.atoms, self.point = Atoms(), point

    def shows(self, poly, relation):
        value, size = values_at(self.atoms, poly, self.point)
        slack = CLOSE * max(size, 1)
        if relation == "=":
            return abs(value) <= slack
        return value > slack if relation == ">" else value >= -slack

    def is_nonzero(self, poly):
        return self.shows(poly, ">") or self.shows(-poly, ">")


def meaning(name, point):
    """The value of an operator by the checker's table, None where it is not defined."""
    arity = find_operator(name.split(".")[-1].split("@")[0]).arity
    nodes = [["var", n] for n in NAMES[:arity]]
    known = AtPoint(point)
    *_, found = values_of([*nodes, [name, *range(arity)]], known)
    if found is None or isinstance(found, bool):
        return found
    return values_at(known.atoms, found, point)[0]


def expected(name, point):
    """What emlir says: bounds, or None."""
    operator = find_operator(name.split(".")[-1].split("@")[0])
    try:
        return emlir.enclose(operator(*(number(point[n]) for n in NAMES[: operator.arity])), {})
    except DomainError:
        return None


@pytest.mark.parametrize("name", sorted(TABLE))
@settings(max_examples=40)
@given(values, values)
def test_an_operator_has_the_value_that_it_has_in_emlir(name, x, y):
    mp.dps = DIGITS
    point = {"x": x, "y": y}
    found, bounds = meaning(name, point), expected(name, point)
    if found is not None:
        assert bounds is not None
        slack = 1e-12 * max(1, abs(bounds[0]))
        assert bounds[0] - slack <= float(found) <= bounds[1] + slack


@pytest.mark.parametrize("name", sorted(RELATIONS))
@settings(max_examples=40)
@given(values, values)
def test_a_relation_holds_where_it_holds_in_emlir(name, x, y):
    operator = find_operator(RELATIONS[name])
    claim = operator(number(x), number(y))
    verdict = emlir.prove(claim, None, prover="enclosure")
    found = meaning(name, {"x": x, "y": y})
    assert found == {"enclosed": True, "refuted": False}[verdict.verdict]


def test_the_operators_are_defined_somewhere():
    """Else the comparison above says nothing."""
    mp.dps = DIGITS
    points = [{"x": Fraction(a, 2), "y": Fraction(b, 2)} for a in range(-4, 5) for b in (-1, 1, 3)]
    for name in TABLE:
        assert any(meaning(name, point) is not None for point in points), name
