"""The schedules of ``transformers.get_scheduler`` as expressions, by its names.

The values are those of transformers 5: factors of the optimizer's rate, 0 at step 0 of a warm-up.
transformers is not needed.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from emlir.plugin_api import exact, number, symbol
from emlir_schedules.catalogue import schedule
from emlir_schedules.core import STEP, Number, Schedule, then, warmup

REFUSED = {
    "reduce_lr_on_plateau": "it follows a measured loss and is no function of the step",
    "greedy": "it follows a measured loss and is no function of the step",
}


def from_transformers(
    name: str,
    num_warmup_steps: int = 0,
    num_training_steps: int | None = None,
    base_rate: Number = 1,
    **specific: Any,
) -> Schedule:
    """Return the schedule that ``transformers.get_scheduler(name, ...)`` would follow.

    ``specific`` are its ``scheduler_specific_kwargs``. ``base_rate`` is the optimizer's own
    rate, of which ``lr_end`` and ``min_lr`` are parts there. Equal at all steps of training, and at
    step ``num_training_steps`` but for ``cosine_warmup_with_min_lr``, which has ended one step
    before; what comes later stays at the final rate.

    Raises ``ValueError`` for names that are not there or not functions of the step.

    >>> from emlir_schedules import from_transformers
    >>> from_transformers("linear", 10, 110)(60)
    0.5
    """
    if name in REFUSED:
        raise ValueError(f"{name} cannot be a formula: {REFUSED[name]}")
    if name not in NAMES:
        raise ValueError(f"transformers has no schedule {name!r}; there is {', '.join(NAMES)}")
    return NAMES[name](num_warmup_steps, num_training_steps, base_rate, **specific)


def _linear(warm: int, total: int | None, base: Number) -> Schedule:
    return _warmed("linear", warm, total)


def _constant(warm: int, total: int | None, base: Number) -> Schedule:
    return schedule("constant", total=total)


def _constant_with_warmup(warm: int, total: int | None, base: Number) -> Schedule:
    return _warmed("constant", warm, total)


def _cosine(warm: int, total: int | None, base: Number, num_cycles: Number = 0.5) -> Schedule:
    return _warmed("cosine_waves", warm, total, waves=num_cycles)


def _restarts(warm: int, total: int | None, base: Number, num_cycles: int = 1) -> Schedule:
    return _warmed("cosine_restarts", warm, total, cycles=num_cycles)


def _polynomial(
    warm: int, total: int | None, base: Number, lr_end: Number = 1e-7, power: Number = 1
) -> Schedule:
    return _warmed("polynomial", warm, total, power=power, final=exact(lr_end) / exact(base))


def _inverse_sqrt(
    warm: int, total: int | None, base: Number, timescale: Number | None = None
) -> Schedule:
    return _warmed("inverse_sqrt", warm, total, timescale=timescale or warm or 10_000)


def _cosine_with_min_lr(
    warm: int, total: int | None, base: Number, num_cycles: Number = 0.5, **least: Number | None
) -> Schedule:
    final = _least(base, **least)
    return _warmed("cosine_waves", warm, total, waves=num_cycles, final=final)


def _cosine_warmup_with_min_lr(
    warm: int,
    total: int | None,
    base: Number,
    num_cycles: Number = 0.5,
    warmup_lr_rate: Number | None = None,
    **least: Number | None,
) -> Schedule:
    """One step ahead of the others: the first rate is not 0, and the last step has the least."""
    count = _needed(total)
    body = schedule(
        "cosine_waves", total=max(1, count - warm), waves=num_cycles, final=_least(base, **least)
    )
    ahead = Schedule(body.form.subs({STEP: _T + 1}), body.parameters, body.total)
    if not warm:
        return ahead
    length = number(warm)
    ramp = (_T + 1) / length
    if warmup_lr_rate is not None:
        rate = number(exact(warmup_lr_rate))
        ramp = rate + (number(1) - rate) * (_T / max(1, warm - 1))
    return then(Schedule(ramp, {}, warm), ahead)


def _warmup_stable_decay(
    warm: int,
    total: int | None,
    base: Number,
    num_decay_steps: int,
    num_stable_steps: int | None = None,
    warmup_type: str = "linear",
    decay_type: str = "cosine",
    min_lr_ratio: Number = 0,
    num_cycles: Number = 0.5,
) -> Schedule:
    falls: dict[str, tuple[str, dict[str, Any]]] = {
        "linear": ("linear", {}),
        "cosine": ("cosine_waves", {"waves": num_cycles}),
        "1-sqrt": ("wsd", {"decay": num_decay_steps, "shape": "sqrt"}),
    }
    if decay_type not in falls:
        raise ValueError(f"no decay {decay_type!r}; there is {', '.join(falls)}")
    stable = num_stable_steps
    if stable is None:
        stable = _needed(total) - warm - num_decay_steps
    if stable < 0:
        raise ValueError(
            f"{warm} steps of warm-up and {num_decay_steps} of decay do not fit into {total}"
        )
    if not num_decay_steps:
        return _without_decay(warm, stable, warmup_type, min_lr_ratio)
    family, options = falls[decay_type]
    decay = schedule(family, total=num_decay_steps, final=min_lr_ratio, **options)
    # a rate stays at the last one after the end, but waves may end elsewhere
    decay = then(decay, schedule("constant", total=1, peak=min_lr_ratio), num_decay_steps)
    held = then(schedule("constant", total=stable), decay) if stable else decay
    made = warmup(held, warm, start=min_lr_ratio, shape=warmup_type)
    return Schedule(made.form, made.parameters, warm + stable + num_decay_steps)


def _without_decay(warm: int, stable: int, shape: str, least: Number) -> Schedule:
    """The rate falls to the least one at once."""
    risen = warmup(schedule("constant"), warm, least, shape=shape)
    made = then(risen, schedule("constant", peak=least), warm + stable)
    return Schedule(made.form, made.parameters, warm + stable)


def _warmed(family: str, warm: int, total: int | None, **parameters: Any) -> Schedule:
    if family not in ("constant", "inverse_sqrt"):
        total = _needed(total)
    if total is None or warm < total:
        return schedule(family, total=total, warmup=warm, **parameters)
    return _only_warm(family, warm, total, **parameters)


def _only_warm(family: str, warm: int, total: int, **parameters: Any) -> Schedule:
    """Warm-up as long as training, or longer: what is left is over at once."""
    if family in ("linear", "polynomial"):
        after = schedule("constant", peak=parameters.get("final", 0))
        made = then(Schedule(_T / number(warm), {}, warm), after)
    else:
        made = warmup(schedule(family, total=1, **parameters), warm)
    return Schedule(made.form, made.parameters, total)


def _needed(total: int | None) -> int:
    if total is None:
        raise ValueError("num_training_steps is needed")
    return total


def _least(
    base: Number, min_lr: Number | None = None, min_lr_rate: Number | None = None
) -> Fraction:
    if (min_lr is None) == (min_lr_rate is None):
        raise ValueError("give one of min_lr and min_lr_rate")
    if min_lr is not None:
        return exact(min_lr) / exact(base)
    return exact(min_lr_rate)


_T = symbol(STEP)
NAMES: dict[str, Callable[..., Schedule]] = {
    "linear": _linear,
    "cosine": _cosine,
    "cosine_with_restarts": _restarts,
    "polynomial": _polynomial,
    "constant": _constant,
    "constant_with_warmup": _constant_with_warmup,
    "inverse_sqrt": _inverse_sqrt,
    "cosine_with_min_lr": _cosine_with_min_lr,
    "cosine_warmup_with_min_lr": _cosine_warmup_with_min_lr,
    "warmup_stable_decay": _warmup_stable_decay,
}
"""The names that can be formulas."""
