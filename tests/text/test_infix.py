"""Infix: ordinary mathematics in, canonical text out, and errors that help."""

import pytest

import emlir


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("x^2", "x^2"),
        ("x**2", "x^2"),
        ("-x^2", "-x^2"),
        ("(-x)^2", "(-x)^2"),
        ("2^-x^2", "2^-x^2"),
        ("2^3^4", "2^3^4"),
        ("(2^3)^4", "(2^3)^4"),
        ("x − y", "x - y"),
        ("x·y × z ÷ 2", "x*y*z/2"),
        ("1e-05", "0.00001"),
        ("2e1", "20"),
        (".5", "1/2"),
        ("1/2/x", "1/2/x"),
        ("1/(2/x)", "1/(2/x)"),
        ("x - (y - z)", "x - (y - z)"),
        ("x - -2", "x - (-2)"),
        ("--x", "--x"),
        ("+x", "x"),
        ("log(x) + arctan(y)", "ln(x) + atan(y)"),
        ("π + e*i", "pi + e*i"),
        ("0 < x <= 1", "0 < x and x <= 1"),
        ("x == 1 or x ≠ 2 and not x >= 3", "x = 1 or x != 2 and not x >= 3"),
        ("not (x = 1 or x = 2)", "not (x = 1 or x = 2)"),
        ("eml(1, eml(x, 1))", "eml(1, eml(x, 1))"),
        ("`exp` + `a b`", "`exp` + `a b`"),
        ("x_1 + α", "x_1 + α"),
        (" x\n+ y\t", "x + y"),
        ("inf - oo", "inf - inf"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("1e400", "1e400"),
        ("1e-400*x", "1e-400*x"),
    ],
)
def test_canonical_text(text, canonical):
    expr = emlir.parse(text)
    assert str(expr) == canonical
    assert emlir.parse(canonical) is expr


def test_long_numbers():
    digits = "7" * 9_000
    assert str(emlir.parse(digits)) == digits
    assert str(emlir.parse(f"0.{digits}")) == f"{digits}/1{'0' * 9000}"


def test_log_is_ln_and_precedence_is_that_of_mathematics():
    assert emlir.evaluate(emlir.parse("-2^2")) == -4
    assert emlir.evaluate(emlir.parse("2^3^2")) == 512
    assert emlir.evaluate(emlir.parse("8/4/2")) == 1
    assert emlir.evaluate(emlir.parse("log(e)")) == 1


@pytest.mark.parametrize("depth", [20_000])
def test_deep_brackets(depth):
    text = "(" * depth + "x" + ")" * depth
    assert str(emlir.parse(text)) == "x"
    assert emlir.parse("-" * depth + "x").depth == depth
    assert emlir.parse("2^" * depth + "x").depth == depth


def test_errors_point_into_long_lines():
    with pytest.raises(emlir.ParseError) as caught:
        emlir.parse("x + " * 1000 + "* y")
    assert caught.value.column == 4001
    assert len(caught.value.show().splitlines()[1]) < 80
