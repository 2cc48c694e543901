"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_backends() -> Declarations:
    return [
        Declaration(
            "native",
            "emlir_native.backend:BACKEND",
            "C on this CPU, compiled at first use",
            report="emlir_native.backend:report",
        )
    ]
