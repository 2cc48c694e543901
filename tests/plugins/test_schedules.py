"""Schedules: expressions, combinators, text, and training that is stopped and goes on."""

import copy
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import emlir
from emlir_schedules import (
    Schedule,
    clip,
    families,
    family,
    per_group,
    read_schedule,
    repeat,
    schedule,
)
from tests.amounts import MANY
from tests.plugins.schedule_strategies import EXAMPLES, combined, counts, families as members, parts

torch = pytest.importorskip("torch")

from emlir_schedules.lambda_lr import RateFunction  # noqa: E402
from emlir_schedules.timm_style import TimmStyle  # noqa: E402
from emlir_schedules.torch_lr import ExpressionLR, StateError  # noqa: E402


def optimizer(groups=1, rate=0.1, names=None):
    made = [
        {"params": [torch.zeros(1, requires_grad=True)], "lr": rate * (k + 1)}
        for k in range(groups)
    ]
    for group, name in zip(made, names or [], strict=False):
        group["name"] = name
    return torch.optim.SGD(made)


def rates_of(scheduler, steps):
    found = []
    for _ in range(steps):
        found.append(scheduler.get_last_lr())
        scheduler.optimizer.step()
        scheduler.step()
    return found


# expressions


def test_every_family_has_an_example_and_a_formula():
    assert {name.split(" ")[0] for name in EXAMPLES} == set(families())
    for name in families():
        assert family(name).summary
    assert str(family("linear").form) == "final + (peak - final)*(1 - min(t/length, 1))"


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_python_function_is_the_expression(name):
    made = read_schedule(EXAMPLES[name])
    steps = np.arange(made.total + 5)
    reference = emlir.evaluate(made.expression, {"t": steps.astype(float)})
    np.testing.assert_allclose(made.trace(len(steps)), reference, rtol=1e-13, atol=1e-15)


def test_parameters_are_exact_and_can_be_replaced():
    made = schedule("linear", total=10, final=0.1)
    assert made.parameters == {"length": 10, "peak": 1, "final": Fraction(1, 10)}
    assert str(made.replace(final="0.25").expression) == "1/4 + 3/4*(1 - min(t/10, 1))"
    with pytest.raises(ValueError, match="no parameter finale; there is length, peak, final"):
        made.replace(finale=1)


def test_equal_schedules_are_equal_however_they_were_made():
    one = schedule("cosine", total=100, warmup=10)
    two = schedule("cosine", total=90).warmup(10)
    assert one == two and hash(one) == hash(two)
    assert one != schedule("cosine", total=101, warmup=10)
    assert schedule("constant", total=5) != schedule("constant", total=6)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: schedule("linear"), "linear needs total"),
        (lambda: schedule("linear", total=0), "total is a whole number of at least 1, not 0"),
        (lambda: schedule("linear", total=2.5), "total is a whole number"),
        (lambda: schedule("linear", total=5, warmup=5), "does not fit into 5"),
        (lambda: schedule("linear", total=5, finl=1), "linear has no parameter finl"),
        (lambda: schedule("linear", total=5, final=float("nan")), "not a finite number"),
        (lambda: schedule("exponential", total=5), "exponential needs gamma"),
        (lambda: schedule("formula", text="x + t", total=5), "not in x"),
        (lambda: schedule("wsd", total=9, decay=2, shape="x"), "no shape 'x'"),
        (lambda: schedule("linear", total=5, length=0), "needs a total, or a length above 0"),
        (lambda: schedule("formula", text="u"), "formula needs a total"),
        (lambda: clip(schedule("linear", total=5), 2, 1), "nothing is between 2 and 1"),
        (lambda: repeat(schedule("constant"), 2), "has no total"),
        (
            lambda: schedule("formula", text="1/t", total=5)(0),
            "undefined|the rate is nan at step 0",
        ),
        (lambda: per_group({}), "no groups"),
        (lambda: Schedule(emlir.parse("t*k"), {}), "k has no value"),
        (lambda: Schedule(emlir.parse("t"), {"t": Fraction(1)}), "cannot be a parameter"),
    ],
)
def test_what_does_not_fit_is_refused(act, message):
    with pytest.raises(ValueError, match=message):
        act()


