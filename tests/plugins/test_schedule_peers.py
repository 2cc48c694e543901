"""Families against their counterparts, over 10,000 steps.

Equal to 1e-12 of the rate. Beside that a few units in the last place of the peak are allowed,
where a counterpart itself subtracts: 1 + cos near its zero is not known better in floats.
"""

import numpy as np
import pytest

from emlir_schedules import clip, from_transformers, read_schedule, schedule
from tests.plugins.schedule_peers import (
    optax_rates,
    timm_rates,
    torch_rates,
    transformers_rates,
)

STEPS = 10_000
ULPS = 5e-16
pytest.importorskip("torch")


def assert_equal(ours, theirs, loss=ULPS):
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=loss * np.abs(theirs).max())


CHAINED = {"LinearLR": 1e-13, "ExponentialLR": 1e-13, "PolynomialLR": 1e-13}
"""These multiply the last rate at each step: their own rounding adds up."""
TORCH = [
    ("ConstantLR", {"factor": 0.5, "total_iters": 700},
     "constant(peak=0.5) | then(constant(), 700)"),
    ("LinearLR", {"start_factor": 0.25, "end_factor": 1.0, "total_iters": 9000},
     "linear(total=9000, peak=0.25, final=1)"),
    ("ExponentialLR", {"gamma": 0.9995}, "exponential(gamma=0.9995)"),
    ("StepLR", {"step_size": 1500, "gamma": 0.3}, "step(size=1500, gamma=0.3)"),
    ("MultiStepLR", {"milestones": [1000, 7000], "gamma": 0.1}, 'multistep(at="1000, 7000")'),
    ("PolynomialLR", {"total_iters": 9500, "power": 2.0}, "polynomial(total=9500, power=2)"),
    ("CosineAnnealingWarmRestarts", {"T_0": 700, "T_mult": 2, "eta_min": 0.01},
     "warm_restarts(first=700, factor=2, cycles=4, final=0.01)"),
    ("CyclicLR", {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 400, "cycle_momentum": False},
     "cyclic(period=800, low=0.1)"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options", "text"), TORCH, ids=[row[0] for row in TORCH])
def test_torch(name, options, text):
    import torch

    theirs = torch_rates(lambda o: getattr(torch.optim.lr_scheduler, name)(o, **options), STEPS)
    assert_equal(read_schedule(text).trace(STEPS), theirs, CHAINED.get(name, ULPS))


def test_torch_cosine_by_its_closed_form():
    import torch

    def closed(optimizer):
        made = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=9000, eta_min=0.1)
        made.step = lambda: None
        return made

    made = []

    def keep(optimizer):
        made.append(closed(optimizer))
        return made[0]

    torch_rates(keep, 1)
    theirs = []
    for step in range(9001):
        made[0].last_epoch = step
        theirs.append(made[0]._get_closed_form_lr()[0])
    assert_equal(schedule("cosine", total=9000, final=0.1).trace(9001), np.array(theirs))


@pytest.mark.parametrize("final", [0.0, 0.1])
def test_torch_cosine_step_by_step(final):
    """The recursion loses digits at its end: the rate is a quotient of 1 + cos near 0."""
    import torch

    theirs = torch_rates(
        lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=STEPS, eta_min=final), STEPS
    )
    assert_equal(schedule("cosine", total=STEPS, final=final).trace(STEPS), theirs, 1e-12)


@pytest.mark.parametrize("shape", ["cosine", "linear"])
def test_torch_one_cycle_has_its_peak_a_step_early(shape):
    import torch

    strategy = {"cosine": "cos", "linear": "linear"}[shape]
    theirs = torch_rates(
        lambda o: torch.optim.lr_scheduler.OneCycleLR(
            o, max_lr=1.0, total_steps=STEPS + 1, pct_start=0.3, anneal_strategy=strategy
        ),
        STEPS,
    )
    top, end = "3000.3", STEPS + 1
    ours = schedule("one_cycle", total=end - 1, top=f"{float(top) - 1:.1f}", shape=shape)
    assert_equal(ours.trace(STEPS), theirs)


TRANSFORMERS = [
    ("linear", {}),
    ("cosine", {}),
    ("cosine", {"num_cycles": 1.7}),
    ("cosine_with_restarts", {"num_cycles": 3}),
    ("polynomial", {"power": 2.0, "lr_end": 1e-5}),
    ("constant", {}),
    ("constant_with_warmup", {}),
    ("inverse_sqrt", {}),
    ("inverse_sqrt", {"timescale": 777}),
    ("cosine_with_min_lr", {"min_lr": 1e-4}),
    ("cosine_with_min_lr", {"min_lr_rate": 0.1, "num_cycles": 2}),
    ("cosine_warmup_with_min_lr", {"min_lr_rate": 0.1}),
    ("cosine_warmup_with_min_lr", {"min_lr_rate": 0.1, "warmup_lr_rate": 0.03}),
    ("warmup_stable_decay", {"num_decay_steps": 2000, "min_lr_ratio": 0.05}),
    ("warmup_stable_decay", {"num_decay_steps": 2000, "decay_type": "1-sqrt",
                             "warmup_type": "cosine"}),
    ("warmup_stable_decay", {"num_decay_steps": 2000, "decay_type": "linear",
                             "warmup_type": "1-sqrt", "min_lr_ratio": 0.1}),
    ("warmup_stable_decay", {"num_decay_steps": 900, "num_stable_steps": 300, "num_cycles": 2}),
]  # fmt: skip


