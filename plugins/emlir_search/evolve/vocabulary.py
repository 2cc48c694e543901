"""What formulas of a population are made of: variables, constants and functions, as numbers."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from emlir.plugin_api import Operator, find_operator

FUNCTIONS = ("add", "sub", "mul", "div", "pow", "neg", "exp", "ln", "sqrt", "sin", "cos")


@dataclass(frozen=True)
class Vocabulary:
    """Tokens: the variables from 0, then the constant, then the functions."""

    names: tuple[str, ...]
    functions: tuple[str, ...] = FUNCTIONS

    @property
    def constant(self) -> int:
        """The token of a constant, whose value stands beside it."""
        return len(self.names)

    @property
    def first(self) -> int:
        """The token of the first function."""
        return len(self.names) + 1

    def has(self, *names: str) -> bool:
        """Whether all of these functions are there."""
        return set(names) <= set(self.functions)

    def function(self, name: str) -> int:
        """The token of a function."""
        return self.first + self.functions.index(name)

    @cached_property
    def operators(self) -> tuple[Operator, ...]:
        """The operators of the functions."""
        return tuple(find_operator(name) for name in self.functions)

    @cached_property
    def arity(self) -> NDArray[np.int64]:
        """How many arguments each token takes."""
        leaves = [0] * self.first
        return np.array([*leaves, *(operator.arity for operator in self.operators)])

    def taking(self, count: int) -> NDArray[np.int64]:
        """The tokens of the functions of so many arguments."""
        tokens = np.flatnonzero(self.arity == count)
        return tokens[tokens >= self.first]
