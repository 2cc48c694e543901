"""The block of ept: a causal pre-LN transformer block that is run to a fixed point.

    F(z) = x - (1 + c) z + a Attn(LN1 z) + f FFN(LN2 z),    x = tok[idx] + pos,    logits = z W

Attention has independent matrices for queries, keys, values and the output, so F is not the
gradient of an energy. a and f are 1; other values weaken or knock out a branch.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import torch
from torch import Tensor, nn

from emlir_equilibrium.analytic import (
    cross_entropy,
    gelu,
    layer_norm,
    linear,
    masked_softmax,
    rms_norm,
)
from emlir_equilibrium.draws import normal, seeded
from emlir_equilibrium.problem import EquilibriumProblem

GROUPS: dict[str, tuple[str, ...]] = {
    "embedding": ("token", "place"),
    "attention": ("query", "key", "value", "output"),
    "feed_forward": ("up", "up_bias", "down", "down_bias"),
    "norms": ("norm1_weight", "norm1_bias", "norm2_weight", "norm2_bias"),
    "head": ("head",),
}
"""The parameters of the block by what they belong to."""


@dataclass(frozen=True)
class BlockConfig:
    """The sizes and options of an :class:`EPBlock`.

    - ``leak``: c, ``epsilon``: the step of the relaxation
    - ``qk_norm``: root-mean-square norm of queries and keys
    - ``branch_scale``: factor on the first values of the matrices that end each branch; at 1 some
      sequences do not settle at first, at 1/2 they do
    - ``attention_gain``, ``feed_forward_gain``: a and f
    """

    vocabulary: int
    width: int = 16
    heads: int = 2
    context: int = 8
    leak: float = 1.0
    epsilon: float = 0.1
    qk_norm: bool = False
    branch_scale: float = 0.5
    attention_gain: float = 1.0
    feed_forward_gain: float = 1.0

    def __post_init__(self) -> None:
        if min(self.vocabulary, self.width, self.heads, self.context) < 1:
            raise ValueError("vocabulary, width, heads and context are at least 1")
        if self.width % self.heads:
            raise ValueError(f"{self.heads} heads do not divide the width {self.width}")
        if not self.epsilon > 0:
            raise ValueError(f"the step epsilon is above 0, not {self.epsilon}")

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> "BlockConfig":
        """Read what ``dataclasses.asdict`` wrote; raises ``ValueError`` for other names."""
        unknown = set(values) - {one.name for one in fields(cls)}
        if unknown:
            raise ValueError(f"a block has no option {sorted(unknown)[0]!r}")
        return cls(**values)  # type: ignore[arg-type]


class EPBlock(nn.Module):
    """The block. States have the shape (batch, places, width); ``seed`` decides first values."""

    token: nn.Parameter
    place: nn.Parameter
    query: nn.Parameter
    key: nn.Parameter
    value: nn.Parameter
    output: nn.Parameter
    up: nn.Parameter
    up_bias: nn.Parameter
    down: nn.Parameter
    down_bias: nn.Parameter
    norm1_weight: nn.Parameter
    norm1_bias: nn.Parameter
    norm2_weight: nn.Parameter
    norm2_bias: nn.Parameter
    head: nn.Parameter

    def __init__(
        self, config: BlockConfig, seed: int = 0, dtype: torch.dtype = torch.float64
    ) -> None:
        super().__init__()
        self.config = config
        like = torch.empty((), dtype=dtype)
        for name, value in _first_values(config, seeded(seed), like).items():
            self.register_parameter(name, nn.Parameter(value))

    def inputs(self, indices: Tensor) -> Tensor:
        """x = tok[idx] + pos."""
        found: Tensor = self.token[indices] + self.place[: indices.shape[1]]
        return found

    def force(self, z: Tensor, x: Tensor) -> Tensor:
        """F(z)."""
        seen = _seen(z)
        first = layer_norm(z, self.norm1_weight, self.norm1_bias)
        query, key, value = self._heads(first)
        weights = masked_softmax(self._scores(query, key), seen)
        return self._sum(z, x, weights @ value)

    def token_force(self, z: Tensor, context: Tensor, x: Tensor) -> Tensor:
        """F at each place of ``z`` where all other places have the state ``context``."""
        first = layer_norm(z, self.norm1_weight, self.norm1_bias)
        query, key, value = self._heads(first)
        around = layer_norm(context, self.norm1_weight, self.norm1_bias)
        _, other_key, other_value = self._heads(around)
        own = torch.eye(z.shape[-2], dtype=torch.bool, device=z.device)
        own_scores = self._scores(query[..., None, :], key[..., None, :])[..., 0]
        scores = torch.where(own, own_scores, self._scores(query, other_key))
        weights = masked_softmax(scores, _seen(z))
        mixed = weights.masked_fill(own, 0) @ other_value
        return self._sum(z, x, mixed + weights.diagonal(0, -2, -1)[..., None] * value)

    def loss(self, z: Tensor, targets: Tensor) -> Tensor:
        """Cross-entropy of the logits, the mean over all places."""
        return cross_entropy(linear(z, self.head), targets)

    def problem(self, indices: Tensor, targets: Tensor | None = None) -> EquilibriumProblem:
        """Return the problem of a batch of sequences; the state starts at x.

        The batch goes to the device of the parameters.
        """
        indices = indices.to(self.head.device)
        targets = None if targets is None else targets.to(self.head.device)

        def force(z: Tensor) -> Tensor:
            return self.force(z, self.inputs(indices))

        def token_force(z: Tensor, context: Tensor) -> Tensor:
            return self.token_force(z, context, self.inputs(indices))

        def loss(z: Tensor) -> Tensor:
            assert targets is not None
            return self.loss(z, targets)

        return EquilibriumProblem(
            force,
            self.inputs(indices).detach(),
            self.config.epsilon,
            causal_dim=1,
            token_force=token_force,
            parameters=dict(self.named_parameters()),
            groups=GROUPS,
            loss=None if targets is None else loss,
            holomorphic=True,
            name="ept block",
        )

    def with_gains(self, attention: float = 1.0, feed_forward: float = 1.0) -> "EPBlock":
        """Return a copy with other gains of the branches; 0 knocks a branch out."""
        values = asdict(self.config)
        values.update(attention_gain=attention, feed_forward_gain=feed_forward)
        made = EPBlock(BlockConfig(**values), dtype=self.head.dtype)
        made.load_state_dict(self.state_dict())
        return made.to(self.head.device)

    def _heads(self, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, shape (..., heads, places, width of a head)."""
        heads = self.config.heads

        def split(weight: Tensor) -> Tensor:
            made = linear(z, weight)
            return made.reshape(*z.shape[:-1], heads, -1).transpose(-3, -2)

        query, key, value = split(self.query), split(self.key), split(self.value)
        if self.config.qk_norm:
            query, key = rms_norm(query), rms_norm(key)
        return query, key, value

    def _scores(self, query: Tensor, key: Tensor) -> Tensor:
        return query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])

    def _sum(self, z: Tensor, x: Tensor, mixed: Tensor) -> Tensor:
        """The force from the mixed values of the heads."""
        config = self.config
        attention = linear(mixed.transpose(-3, -2).flatten(-2), self.output)
        second = layer_norm(z, self.norm2_weight, self.norm2_bias)
        inner = gelu(linear(second, self.up, self.up_bias))
        fed = linear(inner, self.down, self.down_bias)
        leaked = x - (1 + config.leak) * z
        return leaked + config.attention_gain * attention + config.feed_forward_gain * fed


