"""``EPTrainer``: equilibrium propagation, implicit gradients and BPTT under one ``step()``."""

from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor

from emlir_equilibrium.attached import attached
from emlir_equilibrium.block import EPBlock
from emlir_equilibrium.derivatives import Linearised
from emlir_equilibrium.eigenpairs import Pairs, leading_pairs
from emlir_equilibrium.gradients.adjoint import Gradients, gradients_of
from emlir_equilibrium.gradients.comparing import cosine
from emlir_equilibrium.gradients.estimating import AT_REST, GradientEstimate, estimate
from emlir_equilibrium.gradients.relaxing import relax
from emlir_equilibrium.penalties import eigreg, jacreg, resreg
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.stability import StabilityReport, hopf_margin
from emlir_equilibrium.threads import few_threads
from emlir_equilibrium.trainer.config import TrainerConfig
from emlir_equilibrium.trainer.controllers import (
    Diverged,
    Fuse,
    Gate,
    ParameterMean,
    WeightController,
    put,
)
from emlir_equilibrium.trainer.log import CsvLog, LogRow

Batch = tuple[Tensor, Tensor]
SAFE_EVERY = 25
"""Steps between the copies of the parameters that a blown fuse puts back."""


class EPTrainer:
    """Trains an :class:`~emlir_equilibrium.block.EPBlock`; a reference, slow by nature.

    ``validation`` is a batch (indices, targets); ``log`` a path of a CSV file or a ``CsvLog``.
    """

    def __init__(
        self,
        block: EPBlock,
        config: TrainerConfig | None = None,
        *,
        validation: Batch | None = None,
        log: str | Path | CsvLog | None = None,
    ) -> None:
        self.block = block
        self.config = config = TrainerConfig() if config is None else config
        self.validation = validation
        self.log = log if isinstance(log, CsvLog) else CsvLog(log)
        self.parameters = dict(block.named_parameters())
        self.optimizer = torch.optim.Adam(self.parameters.values(), lr=config.lr)
        self.mean = ParameterMean(self.parameters, config.mean_decay)
        self.controller = WeightController(
            config.weight or config.weight_bounds[0], config.residual_target, config.weight_bounds
        )
        self.gate = Gate(None if config.method == "bptt" else config.gate, config.warm_up)
        self.fuse = Fuse()
        self.steps = 0
        self._pairs: Pairs | None = None
        self.keep_safe()

    @property
    def weight(self) -> float:
        """The penalty's present weight, 0 without one."""
        if self.config.penalty == "none":
            return 0.0
        return self.controller.weight if self.config.controlled else self.config.weight

    def step(self, indices: Tensor, targets: Tensor) -> LogRow:
        """Relax, take the task gradient and the penalties', update; return and log the row.

        Raises :class:`Diverged` when the fuse blows, with the last safe parameters and their mean
        put back, and from then on.
        """
        self._refuse_if_blown()
        problem = self.block.problem(indices, targets)
        with few_threads(problem):
            return self._step((indices, targets), problem)

    def _step(self, batch: Batch, problem: EquilibriumProblem) -> LogRow:
        z, _ = relax(problem, None, self.config.free_steps)
        loss, residual = self.measured(problem, z)
        self._check(loss, residual)
        if self.steps % SAFE_EVERY == 0:
            self.keep_safe()
        skipped = self.gate.skips(residual)
        task = None if skipped else self.task_gradient(problem, z)
        penalties = self._penalty_gradients(problem, z)
        row = self._row(batch, problem, z, loss, residual, task)
        self._update(task, penalties)
        if self.config.controlled and self.config.penalty != "none":
            self.controller.update(residual)
        self.log.add(row)
        self.steps += 1
        return row

    def train(self, batches: Iterable[Batch]) -> list[LogRow]:
        """Take a step for each batch; stop early if the fuse blows (see ``fuse.blown``)."""
        rows = []
        for batch in batches:
            try:
                rows.append(self.step(*batch))
            except Diverged:
                break
        return rows

    def task_gradient(self, problem: EquilibriumProblem, z: Tensor) -> GradientEstimate:
        """Return the gradient of the loss alone, by the method of the configuration."""
        config = self.config
        if config.method == "ep":
            return estimate(
                problem,
                z,
                config.estimator,
                steps=config.nudged_steps,
                radius=config.radius,
                phases=config.phases,
            )
        return estimate(
            problem,
            z,
            config.method,
            steps=config.free_steps if config.method == "bptt" else None,
        )

    def keep_safe(self) -> None:
        """Copy the parameters and their mean: what a blown fuse puts back.

        A step does so when the fuse has seen what these parameters lead to.
        """
        self._safe = {name: one.detach().clone() for name, one in self.parameters.items()}
        self._safe_mean = self.mean.state()

    def validation_loss(self, *, mean: bool = False) -> float:
        """Return the loss of the validation batch, with ``mean`` of the averaged parameters."""
        if self.validation is None:
            raise ValueError("the trainer has no validation batch")
        if mean:
            with self.mean.applied():
                return self.validation_loss()
        problem = self.block.problem(*self.validation)
        return self.measured(problem, relax(problem, None, self.config.free_steps)[0])[0]

    @staticmethod
    def measured(problem: EquilibriumProblem, z: Tensor) -> tuple[float, float]:
        """Return the loss and the largest residual at a state."""
        assert problem.loss is not None
        with torch.no_grad():
            return float(problem.loss(z)), float(problem.residual_of(z).max())

    def _penalty_gradients(self, problem: EquilibriumProblem, z: Tensor) -> Gradients | None:
        config = self.config
        if config.penalty == "none" and not config.eig_coefficient:
            return None
        at = attached(problem, z) if config.attached else z
        total = torch.zeros((), dtype=z.dtype, device=z.device)
        if config.penalty == "jacreg":
            leak = 1 + self.block.config.leak
            total = total + self.weight * jacreg(problem, at, leak=leak, seed=self.steps)
        elif config.penalty == "resreg":
            total = total + self.weight * resreg(problem, at)
        if config.eig_coefficient:
            self._pairs = leading_pairs(Linearised(problem, z), self._start(problem))
            penalty = eigreg(problem, at, margin=config.eig_margin, pairs=self._pairs)
            total = total + config.eig_coefficient * penalty
        return gradients_of(total, problem)

    def _start(self, problem: EquilibriumProblem) -> Pairs | None:
        """The last pairs, if they belong to a batch of this shape."""
        shape = (problem.batch, problem.size)
        return self._pairs if self._pairs is not None and self._pairs.right.shape == shape else None

    def _update(self, task: GradientEstimate | None, penalties: Gradients | None) -> None:
        """One step of Adam; none where there is no gradient or one is not finite."""
        parts = [one for one in (task.gradients if task else None, penalties) if one is not None]
        if not parts:
            return
        sums = {name: sum((one[name] for one in parts[1:]), parts[0][name]) for name in parts[0]}
        if not all(bool(one.isfinite().all()) for one in sums.values()):
            if self.config.fuse:
                self._blow("a gradient is not finite")
            return
        for name, parameter in self.parameters.items():
            parameter.grad = sums[name].clone()
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.mean.update()

    def _row(
        self,
        batch: Batch,
        problem: EquilibriumProblem,
        z: Tensor,
        loss: float,
        residual: float,
        task: GradientEstimate | None,
    ) -> LogRow:
        """What is known at this step, and the measurements that are due."""
        config = self.config
        margin = self._margin(problem, z) if self._due(config.spectrum_every) else None
        validated = self._due(config.validate_every) and self.validation is not None
        controlled = config.penalty != "none" and config.controlled
        return LogRow(
            step=self.steps,
            loss=loss,
            val_loss=self.validation_loss() if validated else None,
            res=residual,
            cos=self._cosine(problem, z, task) if self._due(config.cosine_every) else None,
            skip_rate=self.gate.rate,
            lam=self.weight if config.penalty != "none" else None,
            lam_max=config.weight_bounds[1] if controlled else None,
            rho=None if margin is None else margin.rho,
            re_mu=None if margin is None else margin.re_mu,
            self_cos=self._self_cosine(batch, z) if self._due(config.self_cos_every) else None,
        )

    @staticmethod
    def _margin(problem: EquilibriumProblem, z: Tensor) -> StabilityReport | None:
        """The margins at the corrected state; ``None`` where there is no rest nearby."""
        found = hopf_margin(problem, z)
        return found if found.residual <= AT_REST else None

    def _due(self, every: int) -> bool:
        return every > 0 and self.steps % every == 0

    def _cosine(
        self, problem: EquilibriumProblem, z: Tensor, task: GradientEstimate | None
    ) -> float | None:
        """The task gradient against the implicit one, penalties off, at the same state."""
        made = self.task_gradient(problem, z) if task is None else task
        return cosine(made.gradients, estimate(problem, z, "implicit").gradients)

    def _self_cosine(self, batch: Batch, z: Tensor) -> float | None:
        """The cosine of the task gradients of the two halves of the batch."""
        half = len(batch[0]) // 2
        if half < 1:
            return None
        halves = []
        for part in (slice(0, half), slice(half, 2 * half)):
            problem = self.block.problem(batch[0][part], batch[1][part])
            halves.append(self.task_gradient(problem, z[part]).gradients)
        return cosine(*halves)

    def _check(self, loss: float, residual: float) -> None:
        if self.config.fuse and self.fuse.check(loss, residual) is not None:
            self._blow(self.fuse.blown or "")

    def _blow(self, why: str) -> None:
        self.fuse.blown = why
        put(self.parameters, self._safe)
        self.mean.restore(self._safe_mean)
        self._refuse_if_blown()

    def _refuse_if_blown(self) -> None:
        if self.fuse.blown is not None:
            raise Diverged(f"the fuse blew at step {self.steps}: {self.fuse.blown}")
