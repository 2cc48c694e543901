"""What the attention modules of transformers get and give, recorded while a model runs.

transformers calls attention through a table of functions; while :func:`record` is open ours is
in use. It computes the output from the effective weights themselves, so the model runs on the
weights that are recorded. Rotations and masks have been applied by then.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from emlir_attention.signed import SignedLog
from emlir_attention.softmax import softmax_weights

NAME = "emlir_recorded"


@dataclass(frozen=True, slots=True)
class Attended:
    """One call of one attention module: (batch, heads, time, width)."""

    name: str
    query: Tensor
    key: Tensor
    value: Tensor
    weights: SignedLog
    output: Tensor


@dataclass
class Recording:
    """All calls in their order."""

    names: dict[int, str]
    calls: list[Attended] = field(default_factory=list)

    def of(self, name: str) -> Attended:
        """Return the last call of a module. Raises ``KeyError`` if it was not called."""
        for call in reversed(self.calls):
            if call.name == name:
                return call
        raise KeyError(f"{name!r} was not called; called were {[c.name for c in self.calls]}")


_OPEN: ContextVar[Recording | None] = ContextVar("recording", default=None)


@contextmanager
def record(model: nn.Module) -> Iterator[Recording]:
    """Record the attention of a model of transformers, or of one of its attention modules.

    >>> from transformers import BertConfig, BertModel
    >>> import torch
    >>> sizes = dict(hidden_size=8, num_hidden_layers=1, num_attention_heads=2, vocab_size=9)
    >>> model = BertModel(BertConfig(**sizes, intermediate_size=8)).eval()
    >>> with record(model) as found, torch.no_grad():
    ...     _ = model(torch.tensor([[1, 2, 3]]))
    >>> found.calls[0].name, tuple(found.calls[0].weights.log.shape)
    ('encoder.layer.0.attention.self', (1, 2, 3, 3))
    """
    _register()
    recording = Recording({id(module): name for name, module in model.named_modules()})
    found: list[Any] = [m.config for m in model.modules() if hasattr(m, "config")]
    configs = {id(config): config for config in found}
    before = {key: config._attn_implementation for key, config in configs.items()}
    token = _OPEN.set(recording)
    try:
        for config in configs.values():
            config._attn_implementation = NAME
        yield recording
    finally:
        _OPEN.reset(token)
        for key, config in configs.items():
            config._attn_implementation = before[key]


def _register() -> None:
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import eager_mask

    AttentionInterface.register(NAME, _attend)
    AttentionMaskInterface.register(NAME, eager_mask)


def _attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    softcap: float | None = None,
    s_aux: Tensor | None = None,
    **_: Any,
) -> tuple[Tensor, Tensor]:
    """Attend in the way of transformers, and remember it."""
    recording = _OPEN.get()
    if recording is None:
        raise RuntimeError("recording is over: the model was left with its attention")
    if dropout or s_aux is not None:
        raise ValueError("attention with dropout (call eval()) or with sinks is not recorded")
    is_truth = attention_mask is not None and attention_mask.dtype == torch.bool
    mask, bias = (attention_mask, None) if is_truth else (None, attention_mask)
    weights = softmax_weights(query, key, scale=scaling, mask=mask, bias=bias, soft_cap=softcap)
    output = weights.apply(value)
    name = recording.names.get(id(module), "")
    recording.calls.append(Attended(name, query, key, value, weights, output))
    return output.transpose(1, 2).contiguous(), torch.exp(weights.log)
