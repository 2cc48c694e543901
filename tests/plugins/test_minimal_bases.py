"""Any operators with constants can be enumerated: nothing in the search knows eml."""

import pytest

import emlir
from emlir.cli.main import run
from emlir.ops.basis import Basis, declare
from emlir.plugin_api import Operator, lookup, number
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
