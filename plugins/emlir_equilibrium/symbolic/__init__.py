"""Equilibria of dynamics that are given as expressions: exact conditions, and proofs."""

from typing import TYPE_CHECKING

from emlir.plugin_api import later

if TYPE_CHECKING:
    from emlir_equilibrium.symbolic.contraction import (
        ContractionReport as ContractionReport,
        certified_contraction as certified_contraction,
    )
    from emlir_equilibrium.symbolic.dynamics import Dynamics as Dynamics
    from emlir_equilibrium.symbolic.existence import (
        KrawczykReport as KrawczykReport,
        krawczyk as krawczyk,
    )
    from emlir_equilibrium.symbolic.hopf import (
        HopfSurface as HopfSurface,
        hopf_surface as hopf_surface,
    )
    from emlir_equilibrium.symbolic.matrices import (
        characteristic_polynomial as characteristic_polynomial,
        symbolic_jacobian as symbolic_jacobian,
    )
    from emlir_equilibrium.symbolic.rechecking import recheck as recheck
    from emlir_equilibrium.symbolic.routh import (
        StabilityProof as StabilityProof,
        prove_stability as prove_stability,
        routh_hurwitz as routh_hurwitz,
    )

_PLACES = {
    "contraction": ("ContractionReport", "certified_contraction"),
    "dynamics": ("Dynamics",),
    "existence": ("KrawczykReport", "krawczyk"),
    "rechecking": ("recheck",),
    "hopf": ("HopfSurface", "hopf_surface"),
    "matrices": ("characteristic_polynomial", "symbolic_jacobian"),
    "routh": ("StabilityProof", "prove_stability", "routh_hurwitz"),
}

__getattr__ = later(
    __name__,
    {
        name: f"emlir_equilibrium.symbolic.{module}"
        for module, names in _PLACES.items()
        for name in names
    },
)
