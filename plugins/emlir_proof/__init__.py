"""Provers, certificates and their checkers; see the README."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emlir.plugin_api import Enclosed


def recheck(enclosed: "Enclosed") -> None:
    """Evaluate every box of a verdict again and check that the boxes cover the claim's box.

    Raises ``ValueError`` with the first thing that is wrong.
    """
    from emlir_proof.replay import replay

    replay(enclosed)
