"""Shapes: (batch, heads, time, width); few heads may be shared by many; blocks of rows."""

from collections.abc import Iterator

import torch
from torch import Tensor

ROWS = 64
"""Rows at a time: what is needed besides the result grows with T times this, not with T * T."""


def shared(values: Tensor, heads: int, axis: int = -3) -> Tensor:
    """Let each head of ``values`` serve as many of ``heads`` as there are, neighbours together.

    Raises ``ValueError`` if the numbers do not divide.
    """
    have = values.shape[axis]
    if have == heads:
        return values
    if have == 0 or heads % have:
        raise ValueError(f"{have} heads cannot be shared by {heads}")
    return values.repeat_interleave(heads // have, dim=axis)


def blocks(length: int, rows: int = ROWS) -> Iterator[slice]:
    """Cut 0, ..., length - 1 into slices; of nothing there is one, which is empty."""
    if rows < 1:
        raise ValueError(f"rows are at least 1 at a time, not {rows}")
    for start in range(0, max(length, 1), rows):
        yield slice(start, min(start + rows, length))


def check_series(**series: Tensor) -> None:
    """Raise ``ValueError`` unless all are floats of one dtype, with at least three axes."""
    for name, values in series.items():
        if values.dtype not in (torch.float32, torch.float64):
            raise ValueError(f"{name} is of {values.dtype}; float32 or float64 is needed")
        if values.ndim < 3:
            raise ValueError(f"{name} has the shape {tuple(values.shape)}: (heads, time, width)")
    if len({values.dtype for values in series.values()}) > 1:
        raise ValueError(f"{' and '.join(series)} are of different dtypes")


def check_keys(query: Tensor, key: Tensor) -> None:
    """Raise ``ValueError`` unless queries and keys have the same width."""
    check_series(query=query, key=key)
    if query.shape[-1] != key.shape[-1]:
        raise ValueError(f"queries have width {query.shape[-1]}, keys {key.shape[-1]}")


def check_times(**series: Tensor) -> None:
    """Raise ``ValueError`` unless all are of the same length in time."""
    if len({values.shape[-2] for values in series.values()}) > 1:
        lengths = ", ".join(f"{name} {values.shape[-2]}" for name, values in series.items())
        raise ValueError(f"lengths in time differ: {lengths}")


def check_steps(heads: int, time: int, **steps: Tensor) -> None:
    """Raise ``ValueError`` unless all have one number for each head and time."""
    for name, values in steps.items():
        if values.shape[-2:] != (heads, time):
            raise ValueError(
                f"{name} have the shape {tuple(values.shape)}, for {heads} heads and length {time}"
            )


def scale_of(query: Tensor, scale: float | None) -> float:
    """The factor of scores: one over the root of the width, if none is given."""
    return float(max(query.shape[-1], 1) ** -0.5) if scale is None else scale