def test_a_truth_is_no_schedule():
    with pytest.raises(TypeError, match="a rate is a number"):
        Schedule(emlir.parse("t > 1"), {})


def test_an_unknown_family_is_named():
    with pytest.raises(emlir.UnknownNameError, match=r"'cosin'; there is cosine"):
        schedule("cosin", total=3)


# combinators: their traces are the traces of their parts, bit for bit


def scaled(one, draw):
    factor = draw(parts)
    # of closed forms the product is exact, and rounded once
    return one.scale(factor), float(factor) * one.trace(70), 3e-16


def floored(one, draw):
    least = draw(parts)
    return one.floor(least), np.maximum(one.trace(70), float(least)), 0


def followed(one, draw):
    second, at = draw(members()), draw(counts)
    return one.then(second, at), np.concatenate([one.trace(at), second.trace(70 - at)]), 0


def warmed(one, draw):
    steps, start = draw(counts), draw(parts)
    rise = float(start) + (one(0) - float(start)) * (np.arange(steps) / steps)
    return one.warmup(steps, start), np.concatenate([rise, one.trace(70)])[:70], 1e-15


def clipped(one, draw):
    low, high = sorted([draw(parts), draw(parts)], key=float)
    return clip(one, low, high), np.clip(one.trace(70), float(low), float(high)), 0


@settings(max_examples=MANY)
@given(combined, st.sampled_from([scaled, floored, followed, warmed, clipped]), st.data())
def test_the_trace_of_a_combinator_is_that_of_its_parts(one, combine, data):
    made, expected, rounding = combine(one, data.draw)
    np.testing.assert_allclose(made.trace(70), expected, rtol=rounding, atol=rounding)


@settings(max_examples=300)
@given(members(), st.integers(1, 4))
def test_repeat(one, times):
    np.testing.assert_array_equal(repeat(one, times).trace(), np.tile(one.trace(), times))


@settings(max_examples=300)
@given(combined)
def test_text_pickle_and_copy_are_the_identity(one):
    one(0)
    assert read_schedule(str(one)) == one
    for other in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one)):
        assert other == one and other.parameters == one.parameters
        np.testing.assert_array_equal(other.trace(20), one.trace(20))


# torch


@settings(max_examples=MANY)
@given(members(), st.integers(0, 40), st.integers(1, 12))
def test_training_goes_on_as_if_it_had_not_stopped(one, stop, more):
    whole = rates_of(ExpressionLR(optimizer(2), one), stop + more)
    first = ExpressionLR(optimizer(2), one)
    rates_of(first, stop)
    state = pickle.loads(pickle.dumps((first.state_dict(), first.optimizer.state_dict())))
    again = optimizer(2)
    second = ExpressionLR(again, pickle.loads(pickle.dumps(one)))
    second.load_state_dict(state[0])
    again.load_state_dict(state[1])
    assert rates_of(second, more) == whole[stop:]


@pytest.mark.parametrize("name", EXAMPLES)
def test_resume_at_a_hundred_steps(name):
    one = read_schedule(EXAMPLES[name])
    whole = rates_of(ExpressionLR(optimizer(3), one), 160)
    running = ExpressionLR(optimizer(3), one)
    places = set(np.random.default_rng(8).choice(150, 100, replace=False).tolist())
    for step in range(150):
        if step in places:
            fresh = ExpressionLR(optimizer(3), one)
            fresh.load_state_dict(running.state_dict())
            assert fresh.get_last_lr() == whole[step]
            fresh.optimizer.step()
            fresh.step()
            assert fresh.get_last_lr() == whole[step + 1]
        running.optimizer.step()
        running.step()


def test_another_total_is_refused_and_both_formulas_are_shown():
    saved = ExpressionLR(optimizer(), schedule("cosine", total=100)).state_dict()
    here = ExpressionLR(optimizer(), schedule("cosine", total=1000))
    before = here.state_dict()
    with pytest.raises(StateError) as caught:
        here.load_state_dict(saved)
    text = str(caught.value)
    assert "cos(pi*min(t/100, 1))" in text and "cos(pi*min(t/1000, 1))" in text
    assert "100 steps in all" in text and here.state_dict() == before


