"""How many threads torch has for a state."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from emlir_equilibrium.problem import EquilibriumProblem

SMALL = 4096
"""Components of all samples together up to which one thread is as fast as several."""


@contextmanager
def few_threads(problem: EquilibriumProblem) -> Iterator[None]:
    """Give torch one thread inside where the state is small.

    Some of its operations, softmax among them, go to all threads even for a few numbers. On idle
    cores that gains nothing, and on busy ones the threads wait for each other: ten times as long.
    """
    before = torch.get_num_threads()
    if before == 1 or problem.z0.numel() > SMALL:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
