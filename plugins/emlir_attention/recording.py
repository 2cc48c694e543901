"""What the attention modules of transformers get and give, recorded while a model runs.

transformers calls attention through a table of functions; while :func:`record` is open ours is
in use. It computes the output from the effective weights themselves, so the model runs on the
weights that are recorded. Rotations and masks have been applied by then.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from emlir_attention.signed import SignedLog
from emlir_attention.softmax import softmax_weights

NAME = "emlir_recorded"
NOT_KNOWN = ("s_aux", "sinks", "indices", "block_indices")
"""What models give to their attention that changes the weights and is not computed here."""


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
    """All calls in their order; ``was_called`` also if one was refused."""

    names: dict[int, str]
    calls: list[Attended] = field(default_factory=list)
    was_called: bool = False

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

    Seen is what goes through the table: not the layers of linear attention in a hybrid model, and
    nothing of models that have their own code for attention, as BLOOM and Falcon. Raises
    ``RuntimeError`` at the end if nothing was recorded; and ``ValueError`` while the model runs for
    dropout, sinks, sparse indices, and a causal module that is given no mask.

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
        if not recording.was_called:
            raise RuntimeError(
                f"nothing was recorded: no attention of this {type(model).__name__} was called "
                "through transformers' table of attention functions"
            )
    finally:
        _OPEN.reset(token)
        for key, config in configs.items():
            config._attn_implementation = before[key]


def _register() -> None:
    try:
        from transformers import AttentionInterface, AttentionMaskInterface
        from transformers.masking_utils import eager_mask
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "recording needs transformers: pip install 'emlir[schedules]'", name=error.name
        ) from error

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
    position_bias: Tensor | None = None,
    **options: Any,
) -> tuple[Tensor, Tensor]:
    """Attend in the way of transformers, and remember it."""
    recording = _OPEN.get()
    if recording is None:
        raise RuntimeError("recording is over: the model was left with its attention")
    recording.was_called = True
    if dropout:
        raise ValueError("attention with dropout is not recorded: call eval()")
    for name in NOT_KNOWN:
        if options.get(name) is not None:
            raise ValueError(f"{type(module).__name__} takes {name!r}, which is not recorded")
    if attention_mask is None and query.shape[-2] > 1 and _is_causal(module, options):
        raise ValueError(f"{type(module).__name__} is causal and has no mask: give it one")
    mask, bias = _mask_and_bias(attention_mask, position_bias)
    weights = softmax_weights(query, key, scale=scaling, mask=mask, bias=bias, soft_cap=softcap)
    output = weights.apply(value)
    name = recording.names.get(id(module), "")
    recording.calls.append(Attended(name, query, key, value, weights, output))
    return output.transpose(1, 2).contiguous(), torch.exp(weights.log)


def _is_causal(module: nn.Module, options: Mapping[str, Any]) -> bool:
    """Without a mask some of transformers' functions hide later tokens then, and others do not."""
    told = options.get("is_causal")
    return bool(getattr(module, "is_causal", True) if told is None else told)


def _mask_and_bias(
    mask: Tensor | None, position_bias: Tensor | None
) -> tuple[Tensor | None, Tensor | None]:
    """Tell masks of truth values from those that are added, as T5's biases are."""
    if mask is None or mask.dtype == torch.bool:
        return mask, position_bias
    return None, mask if position_bias is None else mask + position_bias
