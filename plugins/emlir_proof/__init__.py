"""Provers, certificates and their checkers; claims that are proved by name. See the README."""

from typing import TYPE_CHECKING

from emlir.plugin_api import later

if TYPE_CHECKING:
    from emlir_proof.concentration import weight_concentration as weight_concentration
    from emlir_proof.library import LEMMAS as LEMMAS, Lemma as Lemma, lemma as lemma
    from emlir_proof.replay import recheck as recheck
    from emlir_proof.threshold import (
        LinearWitness as LinearWitness,
        linear_threshold as linear_threshold,
        linear_witness as linear_witness,
    )

__getattr__ = later(
    __name__,
    {
        **dict.fromkeys(("LEMMAS", "Lemma", "lemma"), "emlir_proof.library"),
        **dict.fromkeys(
            ("LinearWitness", "linear_threshold", "linear_witness"), "emlir_proof.threshold"
        ),
        "recheck": "emlir_proof.replay",
        "weight_concentration": "emlir_proof.concentration",
    },
)
