"""The notation ``svg``: the graph of an expression as a picture that needs nothing else."""

from collections.abc import Iterator
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from emlir import TooLargeError
from emlir.plugin_api import Expr, Syntax, postorder
from emlir_codegen.labels import label, visible
from emlir_codegen.layout import Layers, Place, place

MAX_NODES = 400
MAX_LABEL = 24
"""Longer labels are cut in the picture; a tooltip has them in full."""

CHARACTER, HEIGHT, STEP, MARGIN = 8.0, 26.0, 58.0, 12.0
"""The width of a character, the height of a node, between layers, and around the picture."""

_PICTURE = 'font-family="monospace" font-size="13" text-anchor="middle" fill="#111"'
_EDGES = 'fill="none" stroke="#789"'
_NODES = 'fill="#fff" stroke="#456"'
_LEAVES = 'fill="#e8eff8" stroke="#456"'


def write(expr: Expr, *, title: str = "") -> str:
    """Write a picture: operators are rounded, leaves are boxes, arguments stand below.

    ``title`` is what a reader who cannot see the picture is told. Raises
    :class:`emlir.TooLargeError` above 400 distinct nodes.
    """
    nodes = list(postorder((expr,)))
    if len(nodes) > MAX_NODES:
        raise TooLargeError(
            f"the graph has {len(nodes):,} nodes and svg draws up to {MAX_NODES}; dot has no limit"
        )
    layers = place(expr, {node: _width(_short(label(node))) for node in nodes})
    return "".join(_document(layers, title))


def _document(layers: Layers, title: str) -> Iterator[str]:
    everything = [each for layer in layers for each in layer]
    left = min(each.x - each.width / 2 for each in everything) - MARGIN
    right = max(each.x + each.width / 2 for each in everything) + MARGIN
    for each in everything:
        each.x -= left
    size = f"{right - left:.0f}", f"{(len(layers) - 1) * STEP + HEIGHT + 2 * MARGIN:.0f}"
    yield f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{size[0]}" height="{size[1]}"'
    yield f' viewBox="0 0 {size[0]} {size[1]}" {_PICTURE}>\n'
    yield f"<title>{_text(title)}</title>\n" if title else ""
    yield from (_edge(upper, k) for upper in everything for k in range(len(upper.below)))
    yield from (_node(each, each.node) for each in everything if each.node is not None)
    yield "</svg>\n"


def _edge(upper: Place, k: int) -> str:
    """Draw the edge to argument ``k``, or a piece of it."""
    lower, half = upper.below[k], HEIGHT / 2
    top = _y(upper) + (half if upper.node is not None else 0)
    bottom = _y(lower) - (half if lower.node is not None else 0)
    start = upper.x + upper.port(k)
    return f'<path d="M{start:.1f} {top:.1f}L{lower.x:.1f} {bottom:.1f}" {_EDGES}/>\n'


def _node(each: Place, node: Expr) -> str:
    full = label(node)
    tip = f"<title>{_text(full)}</title>" if _short(full) != full else ""
    look, radius = (_NODES, HEIGHT / 2) if node.args else (_LEAVES, 2.0)
    x, y = each.x - each.width / 2, _y(each) - HEIGHT / 2
    return (
        f'<g><rect x="{x:.1f}" y="{y:.1f}" width="{each.width:.1f}" height="{HEIGHT:.0f}" '
        f'rx="{radius:.0f}" {look}/>'
        f'<text x="{each.x:.1f}" y="{_y(each) + 4.5:.1f}">{_text(_short(full))}</text>{tip}</g>\n'
    )


def _y(each: Place) -> float:
    return MARGIN + HEIGHT / 2 + each.layer * STEP


def _short(text: str) -> str:
    return text if len(text) <= MAX_LABEL else text[: MAX_LABEL - 1] + "…"


def _width(text: str) -> float:
    cells = sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
    return max(HEIGHT, CHARACTER * cells + 16)


def _text(text: str) -> str:
    return escape(visible(text))


SYNTAX = Syntax("svg", write=write, shares=True)
