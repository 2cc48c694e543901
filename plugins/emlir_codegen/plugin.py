"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_syntaxes() -> Declarations:
    return [
        Declaration("fpcore", "emlir_codegen.fpcore:SYNTAX", "FPBench's FPCore 2.0"),
    ]