@pytest.mark.parametrize("warmup", [0, 1, 500])
@pytest.mark.parametrize(
    ("name", "options"), TRANSFORMERS, ids=[f"{row[0]}{len(row[1])}" for row in TRANSFORMERS]
)
def test_transformers(name, options, warmup):
    rate = 1e-3
    theirs = transformers_rates(name, warmup, STEPS, STEPS, rate, **options)
    ours = from_transformers(name, warmup, STEPS, base_rate=rate, **options)
    assert_equal(rate * ours.trace(STEPS), theirs)


@pytest.mark.parametrize("name", ["reduce_lr_on_plateau", "greedy"])
def test_what_follows_a_loss_is_refused(name):
    with pytest.raises(ValueError, match="no function of the step"):
        from_transformers(name, 10, 100)


def optax_cases():
    optax = pytest.importorskip("optax")
    return {
        "constant(peak=0.3)": optax.constant_schedule(0.3),
        "linear(total=9000, peak=0.7, final=0.1)": optax.linear_schedule(0.7, 0.1, 9000),
        "polynomial(total=9000, power=3, final=0.1)": optax.polynomial_schedule(1, 0.1, 3, 9000),
        "exponential(gamma=0.5, period=700)": optax.exponential_decay(1.0, 700, 0.5),
        "step(size=700, gamma=0.5)": optax.exponential_decay(1.0, 700, 0.5, staircase=True),
        "exponential(gamma=0.5, period=700) | floor(0.01)": optax.exponential_decay(
            1.0, 700, 0.5, end_value=0.01
        ),
        "cosine(total=9000, final=0.1)": optax.cosine_decay_schedule(1.0, 9000, alpha=0.1),
        'multistep(at="1000, 7000", gamma=0.1)': optax.piecewise_constant_schedule(
            1.0, {1000: 0.1, 7000: 0.1}
        ),
        "cosine(total=9000, warmup=300, start=0.1, final=0.01)": (
            optax.warmup_cosine_decay_schedule(0.1, 1.0, 300, 9000, 0.01)
        ),
        "one_cycle(total=9000, top=2700)": optax.cosine_onecycle_schedule(9000, 1.0),
        "constant() | warmup(300, start=0.2)": optax.warmup_constant_schedule(0.2, 1.0, 300),
        "linear(total=2000, final=0.5) | then(constant(peak=0.5), at=2000)": optax.join_schedules(
            [optax.linear_schedule(1.0, 0.5, 2000), optax.constant_schedule(0.5)], [2000]
        ),
    }


def test_optax():
    for text, theirs in optax_cases().items():
        assert_equal(read_schedule(text).trace(STEPS), optax_rates(theirs, STEPS))


TIMM = [
    ("CosineLRScheduler", {"t_initial": 9000, "lr_min": 0.01}, "cosine(total=9000, final=0.01)"),
    ("CosineLRScheduler", {"t_initial": 9000, "warmup_t": 300, "warmup_lr_init": 0.1,
                           "warmup_prefix": True}, "cosine(total=9300, warmup=300, start=0.1)"),
    ("CosineLRScheduler", {"t_initial": 9000, "warmup_t": 300, "warmup_lr_init": 0.1},
     "cosine(total=9000) | warmup(300, start=0.1, shift=0)"),
    ("StepLRScheduler", {"decay_t": 1500, "decay_rate": 0.3}, "step(size=1500, gamma=0.3)"),
    ("MultiStepLRScheduler", {"decay_t": [1000, 7000], "decay_rate": 0.1},
     'multistep(at="1000, 7000")'),
    ("PolyLRScheduler", {"t_initial": 9000, "power": 2.0, "lr_min": 0.01},
     "polynomial(total=9000, power=2, final=0.01)"),
    ("TanhLRScheduler", {"t_initial": 9000, "lr_min": 0.01, "lb": -7.0, "ub": 3.0},
     "tanh(total=9000, final=0.01) | then(constant(peak=0.01), at=9000)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "options", "text"), TIMM, ids=[f"{row[0]}{len(row[1])}" for row in TIMM]
)
def test_timm(name, options, text):
    theirs = timm_rates(lambda t, o: getattr(t, name)(o, t_in_epochs=False, **options), STEPS)
    ours = read_schedule(text).trace(STEPS)
    if name == "MultiStepLRScheduler":
        # timm changes the rate a step before the milestone: it looks for t + 1
        theirs = np.concatenate([theirs[:1], theirs[:-1]])
    assert_equal(ours, theirs)


def test_a_wrong_counterpart_is_seen():
    """The comparison notices an off-by-one step."""
    cosine = schedule("cosine", total=STEPS).trace(STEPS)
    with pytest.raises(AssertionError):
        assert_equal(np.roll(cosine, 1), cosine)
    assert clip(schedule("cosine", total=9), 0.2, 0.8).trace().max() == 0.8
