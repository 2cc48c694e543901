"""Wide tables, matching pursuit, and products of classes."""

import numpy as np
import pytest

import emlir
from emlir_enumerate import ALGEBRAIC, canonical
from emlir_native import BuildError
from emlir_search.pursuit import Dictionary, Target, pursue
from emlir_search.wide import Family, wide_table

RNG = np.random.default_rng(0)


def spend(count):
    assert count >= 0


def test_a_wide_table_has_each_class_once_with_its_values():
    columns = {name: RNG.uniform(1, 3, 40) for name in "abcd"}
    wide = wide_table(columns, spend)
    for k in range(0, len(wide), 997):
        values = emlir.evaluate(wide.expression(k), columns)
        np.testing.assert_allclose(np.broadcast_to(values, 40), wide.values[k], rtol=1e-9)
    assert len(np.unique(np.round(wide.values[:2000], 8), axis=0)) > 1990
    assert {str(wide.expression(k)) for k in range(4)} == set("abcd")


def test_making_the_tables_can_be_ended_and_counts_for_nothing():
    told = []
    Family(ALGEBRAIC, {3: 5}).shapes(3, told.append)
    assert told and not any(told)


def test_pursuit_finds_the_terms_and_what_is_left():
    terms = RNG.normal(size=(5_000, 60))
    wanted = [17, 400, 4_999]
    target = Target.of(3 + [1.0, -2.0, 0.5] @ terms[wanted], np.ones(60), [np.ones(60)])
    dictionary = Dictionary.of(terms, target)
    *_, last = pursue(dictionary, terms.__getitem__, target)
    best = min(last, key=lambda members: last[members])
    assert [int(dictionary.index[k]) for k in best] == wanted
    assert last[best] < 1e-20
    solved = target.solve([np.ones(60), *terms[wanted]])
    np.testing.assert_allclose(solved, [3, 1, -2, 0.5], rtol=1e-10)


def test_what_the_base_explains_is_no_term():
    x = RNG.uniform(1, 2, 30)
    target = Target.of(x**2, np.ones(30), [np.ones(30), x])
    assert Dictionary.of(np.stack([x, 3 * x + 1, x**3]), target).index.tolist() == [2]


LAWS = [
    ("r*F*sin(theta)", (1, 5)),
    ("w0/(1 - v/c)", (1, 2)),
    ("n*k*T*ln(V2/V1)", (1, 5)),
    ("q*E/(m*(a^2 - b^2))", (1, 3)),
    ("exp(-(t/s)^2/2)/s", (1, 3)),
]


@pytest.mark.parametrize(("text", "limits"), LAWS)
def test_products_of_many_variables_are_found(text, limits):
    truth = emlir.parse(text)
    rng = np.random.default_rng(3)
    columns = {name: rng.uniform(*limits, 300) for name in truth.symbols}
    y = emlir.evaluate(truth, columns)
    table = np.stack(list(columns.values()), axis=1)
    found = emlir.fit(table, y, names=truth.symbols, time_limit=30)
    fresh = {name: rng.uniform(*limits, 100) for name in truth.symbols}
    np.testing.assert_allclose(
        emlir.evaluate(found.expression, fresh), emlir.evaluate(truth, fresh), rtol=1e-8
    )
    assert found.expression.tree_size <= 2 * truth.tree_size


def test_the_clock_is_looked_at_while_shapes_are_enumerated(monkeypatch):
    """Also in tables that no search used before: a small time limit holds."""
    monkeypatch.setattr(canonical, "user_cache", no_folder)
    canonical.forget()
    looks = []
    columns = {name: np.linspace(1, 2, 9) ** (k + 1) for k, name in enumerate("ab")}
    family = Family(ALGEBRAIC, {1: 1, 2: 6})
    table = wide_table(columns, looks.append, family=family)
    canonical.forget()
    assert looks.count(0) > 20
    assert sum(looks) >= len(table)  # what is not of this search is no work of it
    warm = []
    wide_table(columns, warm.append, family=family)
    wide_table(columns, warm.append, family=family)
    assert warm.count(0) == looks.count(0)


def no_folder(name):
    raise BuildError("no folder")
