"""A report on the attention of a model: how concentrated each head is."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from emlir_attention.recording import Attended, record
from emlir_attention.softmax_norm import row_norms


@dataclass(frozen=True, slots=True)
class HeadReport:
    """One head of one module, over all rows of a batch.

    ``peak`` is the mean of the largest weights, ``entropy`` that of the rows in nats, ``g1``
    the largest norm of softmax's Jacobian.
    """

    module: str
    head: int
    peak: float
    entropy: float
    g1: float

    def __str__(self) -> str:
        return (
            f"{self.module} head {self.head}: largest weight {self.peak:.3f} on average, "
            f"entropy {self.entropy:.3f}, g1 at most {self.g1:.3f}"
        )


@dataclass(frozen=True, slots=True)
class AttentionReport:
    """All heads."""

    heads: tuple[HeadReport, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.heads))


def attention_report(model: nn.Module, **inputs: Any) -> AttentionReport:
    """Run a model of transformers on a batch and describe every head; raise as ``record`` does."""
    with record(model) as found, torch.no_grad():
        model(**inputs)
    return AttentionReport(tuple(head for call in found.calls for head in _heads(call)))


def _heads(call: Attended) -> list[HeadReport]:
    found = []
    for head in range(call.weights.log.shape[-3]):
        log = call.weights.log[..., head, :, :].double()
        sizes = log.exp()
        entropy = -torch.where(sizes > 0, sizes * log, 0.0).sum(-1).mean()
        g1 = row_norms(sizes.reshape(-1, sizes.shape[-1]).cpu().numpy()).max()
        peak = sizes.amax(-1).mean()
        found.append(HeadReport(call.name, head, float(peak), float(entropy), float(g1)))
    return found
