"""Lower bounds of sizes, so that a replacement that cannot win is not worked out."""

from emlir.expr.core import Expr, Operator
from emlir.expr.traverse import postorder
from emlir.passes.lowering.template import Template, Templates, Uses
from emlir.passes.lowering.ways import Ways

Least = tuple[int, Uses]
"""At least base + sum of uses * size of argument."""


class Bounds:
    """Counts an operator as small as the smallest of its trees, whatever that needs."""

    def __init__(self, ways: Ways, templates: Templates) -> None:
        self._ways = ways
        self._templates = templates
        self._of_operators: dict[Operator, Least] = {}
        self._of_templates: dict[Template, Least] = {}

    def of(self, template: Template, sizes: tuple[int, ...]) -> int:
        """A lower bound of the size of a template over arguments of these sizes."""
        if template not in self._of_templates:
            self._of_templates[template] = self._least(template)
        base, uses = self._of_templates[template]
        return base + sum(use * size for use, size in zip(uses, sizes, strict=True))

    def _least(self, template: Template) -> Least:
        holes = template.holes
        known: dict[Expr, Least] = {
            hole: (0, tuple(int(hole is other) for other in holes)) for hole in holes
        }
        for node in postorder((template.body,)):
            if node not in known:
                parts = [known[arg] for arg in node.args]
                known[node] = _composed(self._of_node(node), parts, len(holes))
        return known[template.body]

    def _of_node(self, node: Expr) -> Least:
        plain = 1, (1,) * len(node.args)
        if self._templates.basis.has(node) or not node.args:
            return plain
        if node.op not in self._of_operators:
            self._of_operators[node.op] = self._of_operator(node.op, node.args) or plain
        return self._of_operators[node.op]

    def _of_operator(self, op: Operator, args: tuple[Expr, ...]) -> Least | None:
        ways = self._ways.named(op.name, op.lowerings)
        if not ways or any(way.literal for way in ways):
            return None
        made = [self._templates.of(way, args) for way in ways]
        if not all(template.pure or template.mixed for template in made):
            return None
        uses = zip(*(template.uses for template in made), strict=True)
        return min(template.base for template in made), tuple(map(min, uses))


def _composed(outer: Least, parts: list[Least], holes: int) -> Least:
    base, uses = outer
    total = base + sum(use * part for use, (part, _) in zip(uses, parts, strict=True))
    columns = [
        sum(use * part[hole] for use, (_, part) in zip(uses, parts, strict=True))
        for hole in range(holes)
    ]
    return total, tuple(columns)
