"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_syntaxes() -> Declarations:
    return [
        Declaration("wolfram", "emlir_wolfram.syntax:SYNTAX", "Wolfram Language input form"),
    ]
