"""The equations, with ranges and units, as data.

Facts from the Feynman Symbolic Regression Database (Udrescu and Tegmark, Science Advances 6,
eaay2631, 2020; https://space.mit.edu/home/tegmark/aifeynman.html). ``equations.csv`` holds a
formula each, and its variables as ``name`` (drawn from 1 to 5) or ``name:low:high``; a symbol
has one unit everywhere, in ``units.csv``. One unit differs from the database: the constant of
drift velocity in I.43.16 is in s/kg, without which that equation is not consistent.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import emlir

FOLDER = Path(__file__).parent

SUBSET = tuple(
    """
    I.12.5 I.26.2 I.18.12 I.34.1 I.43.16 II.34.2 II.8.31 III.21.20 II.2.42 II.34.2a I.44.4
    I.43.43 I.8.14 III.8.54 I.37.4 II.11.3 II.11.17 I.13.4 III.13.18 I.6.2 I.30.3 I.6.2b
    II.6.15b I.9.18 I.41.16
    """.split()
)
"""25 equations: every fourth by size of the formula, so that they are as hard as all 100 are."""


@dataclass(frozen=True, slots=True)
class Equation:
    """One equation: ``ranges`` has a pair for each variable, ``units`` a text."""

    name: str
    truth: emlir.Expr
    ranges: Mapping[str, tuple[float, float]]
    units: Mapping[str, str]
    y_unit: str


@cache
def equations() -> tuple[Equation, ...]:
    """Return all 100, in the order of the database."""
    units = _units()
    return tuple(_equation(row, units) for row in _rows("equations.csv"))


def equation(name: str) -> Equation:
    """Return one. Raises ``KeyError`` for a name that the database does not have."""
    found = next((entry for entry in equations() if entry.name == name), None)
    if found is None:
        raise KeyError(f"there is no equation {name!r}; names are as I.6.2a or III.21.20")
    return found


def _equation(row: dict[str, str], units: dict[str, str]) -> Equation:
    ranges = {}
    for text in row["variables"].split():
        name, *bounds = text.split(":")
        low, high = map(float, bounds or ("1", "5"))
        ranges[name] = (low, high)
    return Equation(
        name=row["name"],
        truth=emlir.parse(row["formula"]),
        ranges=ranges,
        units={name: units[name] for name in ranges},
        y_unit=units[row["output"]],
    )


def _units() -> dict[str, str]:
    return {symbol: row["unit"] for row in _rows("units.csv") for symbol in row["symbols"].split()}


def _rows(file: str) -> list[dict[str, str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
