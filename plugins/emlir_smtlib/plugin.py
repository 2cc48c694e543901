"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_syntaxes() -> Declarations:
    return [Declaration("smtlib2", "emlir_smtlib.syntax:SYNTAX", "a script for SMT solvers")]
