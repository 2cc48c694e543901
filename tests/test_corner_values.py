"""The table of corner values in docs/semantics.md, for NumPy and for balls."""

import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import emlir
from emlir.evaluate import ball_backend
from emlir.semantics import SEMANTICS

DOCUMENT = Path(__file__).parents[1] / "docs" / "semantics.md"
ROW = re.compile(
    r"\| `(?P<formula>[^`]+)` \| (?P<real>[^|]+) \| (?P<extended>[^|]+) \| (?P<complex>[^|]+) \|"
)


def rows():
    text = DOCUMENT.read_text(encoding="utf-8").split("## Corner values")[1]
    return [match.groupdict() for match in map(ROW.match, text.splitlines()) if match]


def expected(cell):
    cell = cell.strip()
    if cell == "-":
        return None
    if cell.endswith("i"):
        return complex(cell.replace(" ", "").replace("i", "j"))
    return float(cell) if "inf" in cell else float(Fraction(cell))


CASES = [(row["formula"], name, expected(row[name])) for row in rows() for name in SEMANTICS]


def test_the_table_is_read():
    assert len(CASES) > 180


@pytest.mark.parametrize(("formula", "semantics", "value"), CASES)
def test_numpy(formula, semantics, value):
    found = emlir.evaluate(emlir.parse(formula), semantics=semantics)[()]
    if value is None:
        assert np.isnan(found)
    else:
        assert found == value or abs(found - value) < 1e-15


@pytest.mark.parametrize(("formula", "semantics", "value"), CASES)
def test_balls(formula, semantics, value):
    expr = emlir.parse(formula)
    if value is None:
        with pytest.raises(emlir.DomainError):
            ball_backend().digits(expr, {}, 17, semantics)
        return
    shown = ball_backend().digits(expr, {}, 17, semantics)
    if shown in ("true", "false"):
        assert value == (shown == "true")
        return
    found = complex(shown.replace(" ", "").replace("*i", "j"))
    assert found == value or abs(found - value) < 1e-15


@pytest.mark.parametrize("semantics", SEMANTICS)
def test_negative_zero_in_data_counts_as_zero(semantics):
    value = emlir.evaluate(emlir.parse("ln(x)"), {"x": [-0.0]}, semantics=semantics)[0]
    assert np.isnan(value) if semantics == "real" else value == -np.inf
    if semantics == "complex":
        cut = emlir.evaluate(
            emlir.parse("ln(x)"), {"x": [complex(-1.0, -0.0)]}, semantics=semantics
        )
        assert cut[0] == complex(0, np.pi)
