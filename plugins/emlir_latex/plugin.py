"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_syntaxes() -> Declarations:
    return [
        Declaration("latex", "emlir_latex.syntax:SYNTAX", "LaTeX: canonical, and what others wrote")
    ]
