"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_backends() -> Declarations:
    return [
        Declaration(
            "arb",
            "emlir_arb.backend:BACKEND",
            "balls: enclosures and correct digits",
            needs=("flint",),
            extra="emlir",
        )
    ]
