"""A million nodes: every step works, none recurses, and each stays in bounded time.

Times and memory are measured by ``tests/benchmarks/scale.py``; here only correctness.
"""

import pickle

import numpy as np
import pytest

import emlir
from emlir.expr import symbol
from emlir.testing.scale import chain, random_dag

MILLION = 1_000_000


@pytest.fixture(scope="module")
def long_chain():
    return chain(MILLION)


@pytest.fixture(scope="module")
def big_dag():
    return random_dag(MILLION, seed=0)


@pytest.mark.slow
@pytest.mark.parametrize("syntax", ["rpn", "eml", "json", "smtlib2"])
def test_a_chain_reads_back_identically(long_chain, syntax):
    assert emlir.parse(emlir.emit(long_chain, syntax), syntax) is long_chain


@pytest.mark.slow
@pytest.mark.parametrize("syntax", ["eml", "json"])
def test_a_dag_reads_back_identically(big_dag, syntax):
    assert emlir.parse(emlir.emit(big_dag, syntax), syntax) is big_dag


@pytest.mark.slow
@pytest.mark.parametrize("which", ["long_chain", "big_dag"])
def test_digest_pickle_and_program(which, request):
    expr = request.getfixturevalue(which)
    assert len(expr.digest) == 32
    assert pickle.loads(pickle.dumps(expr)) is expr
    assert emlir.Program.from_exprs((expr,)).to_exprs() == (expr,)


@pytest.mark.slow
def test_the_chain_reaches_its_fixed_point(long_chain):
    x = np.linspace(0.1, 2, 5)
    value = emlir.evaluate(long_chain, {"x": x})
    assert np.abs(np.exp(x) - np.log(value) - value).max() < 1e-12


def test_rpn_refuses_a_large_dag_by_name():
    shared = symbol("x")
    for _ in range(30):
        shared = emlir.eml(shared, shared)
    with pytest.raises(emlir.TooLargeError, match=r"rpn.*eml or json"):
        emlir.emit(shared, "rpn")
    assert emlir.parse(emlir.emit(shared, "eml"), "eml") is shared


@pytest.mark.parametrize("syntax", "infix rpn eml json sympy latex smtlib2 wolfram mathml".split())
def test_a_deep_chain_in_the_default_suite(syntax):
    expr = chain(5_000)
    assert emlir.parse(emlir.emit(expr, syntax), syntax) is expr


def test_deep_rewriting_needs_no_recursion():
    expr = chain(5_000)
    assert emlir.lift(expr).diff("x").symbols == ("x",)
    assert expr.subs({"x": "y"}).symbols == ("y",)
    assert emlir.rewrite(expr, "fold,define") is expr
    assert expr.depth == 5_000
    assert emlir.lower(expr) is expr


def test_exact_tree_size_of_a_shared_chain():
    expr = symbol("x")
    for _ in range(1_000):
        expr = emlir.eml(expr, expr)
    assert expr.tree_size == 2**1001 - 1
    assert expr.dag_size == 1001
