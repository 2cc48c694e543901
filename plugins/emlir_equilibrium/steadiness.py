"""Whether what medians say of the last part of a log holds all over that part, and at its end."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from statistics import median

from emlir_equilibrium.logs import Log

MIXED = 0.2
"""The part of a column's values from which on bad ones are more than stray rows."""
LAST = 5
"""Values of a column that are its end."""

Bad = Mapping[str, Callable[[float], bool]]
"""For a column, which of its values are bad."""


def at_the_end(table: Log, first: int, names: Bad) -> dict[str, float]:
    """Return the medians of the last values of columns, of those that have any."""
    values = {name: [one for _, one in table.known(name, first)][-LAST:] for name in names}
    return {name: median(one) for name, one in values.items() if one}


def mixed(table: Log, first: int, bad: Bad) -> list[str]:
    """Return the columns in which bad values are too many to be passed over, with their part."""
    found = []
    for name, is_bad in bad.items():
        values = [one for _, one in table.known(name, first)]
        part = sum(map(is_bad, values)) / max(len(values), 1)
        if part >= MIXED:
            found.append(f"{name} is bad in {part:.0%} of them")
    return found


def goes_back(table: Log, first: int) -> bool:
    """Whether the steps go back, as where a file holds two runs."""
    steps = [one for _, one in table.known("step", first)]
    return any(later < earlier for earlier, later in pairwise(steps))
