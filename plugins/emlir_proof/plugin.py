"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_provers() -> Declarations:
    return [
        Declaration(
            "certificate",
            "emlir_proof.certify.prover:PROVER",
            "certificates in rational arithmetic; balls where none is found",
            needs=("flint", "scipy"),
            extra="emlir",
        ),
        Declaration(
            "enclosure",
            "emlir_proof.prover:PROVER",
            "balls over boxes, cut where they do not decide",
            needs=("flint",),
            extra="emlir",
        ),
    ]


@hookimpl
def emlir_checkers() -> Declarations:
    return [
        Declaration(
            "exact",
            "emlir_proof.exact:check",
            "every step in rational arithmetic, by Python alone",
        ),
    ]
