"""Where analyses are, so that commands and passes import only those that they use."""

from importlib import import_module
from typing import Any

from emlir import UnknownNameError

PLACES = {
    "solve": "solvers.run:solve",
    "leading_eigs": "spectrum.leading:leading_eigs",
    "hopf_margin": "stability:hopf_margin",
    "abscissa": "norms:abscissa",
    "jac_norm": "norms:jac_norm",
    "first_lyapunov": "lyapunov:first_lyapunov",
    "estimate": "gradients:estimate",
    "load_checkpoint": "trainer:load_checkpoint",
    "experiments": "experiments:EXPERIMENTS",
}
"""Module and name in this package."""


def find(name: str) -> Any:
    """Return what has a name in :data:`PLACES`."""
    if name not in PLACES:
        raise UnknownNameError(f"there is no {name!r}; there is {', '.join(PLACES)}")
    module, _, attribute = PLACES[name].partition(":")
    return getattr(import_module(f"emlir_equilibrium.{module}"), attribute)
