"""What to tell somebody whose text is not well-formed XML."""

from collections.abc import Sequence
from xml.parsers.expat import errors

_ADVICE = {
    errors.XML_ERROR_SYNTAX: (
        "MathML begins with a tag such as <math> or <apply>; "
        "ordinary mathematics is the notation infix"
    ),
    errors.XML_ERROR_INVALID_TOKEN: (
        "this cannot stand here; in a name & is written &amp; and < is written &lt;"
    ),
    errors.XML_ERROR_UNCLOSED_TOKEN: "this is not closed by >",
    errors.XML_ERROR_DUPLICATE_ATTRIBUTE: "this attribute stands here twice",
    errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "only one expression can be read: nothing follows it",
    errors.XML_ERROR_UNDEFINED_ENTITY: (
        "this entity is unknown: write the character itself, or an element such as <pi/>"
    ),
    errors.XML_ERROR_UNBOUND_PREFIX: (
        "this prefix is not declared: leave it out, or add "
        'xmlns:PREFIX="http://www.w3.org/1998/Math/MathML" to the first tag'
    ),
}


def explain(code: int, opened: Sequence[str]) -> str:
    """Turn an error code of the parser into advice; ``opened`` are the elements still open."""
    message = errors.messages[code]
    if message == errors.XML_ERROR_NO_ELEMENTS:
        return f"the text ends while <{opened[-1]}> is open" if opened else "there is no formula"
    if message == errors.XML_ERROR_TAG_MISMATCH and opened:
        return f"<{opened[-1]}> is open here and must be closed first"
    return _ADVICE.get(message, f"this is not XML: {message}")