def test_a_constant_of_another_total_is_refused():
    saved = ExpressionLR(optimizer(), schedule("constant", total=100)).state_dict()
    with pytest.raises(StateError, match="200 steps in all"):
        ExpressionLR(optimizer(), schedule("constant", total=200)).load_state_dict(saved)


def test_the_state_of_another_scheduler_is_refused():
    other = torch.optim.lr_scheduler.StepLR(optimizer(), 3).state_dict()
    with pytest.raises(StateError, match="another scheduler"):
        ExpressionLR(optimizer(), schedule("constant")).load_state_dict(other)
    saved = ExpressionLR(optimizer(2), schedule("constant")).state_dict()
    with pytest.raises(StateError, match="2 groups, this scheduler 1"):
        ExpressionLR(optimizer(), schedule("constant")).load_state_dict(saved)


def test_lambda_lr_with_a_partial_takes_over_anything():
    """The defect that the rate function here does not have."""
    from functools import partial

    def rate(step, n):
        return 1 - step / n

    old = torch.optim.lr_scheduler.LambdaLR(optimizer(), partial(rate, n=100)).state_dict()
    torch.optim.lr_scheduler.LambdaLR(optimizer(), partial(rate, n=1000)).load_state_dict(old)


def test_lambda_lr_with_a_rate_function_refuses_another_one():
    make = torch.optim.lr_scheduler.LambdaLR
    saved = make(optimizer(), RateFunction(schedule("linear", total=100))).state_dict()
    saved = pickle.loads(pickle.dumps(saved))
    with pytest.raises(StateError, match="1000 steps in all"):
        make(optimizer(), RateFunction(schedule("linear", total=1000))).load_state_dict(saved)
    same = make(optimizer(), RateFunction(schedule("linear", total=100)))
    same.load_state_dict(saved)
    assert rates_of(same, 3) == [[0.1], [0.1 * 0.99], [0.1 * 0.98]]


@settings(max_examples=300)
@given(members())
def test_lambda_lr_gives_the_same_rates(one):
    function = pickle.loads(pickle.dumps(RateFunction(one)))
    assert function == RateFunction(one)
    theirs = rates_of(torch.optim.lr_scheduler.LambdaLR(optimizer(2), function), 12)
    assert theirs == rates_of(ExpressionLR(optimizer(2), one), 12)


@pytest.mark.parametrize("name", EXAMPLES)
def test_timm_style_gives_the_same_rates(name):
    one = read_schedule(EXAMPLES[name])
    scheduler = TimmStyle(optimizer(2), one)
    expected = rates_of(ExpressionLR(optimizer(2), one), 60)
    for step in range(60):
        scheduler.step_update(step)
        scheduler.step(7)
        assert [group["lr"] for group in scheduler.optimizer.param_groups] == expected[step]
    with pytest.raises(StateError):
        scheduler.load_state_dict(TimmStyle(optimizer(2), one.scale(2)).state_dict())
    scheduler.load_state_dict(TimmStyle(optimizer(2), one).state_dict())


def test_groups_have_schedules_of_their_own():
    plan = per_group({"head": schedule("constant"), "body": schedule("linear", total=10)})
    named = ExpressionLR(optimizer(2, names=["body", "head"]), plan)
    assert rates_of(named, 6)[5] == [0.1 * 0.5, 0.2]
    ordered = ExpressionLR(optimizer(2), plan)
    assert rates_of(ordered, 6)[5] == [0.1, 0.2 * 0.5]
    with pytest.raises(ValueError, match="no schedule for the group 'tail'"):
        ExpressionLR(optimizer(2, names=["body", "tail"]), plan)
    with pytest.raises(ValueError, match="2 schedules for 3 groups"):
        ExpressionLR(optimizer(3), plan)


def test_an_undefined_rate_stops_training_before_it_begins():
    with pytest.raises(ValueError, match="the rate is nan at step 0"):
        ExpressionLR(optimizer(), schedule("formula", text="1/t", total=5))
