"""Activations of any module, caught by a hook: what a law is looked for in."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn


def hooked(
    model: nn.Module,
    layer: str,
    inputs: Iterable[Any],
    position: int | slice = -1,
    target: Callable[[Any], Tensor] | None = None,
) -> tuple[Tensor, Tensor | None]:
    """Run a model on batches; return what a layer gave at a position, and the targets.

    Args:
        model: any module; it is run as it is, without gradients.
        layer: the name of a part, as in ``named_modules()``.
        inputs: batches, each a tensor or a mapping of keyword arguments.
        position: the place in time, the axis after the batch; a slice gives one row for each.
        target: a function from the model's output to one number for each of the batch.

    Raises ``KeyError`` if there is no such layer, and ``RuntimeError`` if it was not run.
    """
    module = dict(model.named_modules()).get(layer)
    if module is None:
        raise KeyError(f"there is no layer {layer!r}")
    caught: list[Tensor] = []
    handle = module.register_forward_hook(lambda _, __, out: caught.append(_first(out).detach()))
    rows, targets = [], []
    try:
        for batch in inputs:
            caught.clear()
            with torch.no_grad():
                out = model(**batch) if isinstance(batch, Mapping) else model(batch)
            if not caught:
                raise RuntimeError(f"the layer {layer!r} was not run")
            rows.append(caught[-1][:, position].reshape(-1, caught[-1].shape[-1]))
            if target is not None:
                targets.append(target(out).detach().reshape(-1))
    finally:
        handle.remove()
    return torch.cat(rows), torch.cat(targets) if targets else None


def _first(output: Any) -> Tensor:
    found: Tensor = output[0] if isinstance(output, tuple) else output
    return found
