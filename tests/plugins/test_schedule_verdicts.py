"""Verdicts on formulas that are made to mislead: a wrong one is worse than none."""

import pytest

from emlir_schedules import read_schedule
from emlir_schedules.properties import Study, prove_property


def verdicts(text, *names, total=10):
    study = Study(read_schedule(f'formula("{text}", total={total})'))
    return {name: prove_property(study, name) for name in names}


def verdict(text, name, total=10):
    return verdicts(text, name, total=total)[name]


@pytest.mark.parametrize(
    "text",
    [
        "floor(exp(u))",
        "where(exp(u) < 2, 1 - u, 2 - u)",
        "floor(4*u*u)",
        "mod(10, 1 + t)",
        "where(t < 2, floor(t^2), 3)",
    ],
)
def test_jumps_at_steps_that_are_not_found(text):
    for name, one in verdicts(text, "continuous", "monotone", "unique_peak").items():
        assert one.verdict == "unknown", name


@pytest.mark.parametrize("text", ["2*t*exp(-t*t)", "sin(t)"])
def test_equal_maxima_without_an_exact_place(text):
    expected = "unknown" if "sin" in text else "proved"
    assert verdict(text, "unique_peak").verdict == expected


def test_the_highest_of_several_maxima():
    found = verdict("u*sin(12*u)", "unique_peak", total=100)
    made = read_schedule('formula("u*sin(12*u)", total=100)')
    assert found.verdict == "proved"
    assert abs(made.trace().argmax() - float(found.statement.rpartition(" ")[2])) <= 1


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("where(t = 5, 100, 1)", "stays on [0, 5), stays on (5, 10]"),
        ("where(t < 5, t, 1)", "rises on [0, 5), stays on [5, 10]"),
        ("where(t <= 5, t, 1)", "rises on [0, 5], stays on (5, 10]"),
        ("where(t < 5, t, 5)", "rises on [0, 5], stays on [5, 10]"),
        ("min(t, 5) + abs(t - 5)", "stays on [0, 5], rises on [5, 10]"),
    ],
)
def test_runs_end_before_a_jump(text, statement):
    found = verdict(text, "monotone")
    assert (found.verdict, found.statement) == ("proved", statement)


@pytest.mark.parametrize("text", ["abs(exp(u) - 2)", "sqrt((t - 5)^2)"])
def test_a_place_without_a_slope_refutes_nothing(text):
    found = verdict(text, "monotone")
    assert found.verdict == "unknown" and "minimum between" in found.statement


@pytest.mark.parametrize(
    "text", ["where(t <= 0, 1, sin(t)/t)", "where(t < 5, (5 - t)*ln(5 - t), 0)"]
)
def test_a_formula_that_is_undefined_at_a_joint_refutes_nothing(text):
    found = verdict(text, "continuous")
    assert found.verdict == "unknown" and "comes near to" in found.detail


@pytest.mark.parametrize("text", ["ln(t - 3)", "sqrt(t - 3)", "sqrt(-1 - t)", "1/(t - 10)"])
def test_an_undefined_rate_refutes_and_raises_nothing(text):
    found = verdicts(text, "nonnegative", "positive", "bounded", "continuous", "end")
    for name in ("nonnegative", "positive", "bounded", "continuous"):
        if (text, name) != ("1/(t - 10)", "positive"):
            assert found[name].verdict == "refuted", name
    at_the_end = "refuted" if text in ("sqrt(-1 - t)", "1/(t - 10)") else "proved"
    assert found["end"].verdict == at_the_end


def test_conditions_joined_by_and_or_not():
    found = verdicts("where(t < 5 and not t <= 2, 1, 2)", "monotone", "continuous")
    assert found["monotone"].statement == "stays on [0, 2], stays on (2, 5), stays on [5, 10]"
    assert found["continuous"].point == 2
    assert verdict("where(t < 5 or t > 7, 1, 1)", "continuous").verdict == "proved"
