"""Random numbers from a seed, and arrays as tensors: both first on the CPU, then where they go.

So a seed gives the same numbers on every device, whatever torch's default device is.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def seeded(seed: int) -> torch.Generator:
    """Return a generator of the CPU."""
    return torch.Generator("cpu").manual_seed(seed)


def normal(shape: Sequence[int], generator: torch.Generator, like: Tensor) -> Tensor:
    """Draw normal numbers; they have the dtype and the device of ``like``."""
    drawn = torch.randn(tuple(shape), generator=generator, dtype=torch.float64, device="cpu")
    return drawn.to(like)


def signs(shape: Sequence[int], generator: torch.Generator, like: Tensor) -> Tensor:
    """Draw -1 and 1, as likely as each other."""
    drawn = torch.randint(0, 2, tuple(shape), generator=generator, device="cpu")
    return (2 * drawn - 1).to(like)


def tensor_of(array: NDArray[np.float64], like: Tensor) -> Tensor:
    """Return a copy of an array as a tensor of the dtype and the device of ``like``."""
    return torch.from_numpy(np.array(array, order="C")).to(like)
