"""Pieces of a page: text, tables and sections, in HTML that is also well-formed XML."""

import re
from collections.abc import Iterable, Sequence
from html import escape

_ILLEGAL = re.compile("[^\t\n\r\\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no page may hold: control characters and halves of pairs."""


def text(value: object) -> str:
    """Return text as a page shows it."""
    return legal(escape(str(value)))


def legal(markup: str) -> str:
    """Replace the characters that a page may not hold."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", markup)


def code(value: object) -> str:
    """Return text to be copied."""
    return f"<code>{text(value)}</code>"


def block(value: object) -> str:
    """Return text of one or more lines to be copied."""
    return f"<pre><code>{text(value)}</code></pre>"


def section(title: str, *parts: str) -> str:
    """Return parts under a heading, or nothing without parts."""
    inner = "".join(parts)
    return f"<section><h2>{text(title)}</h2>{inner}</section>\n" if inner else ""


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """Return names with what they are, as markup; those without are left out."""
    inner = "".join(f"<dt>{text(name)}</dt><dd>{markup}</dd>" for name, markup in rows if markup)
    return f"<dl>{inner}</dl>"


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], chosen: Sequence[bool] = (), words: int = 0
) -> str:
    """Return a table of cells that are markup.

    ``chosen`` marks rows. The last ``words`` columns hold words, the others numbers.
    """
    kinds = [""] * (len(head) - words) + [' class="words"'] * words
    top = "".join(
        f'<th scope="col"{kind}>{text(cell)}</th>' for kind, cell in zip(kinds, head, strict=True)
    )
    lines = []
    for k, row in enumerate(rows):
        mark = ' class="chosen"' if k < len(chosen) and chosen[k] else ""
        cells = "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, row, strict=True))
        lines.append(f"<tr{mark}>{cells}</tr>")
    body = "".join(lines)
    return (
        f'<div class="scroll"><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def figure(picture: str, caption: str) -> str:
    """Return a picture with what it shows."""
    return f"<figure>{picture}<figcaption>{text(caption)}</figcaption></figure>"
