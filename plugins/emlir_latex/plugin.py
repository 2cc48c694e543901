"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_syntaxes() -> Declarations:
    return [Declaration("latex", "emlir_latex.writer:SYNTAX", "canonical LaTeX for publication")]
