"""ept's experiments on a small block: each one function, which returns a report with a table.

Each takes ``steps`` and ``seed`` and needs a minute or two on two cores by default.
"""

from collections.abc import Callable

from emlir_equilibrium.experiments.gradients import lr_sweep, t2, triangulation
from emlir_equilibrium.experiments.reporting import ExperimentReport as ExperimentReport
from emlir_equilibrium.experiments.structure import context, knock_out, profile
from emlir_equilibrium.experiments.training import controller, penalties, warm_up

EXPERIMENTS: dict[str, Callable[..., ExperimentReport]] = {
    "triangulation": triangulation,
    "lr-sweep": lr_sweep,
    "controller": controller,
    "warm-up": warm_up,
    "penalties": penalties,
    "knock-out": knock_out,
    "context": context,
    "t2": t2,
    "profile": profile,
}
"""The experiments by name; the first seven are ept's, in its order."""
