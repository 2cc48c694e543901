"""What the documentation says in tables is what the code does."""

import re
import warnings
from pathlib import Path

import emlir
from emlir.plugin_api import manager
from emlir.testing import CASES
from emlir_minimal import witnesses
from tests.paper_compiler import PAPER_K

DOCS = Path(__file__).parents[1] / "docs"
CONDITIONAL = re.compile(r"(\d+) if `(.+)`")


def rows(file):
    """The rows of tables, as cells."""
    lines = (DOCS / file).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:1] == "|"]


def smallest(case, assume=None):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # x^y at (0, 0)
        return emlir.lower(case.expr, constants="expand", assume=assume).tree_size


def test_the_table_of_the_29_cases():
    shown = {row[0]: row[1:] for row in rows("lowering.md") if len(row) == 6}
    totals = [0, 0, 0]
    for case in CASES:
        formula, here, compiler, before, conditional = shown[case.name]
        assert formula == f"`{case.formula}`"
        assert smallest(case) == int(here), case.name
        assert PAPER_K[case.name] == int(compiler)
        for k, figure in enumerate((here, compiler, before)):
            totals[k] += int(figure)
        if conditional:
            size, assume = CONDITIONAL.fullmatch(conditional).groups()
            assert smallest(case, assume) == int(size), case.name
    assert shown["total"][1:4] == [str(total) for total in totals]


def test_the_table_of_other_records():
    known = witnesses()
    shown = [row for row in rows("lowering.md") if len(row) == 4 and row[2].isdigit()]
    assert len(shown) == 6
    for _, name, here, before in shown:
        assert min(row.k for row in known[name.strip("`")]) == int(here) < int(before), name
    text = (DOCS / "lowering.md").read_text(encoding="utf-8")
    assert f"holds {sum(map(len, known.values()))} trees" in text


def test_the_passes_are_all_documented():
    text = " ".join(row[0] for row in rows("rewriting.md") if len(row) == 2)
    assert {name for name in manager().names("passes") if name not in text} == set()
    assert {name for name in manager().names("costs") if f"`{name}`" not in text} == set()
