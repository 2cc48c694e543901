"""A model whose state is where a force vanishes: what all analyses take."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import torch
from torch import Tensor

Force = Callable[[Tensor], Tensor]
ResidualKind = Literal["force", "step"]


@dataclass(frozen=True)
class EquilibriumProblem:
    """A force F(z) on a state, with everything that an analysis may ask for.

    The state relaxes by z <- z + ``epsilon`` F(z), the map. ``force`` takes and gives a tensor of
    the shape of ``z0``; inputs are bound in it. Eigenvalues mu are of J = dF/dz, those of the
    map are 1 + ``epsilon`` mu.

    - ``batch_dims``: so many leading dimensions count independent samples: a sample's
      force depends on its own state alone, so J is block diagonal and analysed by sample.
    - ``causal_dim``: the dimension of ``z0`` along which the force at a place depends only on
      the state at it and before it; ``None`` if there is none. The last dimension is the
      channel.
    - ``token_force``: F at each place with the other places frozen: ``token_force(z, context)``
      is F where place t has the state ``z[t]`` itself and sees ``context`` at all others. With it
      all diagonal blocks cost one jvp a channel.
    - ``parameters``: leaf tensors by name that the force depends on; ``groups`` their names by
      group, by default each is its own.
    - ``loss``: from a state to a scalar tensor, the mean over the batch.
    - ``holomorphic``: whether the force takes complex states and is complex analytic.
    - ``residual``: whether residuals are those of the force, |F|/|z|, or of a step, epsilon
      |F|/|z|.
    """

    force: Force
    z0: Tensor
    epsilon: float = 1.0
    batch_dims: int = 1
    causal_dim: int | None = None
    token_force: Callable[[Tensor, Tensor], Tensor] | None = None
    parameters: Mapping[str, Tensor] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    loss: Callable[[Tensor], Tensor] | None = None
    holomorphic: bool = False
    residual: ResidualKind = "force"
    name: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.z0, Tensor):
            raise TypeError(f"z0 is a tensor, not {type(self.z0).__name__}")
        if not self.z0.is_floating_point():
            raise TypeError(
                f"the state is real, not {self.z0.dtype}: give integers as floats, and complex "
                "states by their real and imaginary parts side by side"
            )
        if not self.z0.numel():
            raise ValueError(f"the state is empty: its shape is {tuple(self.z0.shape)}")
        if not 0 <= self.batch_dims <= self.z0.ndim:
            raise ValueError(f"{self.batch_dims} batch dimensions of {self.z0.ndim}")
        if not self.epsilon > 0:
            raise ValueError(f"the step epsilon is above 0, not {self.epsilon}")
        if self.causal_dim is not None and not (
            self.batch_dims <= self.causal_dim < self.z0.ndim - 1
        ):
            raise ValueError(
                f"the causal dimension lies between the batch and the channel, not at "
                f"{self.causal_dim} of {self.z0.ndim}"
            )
        unknown = {name for names in self.groups.values() for name in names} - set(self.parameters)
        if unknown:
            raise ValueError(f"groups name parameters that are not there: {sorted(unknown)}")

    @property
    def batch(self) -> int:
        """The number of samples."""
        return int(self.z0.shape[: self.batch_dims].numel())

    @property
    def size(self) -> int:
        """The number of components of one sample's state, n."""
        return self.z0.numel() // self.batch

    def step(self, z: Tensor) -> Tensor:
        """The map: one step of the relaxation."""
        return z + self.epsilon * self.force(z)

    def residual_of(self, z: Tensor) -> Tensor:
        """|F(z)|/|z| of each sample, times epsilon if residuals are of steps; shape (batch,)."""
        force = self.force(z).reshape(self.batch, -1)
        scale = z.reshape(self.batch, -1).norm(dim=1).clamp_min(torch.finfo(force.dtype).tiny)
        factor = self.epsilon if self.residual == "step" else 1.0
        found: Tensor = factor * force.norm(dim=1) / scale
        return found

    def parameter_groups(self) -> dict[str, dict[str, Tensor]]:
        """The parameters by group."""
        groups = self.groups or {name: (name,) for name in self.parameters}
        return {
            group: {name: self.parameters[name] for name in names}
            for group, names in groups.items()
        }

    def starting_at(self, z0: Tensor) -> "EquilibriumProblem":
        """The same problem with another first state."""
        return replace(self, z0=z0)


def from_map(
    function: Force, z0: Tensor, epsilon: float = 1.0, **options: object
) -> EquilibriumProblem:
    """Return the problem whose map is ``function``: F(z) = (f(z) - z)/epsilon.

    ``options`` are those of :class:`EquilibriumProblem`.
    """
    return EquilibriumProblem(lambda z: (function(z) - z) / epsilon, z0, epsilon, **options)  # type: ignore[arg-type]
