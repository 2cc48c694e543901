"""What the parts of an expression are called in pictures."""

from emlir.plugin_api import Expr


def label(node: Expr) -> str:
    """Return what a part is called: a leaf as in infix, an operator by its sign or name."""
    if node.is_symbol or node.is_number:
        return visible(str(node))
    return visible(node.op.spellings.get("infix", node.op.name))


def visible(text: str) -> str:
    """Return the text with the code of every character that no page can show."""
    return "".join(c if c.isprintable() else f"~{ord(c):x}~" for c in text)
