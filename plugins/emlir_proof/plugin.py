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
        Declaration(
            "z3",
            "emlir_proof.solvers.z3:check",
            "z3 runs the SMT-LIB2 script in the certificate",
            needs=("z3",),
            extra="emlir[smt]",
        ),
        Declaration(
            "cvc5",
            "emlir_proof.solvers.cvc5:check",
            "cvc5 runs the SMT-LIB2 script in the certificate",
            needs=("cvc5",),
            extra="emlir[smt]",
        ),
        Declaration(
            "arb",
            "emlir_proof.solvers.arb:check",
            "balls evaluate the bounds at points, and the facts at random points",
            needs=("flint", "scipy"),
            extra="emlir",
        ),
    ]
