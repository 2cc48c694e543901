"""Pipelines as text."""

import pytest

import emlir


@pytest.mark.parametrize(
    ("formula", "pipeline", "result"),
    [
        ("eml(x, 1) - eml(0, 1)", "lift, fold", "exp(x) - 1"),
        ("x*exp(x)", "differentiate(x), simplify", "exp(x) + x*exp(x)"),
        ("x^2 + y*x", "specialise(x = 3)", "9 + y*3"),
        ("x^2 + y*x", "specialise(x = 3, y = z + 1), expand", "3*z + 12"),
        ("x + y", "specialise(x = min(3, y), y = 5)", "min(3, y) + 5"),
        ("`a, (b`^2", "differentiate(`a, (b`)", "2*`a, (b`"),
        ("a*x + x^2*b + x + 2", "collect(x)", "b*x^2 + (a + 1)*x + 2"),
        ("(x + 1)^2 - x*(x + 2)", "expand", "1"),
        ("ln(exp(x)) + ln(exp(y))", "once(ln_exp)", "x + ln(exp(y))"),
        ("ln(exp(ln(exp(x))))", "bottom-up(ln_exp)", "x"),
        ("ln(exp(x)) + x", "fixpoint(chain(once(ln_exp)), simplify)", "2*x"),
    ],
)
def test_pipelines(formula, pipeline, result):
    assert str(emlir.rewrite(emlir.parse(formula), pipeline)) == result


@pytest.mark.parametrize(
    ("pipeline", "error", "words"),
    [
        ("nope", emlir.UnknownNameError, "nope"),
        ("", ValueError, "empty place"),
        ("fold,,lift", ValueError, "empty place"),
        ("fold)", ValueError, "not open"),
        ("chain(fold", ValueError, "not closed"),
        ("fixpoint", ValueError, "in brackets"),
        ("fixpoint(nope)", emlir.UnknownNameError, "nope"),
        ("once(simplify)", emlir.UnknownNameError, "simplify"),
        ("fold(x)", ValueError, "takes no argument"),
        ("differentiate", ValueError, "needs an argument"),
        ("differentiate(x + 1)", TypeError, "symbol"),
        ("specialise(x + 1)", ValueError, "equations"),
        ("specialise(x = 1, x = 2)", ValueError, "two values for x"),
        ("chain(" * 3_000 + "fold" + ")" * 3_000, ValueError, "nests more than"),
        ("differentiate(x", ValueError, "not closed"),
    ],
)
def test_bad_pipelines(pipeline, error, words):
    with pytest.raises(error, match=words):
        emlir.rewrite(emlir.parse("x"), pipeline)


def test_a_value_against_the_assumptions_is_refused():
    with pytest.raises(ValueError, match="contradicts"):
        emlir.rewrite(emlir.parse("x"), "specialise(x = 3)", assume={"x": (0, 1)})
