"""The five schedules that are compared by default."""

from emlir_schedules.catalogue import schedule
from emlir_schedules.core import Schedule, warmup

WARM = 8
"""One step in so many is a step of warm-up."""


def five(steps: int) -> dict[str, Schedule]:
    """Return EML, cosine, linear, inverse-sqrt and constant schedules of the same warm-up.

    All have ``steps`` steps; an eighth of them, at least one, rise from 0 to 1. The first rises
    and decays in the shape of eml: (exp(x) - 1)/(e - 1), then exp(-2u) - ln(1 + u), stretched to
    end at 0; the others rise linearly.
    """
    if steps < 2:
        raise ValueError(f"a warm-up and a decay need at least 2 steps, not {steps}")
    warm = max(1, steps // WARM)
    others = {
        name: schedule(family, total=steps, warmup=warm)
        for name, family in (("cosine", "cosine"), ("linear", "linear"), ("constant", "constant"))
    }
    eml = warmup(schedule("eml_cooldown", total=steps - warm), warm, shape="eml")
    root = schedule("inverse_sqrt", total=steps, warmup=warm, timescale=warm)
    return {
        "eml": eml,
        "cosine": others["cosine"],
        "linear": others["linear"],
        "inverse-sqrt": root,
        "constant": others["constant"],
    }
