"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_syntaxes() -> Declarations:
    return [Declaration("sympy", "emlir_sympy.text:SYNTAX", "Python text that builds the object")]
