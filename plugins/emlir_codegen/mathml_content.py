"""Writing content MathML: what a formula means, every shared part once."""

from fractions import Fraction

from emlir.plugin_api import (
    Expr,
    assemble,
    postorder,
    tree_size,
    use_counts,
    write_integer,
)
from emlir_codegen.mathml_elements import DICTIONARY, ELEMENTS, NAMESPACE
from emlir_codegen.mathml_names import write_element

SHARE_ABOVE = 60
"""Terms with more nodes write the parts that they use more than once only once."""

Item = str | Expr


def write_content(expr: Expr) -> str:
    """Write a ``math`` element with content MathML."""
    pieces: list[Item] = [f'<math xmlns="{NAMESPACE}">', expr, "</math>"]
    return assemble(pieces, _Writer(expr).spell)


class _Writer:
    """Spells nodes in the order of the text; ``ids`` are the shared parts written so far."""

    def __init__(self, root: Expr) -> None:
        self.shared = _shared(root)
        self.ids: dict[Expr, str] = {}

    def spell(self, node: Expr) -> list[Item]:
        """Return the element of a node with its arguments as holes."""
        if node.is_symbol:
            return [write_element("ci", node.name)]
        if node.is_number:
            return [_number(node.number)]
        if not node.args:
            return [_operator(node)]
        if node in self.ids:
            return [f'<share href="#{self.ids[node]}"/>']
        tag = self._identify(node) if node in self.shared else ""
        if node.op.qualified_name == "piecewise.where":
            return _piecewise(tag, *node.args)
        return [f"<apply{tag}>", _operator(node), *node.args, "</apply>"]

    def _identify(self, node: Expr) -> str:
        self.ids[node] = f"p{len(self.ids) + 1}"
        return f' id="{self.ids[node]}"'


def _shared(root: Expr) -> set[Expr]:
    if tree_size(root, limit=SHARE_ABOVE) <= SHARE_ABOVE:
        return set()
    uses = use_counts(postorder((root,)))
    return {node for node, count in uses.items() if count > 1}


def _operator(node: Expr) -> str:
    element = ELEMENTS.get(node.op.qualified_name)
    if element is not None:
        return f"<{element}/>"
    return write_element("csymbol", node.op.name, f' cd="{DICTIONARY}"')


def _number(value: Fraction) -> str:
    numerator = write_integer(value.numerator)
    if value.denominator == 1:
        return f'<cn type="integer">{numerator}</cn>'
    return f'<cn type="rational">{numerator}<sep/>{write_integer(value.denominator)}</cn>'


def _piecewise(tag: str, condition: Expr, yes: Expr, no: Expr) -> list[Item]:
    opening, closing = f"<piecewise{tag}><piece>", "</otherwise></piecewise>"
    return [opening, yes, condition, "</piece><otherwise>", no, closing]
