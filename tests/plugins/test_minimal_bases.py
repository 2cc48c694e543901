"""Any operators with constants can be enumerated: nothing in the search knows eml."""

import pytest

import emlir
from emlir.cli.main import run
from emlir.ops.basis import Basis, declare
from emlir.plugin_api import Operator, find_basis, lookup, number
from emlir_minimal import minimal


def ternary():
    """T(x, y, z) = (e^x / ln x) (ln z / e^y): T(x, x, x) = 1 (Odrzywolek, arXiv:2603.21852)."""
    return lookup("test_ternary") or Operator(
        name="test_ternary",
        arity=3,
        family="test",
        definition=lambda x, y, z: emlir.exp(x) / emlir.ln(x) * (emlir.ln(z) / emlir.exp(y)),
    )


@pytest.fixture(autouse=True)
def _bases():
    operators = tuple(lookup(name) for name in ("exp", "ln", "sub"))
    declare(Basis("test calc", operators, lambda: (number(1),)))
    declare(Basis("test ternary", (ternary(),), lambda: ()))
    declare(Basis("test plain", (lookup("eml"),), lambda: (number(1),)))


@pytest.mark.parametrize(
    ("text", "k"), [("0", 2), ("-x", 4), ("x + y", 6), ("x*y", 9), ("e", 2), ("-inf", 3)]
)
def test_exp_ln_and_minus(text, k):
    found = minimal(text, basis="test calc", max_k=k)
    assert found.k == k
    assert not found.proven


def test_a_ternary_operator():
    found = minimal("1", basis="test ternary", max_k=4)
    assert found.tree is None  # no leaf at all
    found = minimal("x/x", basis="test ternary", assume="x in [2, 5]", max_k=4)
    assert emlir.emit(found.tree, "rpn") == "x x x test_ternary"


@pytest.mark.parametrize(
    ("basis", "text", "rpn", "k"),
    [
        ("edl", "e", "e", 1),
        ("edl", "exp(x)", "x e edl", 3),
        ("edl", "ln(x)", "e e x edl e edl edl", 7),
        ("edl", "1", "e e e edl e edl edl", 7),
        ("edl", "x/y", "x x x edl e edl edl y e edl edl", 11),
        ("neml", "-inf", "inf neg", 1),
        ("neml", "ln(x)", "x inf neg neml", 3),
        ("neml", "exp(x)", "x x x neml inf neg neml neml", 7),
        ("teml", "exp(x)", "x x x x x x teml teml x teml", 10),
    ],
)
def test_the_siblings_of_eml(basis, text, rpn, k):
    """Each constant counts as one leaf, also -oo, which is the negation of oo as a term."""
    found = minimal(text, basis=basis, max_k=11)
    assert (emlir.emit(found.tree, "rpn"), found.k) == (rpn, k)
    assert found.proven is (k == 1)
    tree = emlir.parse(rpn, "rpn")
    assert find_basis(basis).tree_size(tree) == k


def test_the_ternary_operator_needs_no_constant():
    """T(x, x, x) = 1 (Odrzywolek, arXiv:2603.21852)."""
    found = minimal("x/x", basis="teml", assume="x in [2, 5]", max_k=4)
    assert emlir.emit(found.tree, "rpn") == "x x x teml"
    assert minimal("1", basis="teml", max_k=4).tree is None  # no leaf at all


def test_what_a_sibling_does_not_reach_is_not_found():
    """EDL has no tree of 0 of these sizes."""
    found = minimal("0", basis="edl", max_k=7)
    assert found.tree is None and [row.size for row in found.log] == [1, 3, 5, 7]
    assert not any(row.equal for row in found.log)


def test_a_full_table_is_said():
    found = minimal("x*y + x", basis="edl", max_k=11, max_rows=50)
    assert found.tree is None and found.log
    assert any("more than 50 trees; allow more rows" in note for note in found.notes)


@pytest.mark.parametrize("basis", ["edl", "neml", "teml"])
def test_the_command_knows_the_siblings(capsys, basis):
    assert run(["minimal", "exp(x)", "--basis", basis, "--max-k", "10", "--no-cache"]) == 0
    shown = capsys.readouterr().out
    assert basis in shown and "not proven" in shown


@pytest.mark.parametrize("text", ["0", "e", "exp(x)", "ln(x)", "x - y"])
def test_floats_and_proofs_agree(text):
    """The plain enumeration finds the sizes that the exhaustive search proves."""
    assert minimal(text, basis="test plain", max_k=11).k == minimal(text).k


def test_the_command_says_that_nothing_is_proven(capsys):
    assert run(["minimal", "x + y", "--basis", "test calc", "--no-cache"]) == 0
    shown = capsys.readouterr().out
    assert "K = 6, not proven" in shown
    assert "do not prove" in shown
    assert run(["minimal", "x", "--basis", "nonsense", "--no-cache"]) == 2
