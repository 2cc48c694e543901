"""The notation ``dot``: the graph of an expression for Graphviz, each part once."""

from emlir.plugin_api import Expr, Syntax, postorder
from emlir_codegen.labels import label, visible


def write(expr: Expr, *, title: str = "") -> str:
    """Write a ``digraph``: a node for each distinct part, edges in the order of the arguments.

    Symbols, numbers and constants are in boxes; ``title`` stands above the graph. There is
    no limit of size here, Graphviz has its own.
    """
    order = list(postorder((expr,)))
    names = {node: f"n{k}" for k, node in enumerate(reversed(order))}
    lines = ["digraph expression {", f"  graph [{_graph(title)}];", "  node [shape=ellipse];"]
    for node, name in names.items():
        shape = "" if node.args else ", shape=box"
        lines.append(f"  {name} [label={quote(label(node))}{shape}];")
    for node, name in names.items():
        lines += [f"  {name} -> {names[arg]};" for arg in node.args]
    return "\n".join([*lines, "}"]) + "\n"


def _graph(title: str) -> str:
    return f"ordering=out, labelloc=t, label={quote(title)}" if title else "ordering=out"


def quote(text: str) -> str:
    """Return a string of the language that shows ``text`` as it is.

    Graphviz reads escapes after a backslash and entities after an ampersand even between
    quotes.
    """
    escaped = visible(text).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return f'"{escaped}"'


SYNTAX = Syntax("dot", write=write, shares=True)
