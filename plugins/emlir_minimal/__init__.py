"""Shortest EML trees: exhaustive search with its log, and the database of witnesses."""

from typing import TYPE_CHECKING

from emlir.plugin_api import later

if TYPE_CHECKING:
    from emlir_minimal.api import minimal as minimal
    from emlir_minimal.database import Witness as Witness, witnesses as witnesses
    from emlir_minimal.result import MinimalResult as MinimalResult

__getattr__ = later(
    __name__,
    {
        "MinimalResult": "emlir_minimal.result",
        "Witness": "emlir_minimal.database",
        "minimal": "emlir_minimal.api",
        "witnesses": "emlir_minimal.database",
    },
)
