"""y below 0: what is found for y is found for -y."""

import numpy as np
import pytest

import emlir
from emlir.plugin_api import Budget, Problem
from emlir_search.evolve import strategy
from emlir_search.refine import Refiner
from emlir_search.transforms import LOGARITHM, OF_PRODUCTS, TRANSFORMS, facing, usable


@pytest.mark.parametrize("transform", [*TRANSFORMS, *OF_PRODUCTS], ids=lambda t: t.name)
def test_where_y_is_below_0_as_much_is_usable(transform):
    y = np.linspace(0.1, 1.4, 30)
    above, below = usable(transform, y), list(facing([transform], -y))
    seen = [usable(other, -y) for other in below]
    assert all(other.outer(emlir.const(1)) is not None for other in below)
    assert (above is None) or any(found is not None for found in seen)
    if transform.sides != "same":
        mirrored = below[-1]
        np.testing.assert_array_equal(usable(mirrored, -y), above)
        assert mirrored.outer(emlir.parse("s")) is -transform.outer(emlir.parse("s"))


def test_above_0_nothing_changes():
    assert tuple(facing(TRANSFORMS, np.array([1.0, 2.0, -0.5]))) == TRANSFORMS


def test_evolution_sees_products_below_0():
    x = np.linspace(0.5, 3, 60)
    y = -3 * np.exp(1.3 * x) * x**2
    noises = ("additive", "multiplicative")
    refiner = Refiner(Problem({"x": x}, y, noises, seed=0, budget=Budget(1e9)))
    search = strategy._Archipelago(refiner, (), lambda since: True)
    view = next(view for view in search._views() if view.transform is LOGARITHM)
    search._breed(view, 0, 0)
    found = list(search._refined(view, view.islands[0]))
    assert found and all(candidate.noise == "multiplicative" for candidate in found)
