"""The sum of the rates: Taylor blocks against the sum of the rates one by one."""

import math
from fractions import Fraction

import pytest
from flint import arb
from hypothesis import given, strategies as st

import emlir
from emlir_arb import prepare, taylor, working_precision
from emlir_schedules import read_schedule, schedule
from emlir_schedules.area import area
from emlir_schedules.powers import power_sum


@given(st.integers(1, 40), st.integers(0, 12))
def test_sums_of_powers(count, power):
    middle = Fraction(count - 1, 2)
    assert power_sum(count, power) == sum((k - middle) ** power for k in range(count))


@pytest.mark.parametrize(
    "text",
    [
        "cosine(total=5000, warmup=77)",
        "inverse_sqrt(total=5000, timescale=10, warmup=10)",
        "wsd(total=5000, decay=900, shape=sqrt)",
        "polynomial(total=5000, power=1.5)",
        "exponential(total=5000, gamma=0.9)",
        "rex(total=5000)",
        "tanh(total=5000)",
        "eml_gamma(total=5000, top=100, order=3)",
        "eml_decay(total=5000)",
        'formula("abs(exp(u) - 2)", total=900)',
    ],
)
def test_the_bounds_hold_the_sum_of_many_rates(text):
    made = read_schedule(text)
    found, rates = area(made), made.trace().tolist()
    rounding = 4e-16 * math.fsum(map(abs, rates)) + 1e-15
    assert found.lo - Fraction(rounding) <= math.fsum(rates) <= found.hi + Fraction(rounding)
    assert found.hi - found.lo < 1e-12 * math.fsum(map(abs, rates))


def test_a_growing_rate():
    found, ratio = area(schedule("exponential", gamma="1.01", total=3000)), Fraction(101, 100)
    exact = (ratio**3000 - 1) / (ratio - 1)
    assert found.lo <= exact <= found.hi and found.hi - found.lo < exact / 10**13


def test_huge_totals_take_no_longer():
    total = 10**12
    found = area(schedule("cosine", total=total))
    assert found.lo <= Fraction(total + 1, 2) <= found.hi and found.hi - found.lo < 1
    assert area(schedule("linear", total=total)).lo == Fraction(total + 1, 2)


@pytest.mark.parametrize(
    "text", ["exp(t)", "ln(t)", "sqrt(t)", "t^3", "t^0.5", "2^t", "sin(t)", "cos(pi*t)", "tanh(t)",
             "sigmoid(t)", "1/t", "atan(t)", "eml(-t, 1 + t)", "e*t - t/3"],
)  # fmt: skip
def test_taylor_has_the_derivatives(text):
    term, place = emlir.parse(text), Fraction(3, 2)
    with working_precision(128):
        found = taylor(prepare(term, "real"), place, place, 5)
        wide = taylor(prepare(term, "real"), place - Fraction(1, 8), place + Fraction(1, 9), 5)
    for k in range(6):
        lo, hi = emlir.enclose(term, {"t": (place, place)})
        size = float(found[k].mid()) * math.factorial(k)
        assert size == pytest.approx((lo + hi) / 2, rel=1e-12, abs=1e-12)
        assert wide[k].contains(arb(found[k].mid())) and wide[k].rad() < 30
        term = term.diff("t")


@pytest.mark.parametrize("text", ["1/t", "ln(t)", "sqrt(t)", "t^0.5", "abs(t)", "min(t, exp(t))"])
def test_taylor_where_a_function_is_not_smooth(text):
    with working_precision(128):
        assert taylor(emlir.parse(text), Fraction(-1), Fraction(1), 2) is None
