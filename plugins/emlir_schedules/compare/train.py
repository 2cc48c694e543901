"""Training under a schedule."""

from collections.abc import Iterator

import torch
from torch.optim import AdamW

from emlir_schedules.compare.records import Step
from emlir_schedules.compare.task import Data
from emlir_schedules.core import Schedule
from emlir_schedules.torch_lr import ExpressionLR


def train(
    model: torch.nn.Module, data: Data, schedule: Schedule, base_rate: float
) -> Iterator[Step]:
    """Train with AdamW and yield each step when it is done.

    The rate of a step is ``base_rate`` times the schedule. Training ends before its last step
    where a loss is no longer finite.
    """
    optimizer = AdamW(model.parameters(), lr=base_rate)
    rates = ExpressionLR(optimizer, schedule)
    for step, rows in enumerate(data.order):
        if step:
            rates.step()
        rate = float(optimizer.param_groups[0]["lr"])
        loss = _loss(model, data.tokens[rows], data.labels[rows])
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        done = Step(step, loss.item(), validation_loss(model, data), rate)
        yield done
        if not done.is_finite:
            return


def validation_loss(model: torch.nn.Module, data: Data) -> float:
    """Return the mean loss on all validation rows."""
    with torch.no_grad():
        return _loss(model, data.validation_tokens, data.validation_labels).item()


def _loss(model: torch.nn.Module, tokens: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    loss: torch.Tensor = model(input_ids=tokens, labels=labels).loss
    return loss
