"""Equality saturation with egglog: the cheapest of all forms that the rules make equal."""

from typing import TYPE_CHECKING

from emlir.plugin_api import later

if TYPE_CHECKING:
    from emlir_egraph.limits import Limits as Limits
    from emlir_egraph.probe import UnsoundError as UnsoundError
    from emlir_egraph.saturation import Saturation as Saturation, saturate as saturate

__getattr__ = later(
    __name__,
    {
        "Limits": "emlir_egraph.limits",
        "Saturation": "emlir_egraph.saturation",
        "UnsoundError": "emlir_egraph.probe",
        "saturate": "emlir_egraph.saturation",
    },
)
