"""The formulas that are kept: the same best and front as of all that were offered."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, strategies as st

import emlir
from emlir.fitting import Budget, Candidate, Problem
from emlir.fitting.found import Found
from emlir.fitting.record import Member, loss_and_r2

X = np.linspace(1, 4, 9)
FORMULAS = [
    *("2", "x", "2*x", "x^2", "x + 1", "exp(x)", "exp(x/2)", "x^2 + 1", "2*x + x", "3*x"),
    *("sqrt(x)", "x*x", "ln(x)", "ln(x) + 2", "1/x", "-x", "ln(x - 2)"),
]


def make_problem():
    return Problem({"x": X}, 1.5 * X**1.7, ("additive", "multiplicative"), 0, Budget(1e9))


def all_at_once(offered, problem):
    """The front as its definition has it, from all candidates together."""
    defined = [c for c in offered if str(c.expression) not in ("ln(x - 2)",)]
    good = [
        c for c in defined if np.isfinite(loss_and_r2(values(c), problem.y, c.noise, None)).all()
    ]
    best = min(good, key=lambda c: (c.score, c.expression.tree_size, str(c.expression)))
    members = []
    for c in good:
        loss, r2 = loss_and_r2(values(c), problem.y, best.noise, None)
        if np.isfinite(loss):
            members.append(Member(c.expression, c.expression.tree_size, loss, r2))
    front = []
    for member in sorted(members, key=lambda m: (m.size, m.loss, str(m.expression))):
        if not front or member.loss < front[-1].loss * (1 - 1e-9):
            front.append(member)
    return best, tuple(front)


def values(candidate):
    return np.broadcast_to(emlir.evaluate(candidate.expression, {"x": X}), X.shape)


candidates = st.builds(
    lambda text, score, noise: Candidate(emlir.parse(text), score, noise),
    st.sampled_from(FORMULAS),
    st.integers(0, 5).map(float),
    st.sampled_from(["additive", "multiplicative"]),
)


@given(st.lists(candidates, min_size=1, max_size=20))
def test_the_best_and_the_front_are_those_of_all(offered):
    offered.append(Candidate(emlir.parse("x"), 9.0))
    problem, told = make_problem(), []
    found = Found(problem, told.append)
    for candidate in offered:
        found.add(candidate)
    best, front = all_at_once(offered, problem)
    assert (found.best.score, found.best.expression) == (best.score, best.expression)
    if found.best.noise == best.noise:
        assert found.front() == front
    assert told[-1] == found.front()
    assert all(one != other for one, other in pairwise(told))


@given(st.lists(candidates, min_size=1, max_size=12))
def test_what_is_kept_leads_to_the_same_result(offered):
    problem = make_problem()
    found, again = Found(problem), Found(problem)
    for candidate in [Candidate(emlir.parse("x"), 9.0), *offered]:
        found.add(candidate)
    for candidate in found.candidates():
        again.add(candidate)
    assert (again.best, again.front()) == (found.best, found.front())


def test_what_does_not_fit_is_refused():
    found = Found(make_problem())
    assert not found.add(Candidate(emlir.parse("ln(x - 2)"), 0.0))
    assert not found.add(Candidate(emlir.parse("x - 2"), 0.0, "multiplicative"))
    assert found.best is None
    assert found.front() == found.candidates() == ()
    assert found.add(Candidate(emlir.parse("x - 2"), 0.0))


def test_an_error_of_the_caller_is_not_hidden():
    def fail(front):
        raise RuntimeError("the screen is gone")

    with pytest.raises(RuntimeError, match="screen"):
        emlir.fit(X, 2 * X, on_front=fail)


def test_a_constant_that_was_found_leads_where_what_leads_is_further_off():
    problem = make_problem()
    found = Found(problem)
    found.add(Candidate(emlir.parse("1000*x"), score=1.0))
    found.settle()
    assert str(found.best.expression) == "1000*x"
    found.add(Candidate(emlir.parse("7"), score=2.0))
    found.add(Candidate(emlir.parse("1.5*x^2"), score=3.0))
    found.settle()
    assert str(found.best.expression) == "7"
    assert [str(member.expression) for member in found.front()] == ["7", "3/2*x^2"]


def test_settling_changes_nothing_where_the_leader_is_closer():
    found = Found(make_problem())
    found.add(Candidate(emlir.parse("2*x"), score=1.0))
    found.add(Candidate(emlir.parse("7"), score=2.0))
    found.settle()
    assert str(found.best.expression) == "2*x"
