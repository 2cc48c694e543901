"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_provers() -> Declarations:
    return [
        Declaration(
            "enclosure",
            "emlir_proof.prover:PROVER",
            "balls over boxes, cut where they do not decide",
            needs=("flint",),
            extra="emlir",
        )
    ]
