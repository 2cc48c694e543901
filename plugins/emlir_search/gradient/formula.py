"""The values of soft trees, many at once, over the complex numbers.

A complex number is a pair of real tensors: that is twice as fast as torch's complex numbers, and
a weight of 0 leaves no NaN of an infinity in the other part.
"""

from collections.abc import Sequence
from math import pi
from typing import Any

import torch
from torch import Tensor

from emlir_search.gradient.shape import Shape

Pair = tuple[Tensor, Tensor]

LARGEST_EXPONENT = 690.0
LARGEST = 1e300
"""Values are held here while a tree is soft; what it becomes is evaluated without any limit."""

ON_AXIS = 1e-13
"""A number is real if its imaginary part is smaller than this part of it: so that rounding does
not choose the side of the cut, where the upper value is meant."""


class _Eml(torch.autograd.Function):
    """exp(a) - Log(b), principal branch, for pairs of real and imaginary parts."""

    @staticmethod
    def forward(ctx: Any, a_re: Tensor, a_im: Tensor, b_re: Tensor, b_im: Tensor) -> Pair:
        size = a_re.clamp(max=LARGEST_EXPONENT).exp()
        e_re, e_im = size * a_im.cos(), size * a_im.sin()
        b_im = torch.where(b_im.abs() < ON_AXIS * b_re.abs(), 0.0, b_im)
        length = torch.hypot(b_re, b_im)
        ctx.save_for_backward(e_re, e_im, b_re / length / length, b_im / length / length)
        return _held(e_re - length.log()), _held(e_im - torch.atan2(b_im, b_re))

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        re, im = slopes
        e_re, e_im, b_re, b_im = ctx.saved_tensors
        return (
            re * e_re + im * e_im,
            im * e_re - re * e_im,
            im * b_im - re * b_re,
            -re * b_im - im * b_re,
        )


def _held(values: Tensor) -> Tensor:
    return values.clamp(-LARGEST, LARGEST)


def _lowest(a: Tensor, b: Tensor) -> Pair:
    """exp(a) - Log(b) for real numbers."""
    values = a.clamp(max=LARGEST_EXPONENT).exp() - b.abs().log()
    return values.clamp(-LARGEST, LARGEST), torch.where(b < 0, -pi, 0.0)


def tree_values(mixed: Sequence[Tensor], columns: Tensor, shape: Shape) -> Pair:
    """Return real and imaginary parts (trees, points) of trees.

    ``mixed`` are the weights of the mixtures, (trees, inner inputs, terms) and (trees, leaves,
    variables + 1); ``columns`` (variables + 1, points) begins with ones.
    """
    inner, leaf = mixed
    real = leaf @ columns
    re, im = _lowest(real[:, ::2], real[:, 1::2])
    for level in range(shape.depth - 1, 0, -1):
        weights = inner[:, shape.level(level)]
        below = weights[..., -1:]
        above = columns[: weights.shape[-1] - 1]
        re, im = weights[..., :-1] @ above + below * re, below * im
        re, im = _Eml.apply(re[:, ::2], im[:, ::2], re[:, 1::2], im[:, 1::2])  # type: ignore[no-untyped-call]
    return re[:, 0], im[:, 0]
