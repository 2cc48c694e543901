"""Whether a problem is what it says: samples apart, no chance, a force that is smooth at a state.

A linearisation of anything else gives figures that look right and mean nothing.
"""

import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised
from emlir_equilibrium.draws import normal, seeded
from emlir_equilibrium.guards import by_sample, roundoff
from emlir_equilibrium.problem import EquilibriumProblem

BESIDE = 1e-3
"""How far beside a state, relative to it or 1, its structure is looked at again."""
SHARP = 1e-6
"""The relative change of J v below which a force counts as smooth without more ado."""
CALLS = 20
"""By the number of components: calls more than two that show whether a force is random."""

KINK = "the force has a kink here (relu, abs, max): no linearisation decides"


class StructureError(ValueError):
    """The problem is not what it declares to be."""


class MixedSamplesError(StructureError):
    """The force at one sample depends on another one's state."""


class RandomForceError(StructureError):
    """Two calls of the force at one state differ."""


def drawn(linear: Linearised, seed: int) -> Tensor:
    """Standard normal rows, one a sample."""
    return normal((linear.problem.batch, linear.problem.size), seeded(seed), linear.z)


def beside(linear: Linearised) -> Linearised:
    """J at a state close by, where entries that are 0 by chance are not."""
    rows = by_sample(linear.problem, linear.z)
    size = BESIDE * rows.abs().amax(dim=1, keepdim=True).clamp_min(1.0)
    moved = rows + size * drawn(linear, 7)
    return Linearised(linear.problem, moved.reshape(linear.z.shape))


def check_samples(linear: Linearised) -> None:
    """Raise :class:`MixedSamplesError` if a product is not that of each sample by itself.

    Two samples differ in some bit of their numbers; those with the bit are moved without the
    others, and the other way round.
    """
    problem = linear.problem
    numbers = torch.arange(problem.batch, device=linear.z.device)
    for bit in range((problem.batch - 1).bit_length()):
        for side in (0, 1):
            moved = (numbers >> bit) % 2 == side
            probe = drawn(linear, bit) * moved[:, None]
            found = by_sample(problem, linear.jvp(probe.reshape(linear.z.shape)))
            if bool((found[~moved].abs() > 0).any()):
                raise MixedSamplesError(
                    f"the force at one sample depends on another: batch_dims={problem.batch_dims} "
                    f"declares {problem.batch} independent samples; a state without a batch "
                    "has batch_dims=0"
                )


def check_deterministic(problem: EquilibriumProblem, z: Tensor) -> None:
    """Raise :class:`RandomForceError` if calls at z or beside it differ.

    Noise that multiplies the state does not show where the state is 0. Of a few components two
    calls drop the same by chance, so small states get more calls.
    """
    allowed = 1e3 * torch.finfo(z.dtype).eps
    with torch.no_grad():
        for state in (z.detach(), beside(Linearised(problem, z)).z):
            first = problem.force(state).nan_to_num()
            for _ in range(1 + CALLS // z.numel()):
                gap = (problem.force(state).nan_to_num() - first).abs().max()
                if float(gap) > allowed * float(first.abs().max()):
                    raise RandomForceError("the force is random: two calls at one state differ")


def kinked(linear: Linearised, reach: Tensor) -> Tensor:
    """Return which samples' forces have a kink within ``reach`` (one distance a sample).

    J v is compared with what it is on both sides of the state, at some distance and at a
    hundredth of it. Of a smooth force the change shrinks likewise; at a kink (relu, abs, max)
    it stays, and no linearisation decides.
    """
    problem, unit = linear.problem, roundoff(linear.problem)
    size = by_sample(problem, linear.z).norm(dim=1).clamp_min(1.0)
    narrow = torch.maximum(1e3 * unit * size, 10 * reach.nan_to_num(nan=0.0, posinf=0.0))
    close, scale = _change(linear, narrow)
    smooth = close <= max(SHARP, 1e2 * unit) * scale
    if not bool(smooth.all()):
        smooth = smooth | (10 * close < _change(linear, 100 * narrow)[0])
    return ~smooth


def _change(linear: Linearised, distance: Tensor) -> tuple[Tensor, Tensor]:
    """The larger change of J v on the two sides, and the size of J v, by sample."""
    problem, z = linear.problem, linear.z
    way, v = (
        rows / rows.norm(dim=1, keepdim=True) for rows in (drawn(linear, 3), drawn(linear, 4))
    )
    step, probe = (distance[:, None] * way).reshape(z.shape), v.reshape(z.shape)
    here = by_sample(problem, linear.jvp(probe))
    sides = [
        by_sample(problem, Linearised(problem, state).jvp(probe)) for state in (z + step, z - step)
    ]
    linear.jvps += len(sides)
    changes = torch.stack([(one - here).norm(dim=1) for one in sides])
    sizes = torch.stack([one.norm(dim=1) for one in (here, *sides)])
    return changes.amax(dim=0), sizes.amax(dim=0)
