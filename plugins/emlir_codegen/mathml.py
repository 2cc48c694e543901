"""The notation ``mathml``: content MathML 3 both ways, and presentation MathML for pages."""

from emlir.plugin_api import Expr, Syntax
from emlir_codegen.mathml_content import write_content
from emlir_codegen.mathml_presentation import write_presentation

_FORMS = {"content": write_content, "presentation": write_presentation}


def write(expr: Expr, *, form: str = "content") -> str:
    """Write a ``math`` element; with ``form="presentation"``, one that browsers show.

    Content MathML has every operator and writes shared parts once. Presentation MathML
    cannot be read back. Raises ``ValueError`` for another form, and for a presentation of
    more than 100,000 nodes :class:`emlir.TooLargeError`.
    """
    if form not in _FORMS:
        raise ValueError(f"MathML has the forms content and presentation, not {form!r}")
    return _FORMS[form](expr)


def read(text: str) -> Expr:
    """Read content MathML, with or without ``math`` around it.

    Raises :class:`emlir.ParseError`, also for what has no counterpart here (bound
    variables, sets, matrices), for presentation MathML, and for a document type.
    """
    from emlir_codegen.mathml_reader import read_content  # the XML parser, at first use

    return read_content(text)


SYNTAX = Syntax("mathml", read=read, write=write, shares=True)