def _seen(z: Tensor) -> Tensor:
    """Which places each place sees: itself and those before it."""
    places = z.shape[-2]
    return torch.ones(places, places, dtype=torch.bool, device=z.device).tril()


def _first_values(
    config: BlockConfig, generator: torch.Generator, like: Tensor
) -> dict[str, Tensor]:
    """The first values of all parameters, of the dtype and the device of ``like``."""
    width, inner = config.width, 4 * config.width

    def matrix(rows: int, columns: int, scale: float = 1.0) -> Tensor:
        return normal((rows, columns), generator, like) * scale / math.sqrt(rows)

    def table(rows: int, scale: float) -> Tensor:
        return normal((rows, width), generator, like) * scale

    ones, zeros = like.new_ones(width), like.new_zeros(width)
    return {
        "token": table(config.vocabulary, 1.0),
        "place": table(config.context, 0.1),
        "query": matrix(width, width),
        "key": matrix(width, width),
        "value": matrix(width, width),
        "output": matrix(width, width, config.branch_scale),
        "up": matrix(width, inner),
        "up_bias": like.new_zeros(inner),
        "down": matrix(inner, width, config.branch_scale),
        "down_bias": zeros.clone(),
        "norm1_weight": ones.clone(),
        "norm1_bias": zeros.clone(),
        "norm2_weight": ones.clone(),
        "norm2_bias": zeros.clone(),
        "head": matrix(width, config.vocabulary),
    }
