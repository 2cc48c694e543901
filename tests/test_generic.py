"""The core has no special case for EML: only its record and its notations know the name."""

import ast
from pathlib import Path

import pytest

HUB = Path(__file__).parents[1] / "emlir"
CORE = (
    "expr",
    "ops",
    "closed",
    "passes",
    "rewrite",
    "program.py",
    "evaluate.py",
    "numpy_backend.py",
    "costs.py",
    "lowered_size.py",
)
ALLOWED = {
    "ops/eml.py": "the record and the basis",
    "expr/operator.py": "the default basis",
    "rewrite/axioms.py": "the definition of eml as an axiom",
}


def core_files():
    for name in CORE:
        path = HUB / name
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def special_cases(text):
    """The places where the name or the family eml decides something."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and node.value in ("eml", "eml.eml"):
            yield node.lineno


@pytest.mark.parametrize("path", list(core_files()), ids=lambda path: str(path.relative_to(HUB)))
def test_no_special_case(path):
    if str(path.relative_to(HUB)) not in ALLOWED:
        assert list(special_cases(path.read_text(encoding="utf-8"))) == []


def test_a_special_case_would_be_found():
    assert list(special_cases('if node.op.name == "eml":\n    pass')) == [1]
    assert list(special_cases('x = {"eml.eml": 1}')) == [1]
