"""Products of powers of many variables, as rows of exponents."""

from collections.abc import Sequence
from functools import lru_cache, reduce
from itertools import combinations, product
from math import gcd
from operator import mul

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir.plugin_api import number, symbol
from emlir_search.tidy import tidy

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

LARGEST, LARGEST_TOTAL = 2, 8
"""The largest size of an exponent, and of all together."""
MOST_VARIABLES = 6


@lru_cache(maxsize=16)
def monomials(variables: int, most: int) -> Ints:
    """Return (products, variables): exponents of products of two and more variables.

    One of each is there: none is another's power or reciprocal. The simplest come first, by
    the sum of the sizes of their exponents.
    """
    found: list[list[int]] = []
    for total in range(2, LARGEST_TOTAL + 1):
        for count in range(2, min(total, variables, MOST_VARIABLES) + 1):
            for some in combinations(range(variables), count):
                for exponents in _exponents(count, total):
                    row = [0] * variables
                    for place, exponent in zip(some, exponents, strict=True):
                        row[place] = exponent
                    found.append(row)
                if len(found) >= most:
                    return np.array(found[:most], dtype=np.int64)
    return np.array(found, dtype=np.int64).reshape(-1, variables)


@lru_cache(maxsize=64)
def _exponents(count: int, total: int) -> tuple[tuple[int, ...], ...]:
    """Return exponents of so many factors whose sizes add up to the total, the first positive."""
    steps = [k for k in range(-LARGEST, LARGEST + 1) if k]
    return tuple(
        exponents
        for exponents in product(steps, repeat=count)
        if exponents[0] > 0 and sum(map(abs, exponents)) == total and gcd(*exponents) == 1
    )


@np.errstate(all="ignore")
def monomial_values(exponents: Ints, columns: Sequence[Array]) -> Array:
    """Return (products, points)."""
    found = np.ones((len(exponents), len(columns[0])))
    for powers, column in zip(exponents.T, columns, strict=True):
        for power in np.unique(powers[powers != 0]).tolist():
            found[powers == power] *= column ** float(power)
    return found


def monomial(exponents: Sequence[int] | Ints, names: Sequence[str]) -> Expr:
    """Write a product."""
    factors = [
        symbol(name) ** number(int(power))
        for name, power in zip(names, exponents, strict=True)
        if power
    ]
    return tidy(reduce(mul, factors))
