"""What users bring: numbers of NumPy and torch, states that are not whole, long warm-ups."""

import subprocess
import sys

import numpy as np
import pytest

import emlir
from emlir_schedules import (
    ExpressionLR,
    StateError,
    from_transformers,
    matched,
    prove_properties,
    read_schedule,
    schedule,
)

torch = pytest.importorskip("torch")

COSINE = schedule("cosine", total=100, warmup=10)


def optimizer(rate=0.1):
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.float64, torch.tensor])
def test_steps_of_numpy_and_torch(kind):
    found = COSINE(kind(37))
    assert type(found) is float and found == COSINE(37)
    power = schedule("formula", text="t^7", total=10**6)
    assert power(np.int32(10**5)) == 1e35
    with pytest.raises((TypeError, ValueError)):
        COSINE(np.arange(3))


def test_totals_of_numpy():
    made = schedule("cosine", total=np.int64(100), warmup=np.int32(10))
    assert made == COSINE and type(made.total) is int
    assert schedule("constant", total=np.int64(9)).warmup(np.int64(2)).total == 11
    assert schedule("warm_restarts", first=np.int64(10), total=70)(10) == 1
    with pytest.raises(ValueError, match=r"a whole number of at least 0, not 4\.5"):
        COSINE.then(COSINE, at=4.5)


def test_too_many_steps_to_list():
    with pytest.raises(ValueError, match="1,000,000,000 steps are too many to list"):
        schedule("cosine", total=10**9).trace()


@pytest.mark.parametrize(
    "change",
    [
        {"last_epoch": None},
        {"last_epoch": "7"},
        {"last_epoch": -7},
        {"last_epoch": True},
        {"base_lrs": None},
        {"base_lrs": [0.1, 0.2]},
        {"emlir_schedule": ["linear"]},
        {"emlir_schedule": [None]},
    ],
)
def test_states_that_are_not_whole_are_refused(change):
    state = {**ExpressionLR(optimizer(), COSINE).state_dict(), **change}
    state = {key: value for key, value in state.items() if value is not None}
    here = ExpressionLR(optimizer(), COSINE)
    before = here.state_dict()
    with pytest.raises(StateError):
        here.load_state_dict(state)
    assert here.state_dict() == before


def test_a_state_does_not_bring_a_schedule_or_an_optimizer():
    here = ExpressionLR(optimizer(), COSINE)
    other = [schedule("constant")]
    more = {"_schedules": other, "_distinct": other, "optimizer": None, "get_lr": None}
    here.load_state_dict({**here.state_dict(), **more})
    assert here.schedules == [COSINE] and here.optimizer is not None and callable(here.get_lr)


@pytest.mark.parametrize(
    "name",
    [
        "linear",
        "cosine",
        "cosine_with_restarts",
        "polynomial",
        "constant_with_warmup",
        "inverse_sqrt",
        "warmup_stable_decay",
    ],
)
@pytest.mark.parametrize(("warm", "total"), [(20, 20), (25, 20), (1, 1), (0, 20)])
def test_warmup_as_long_as_training(name, warm, total):  # fmt: skip
    transformers = pytest.importorskip("transformers")
    options = {"num_decay_steps": 0} if name == "warmup_stable_decay" else {}
    if options and warm > total:
        with pytest.raises(ValueError, match="do not fit into 20"):
            from_transformers(name, warm, total, **options)
        return
    here = optimizer(1.0)
    theirs = transformers.get_scheduler(
        name, here, num_warmup_steps=warm, num_training_steps=total,
        scheduler_specific_kwargs=options,
    )  # fmt: skip
    ours = from_transformers(name, warm, total, **options)
    assert ours.total == total
    for step in range(total):
        assert ours(step) == pytest.approx(theirs.get_last_lr()[0], rel=1e-12, abs=1e-15)
        here.step()
        if (name, step + 1) != ("polynomial", total):  # there it divides by zero
            theirs.step()


def test_numbers_too_long_to_write_are_no_crash():
    found = {
        one.name: one for one in prove_properties(schedule("exponential", gamma=0.95, total=10020))
    }
    assert found["nonnegative"].verdict == "proved" and found["end"].verdict != "refuted"
    assert emlir.prove("0.95^t > 0", {"t": (10020, 10020)}).verdict in ("proved", "enclosed")


def test_rates_beyond_the_range_of_floats():
    tiny = ends(gamma=0.5, total=1200)["end"]
    assert tiny.statement == "the rate at the end is 5.80771375622e-362"
    tiny = ends(gamma=0.5, total=20_000)["end"]
    assert tiny.statement.startswith("the rate at the end is between 0 and")
    assert tiny.verdict in ("proved", "enclosed")
    huge = ends(gamma=2, total=1100)
    assert huge["end"].verdict != "refuted" and huge["area"].verdict == "unknown"


def ends(**options):
    found = prove_properties(schedule("exponential", **options))
    return {one.name: one for one in found}


def test_a_sum_with_a_rate_that_is_undefined():
    made = schedule("formula", text="1/(t - 3)", total=10)
    found = {one.name: one for one in prove_properties(made)}["area"]
    assert (found.verdict, found.point, found.first_bad_step) == ("refuted", 3, 3)


@pytest.mark.parametrize(
    "text",
    [
        "linear(total=10) | then(3)",
        f"linear(total={'9' * 5000})",
        "linear(total=10) | scale(inf)",
        "linear(total=10) | warmup(linear(total=3))",
    ],
)
def test_odd_text_is_refused_with_its_place(text):
    with pytest.raises(emlir.ParseError):
        read_schedule(text)


@pytest.mark.parametrize(("goal", "steps"), [(float("nan"), None), (float("inf"), None), (1, 0)])
def test_what_nothing_can_be_matched_to(goal, steps):
    with pytest.raises(ValueError, match=r"finite|at least 1"):
        matched(schedule("linear", total=5), goal, steps=steps)


def test_no_module_hides_a_public_name():
    code = (
        "import emlir_schedules as s\n"
        "s.schedule('linear', total=3), s.schedule('eml_decay', total=3)\n"
        "print(s.families()[:2], s.family('rex').name)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
