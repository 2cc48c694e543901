"""The layers of a transformer for states that are real or complex.

On complex states all of them are complex analytic: variances and norms are not conjugated, softmax
is a ratio of exponentials, nothing is clipped.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

GELU_CUBIC = 0.044715
FAR_BELOW = -1e4
"""A score whose exponential is 0 in every float type, for places that are not seen."""


def layer_norm(z: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Normalise the last dimension.

    Written out for real states too: torch's own differentiates its forward derivative wrongly
    (pytorch issue 196700).
    """
    centred = z - z.mean(-1, keepdim=True)
    variance = (centred * centred).mean(-1, keepdim=True)
    return centred / torch.sqrt(variance + eps) * weight + bias


def rms_norm(z: Tensor, eps: float = 1e-6) -> Tensor:
    """Divide the last dimension by the root of its mean square."""
    return z / torch.sqrt((z * z).mean(-1, keepdim=True) + eps)


def gelu(u: Tensor) -> Tensor:
    """GELU in its tanh form."""
    if not u.is_complex():
        return functional.gelu(u, approximate="tanh")
    inner = math.sqrt(2 / math.pi) * (u + GELU_CUBIC * u * u * u)
    return 0.5 * u * (1 + torch.tanh(inner))


def linear(z: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return z W + b for real weights."""
    made = z @ weight.to(z.dtype)
    return made if bias is None else made + bias


def masked_softmax(scores: Tensor, seen: Tensor) -> Tensor:
    """Return the softmax over the last dimension where ``seen``; exactly 0 elsewhere.

    Each row sees at least one place. The shift is a constant, so the ratio stays analytic.
    """
    hidden = scores.masked_fill(~seen, FAR_BELOW)
    if not hidden.is_complex():
        return torch.softmax(hidden, -1)
    shift = hidden.real.amax(-1, keepdim=True).detach()
    powers = torch.exp(hidden - shift)
    return powers / powers.sum(-1, keepdim=True)


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the mean of log sum exp(logits) - logits[target] over all places."""
    if not logits.is_complex():
        return functional.cross_entropy(logits.flatten(0, -2), targets.flatten())
    shift = logits.real.amax(-1, keepdim=True).detach()
    total = torch.log(torch.exp(logits - shift).sum(-1)) + shift[..., 0]
    return (total - logits.gather(-1, targets[..., None])[..., 0]).mean()
