"""Where tokens are, in scores: biases that fall with the distance, and rotations."""

import torch
from torch import Tensor


def alibi_bias(slopes: Tensor, length: int) -> Tensor:
    """Return the bias of ALiBi (Press et al., arXiv:2108.12409), (heads, 1, length).

    It is ``slope * j`` for the source ``j``: softmax does not see that ``slope * i``, the same
    for a whole row, is left out. So it takes no T times T numbers. For causal attention.
    """
    return slopes[:, None, None] * torch.arange(length, dtype=slopes.dtype, device=slopes.device)


def alibi_slopes(heads: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return the slopes of the paper for a power of two heads: 2^(-8/n), 2^(-16/n), ..."""
    if heads < 1 or heads & (heads - 1):
        raise ValueError(f"the paper's slopes are for a power of two heads, not {heads}")
    return 2.0 ** (-8.0 * torch.arange(1, heads + 1, dtype=dtype) / heads)


def rotated(values: Tensor, base: float = 10_000.0) -> Tensor:
    """Rotate queries or keys by their places (Su et al., arXiv:2104.09864), halves as pairs."""
    length, width = values.shape[-2:]
    if width % 2:
        raise ValueError(f"pairs are rotated, and the width is {width}")
    halves, places = (
        torch.arange(0, end, step, dtype=torch.float64, device="cpu")
        for end, step in ((width, 2), (length, 1))
    )
    angles = (places[:, None] * base ** (-halves / width)).to(values.device)
    cos, sin = angles.cos().to(values.dtype), angles.sin().to(values.dtype)
    left, right = values.chunk(2, dim=-1)
    return torch.cat((left * cos - right * sin, right * cos + left * sin), dim=-1)
