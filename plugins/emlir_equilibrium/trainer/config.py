"""The options of a training run."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from emlir_equilibrium.penalties import MARGIN
from emlir_equilibrium.trainer.controllers import RESIDUAL_TARGET, WEIGHT_BOUNDS

TrainingMethod = Literal["ep", "implicit", "bptt"]
Estimator = Literal["asymep", "holomorphic", "tracking", "vf"]
Penalty = Literal["none", "jacreg", "resreg"]
EVERY = ("cosine_every", "spectrum_every", "self_cos_every", "validate_every")


@dataclass(frozen=True)
class TrainerConfig:
    """How a block is trained.

    - ``method``: where the task gradient comes from; ``estimator``: the nudged phases of ``ep``
    - ``free_steps``, ``nudged_steps``: T1 and T2; ``radius``, ``phases``: the nudge
    - ``penalty``: with ``controlled`` its weight starts at ``weight`` and follows the residual,
      otherwise it stays; ``eig_coefficient`` times ``eigreg`` is added (0 leaves it out)
    - ``attached``: whether penalties' gradients hold the shift of the fixed point
    - ``gate``: the residual above which ``ep`` and ``implicit`` skip the task gradient
    - ``warm_up``: so many first steps take penalties alone
    - ``fuse``: whether a run that diverges stops
    - ``cosine_every``, ``spectrum_every``, ``self_cos_every``, ``validate_every``: steps between
      measurements that cost time; 0 makes none
    """

    method: TrainingMethod = "ep"
    estimator: Estimator = "asymep"
    lr: float = 3e-3
    free_steps: int = 60
    nudged_steps: int = 40
    radius: float | None = None
    phases: int | None = None
    penalty: Penalty = "jacreg"
    weight: float = WEIGHT_BOUNDS[0]
    controlled: bool = True
    residual_target: float = RESIDUAL_TARGET
    weight_bounds: tuple[float, float] = WEIGHT_BOUNDS
    eig_margin: float = MARGIN
    eig_coefficient: float = 0.1
    attached: bool = False
    gate: float | None = 1e-2
    warm_up: int = 0
    mean_decay: float = 0.999
    fuse: bool = True
    cosine_every: int = 0
    spectrum_every: int = 0
    self_cos_every: int = 0
    validate_every: int = 0

    def __post_init__(self) -> None:
        kinds = {"method": TrainingMethod, "estimator": Estimator, "penalty": Penalty}
        for name, kind in kinds.items():
            if getattr(self, name) not in get_args(kind):
                allowed = ", ".join(get_args(kind))
                raise ValueError(f"{name} is one of {allowed}, not {getattr(self, name)!r}")
        self._check_numbers()

    def _check_numbers(self) -> None:
        above = {"lr": self.lr, "free_steps": self.free_steps, "nudged_steps": self.nudged_steps}
        if self.gate is not None:
            above["gate"] = self.gate
        names = ("weight", "eig_margin", "eig_coefficient", "warm_up", *EVERY)
        not_below = {name: getattr(self, name) for name in names}
        for name, value in (above | not_below).items():
            if not math.isfinite(value) or value < 0 or (value == 0 and name in above):
                bound = "above 0" if name in above else "not below 0"
                raise ValueError(f"{name} is a finite number {bound}, not {value!r}")
        for name in ("free_steps", "nudged_steps", "warm_up", *EVERY):
            if not isinstance(getattr(self, name), int):
                raise ValueError(f"{name} is a number of steps, not {getattr(self, name)!r}")


BARE = TrainerConfig(penalty="none", eig_coefficient=0.0, gate=None, fuse=False)
"""The task gradient alone: no penalty, gate or fuse."""
