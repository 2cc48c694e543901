"""The probe for unsound rules: one wrong rule makes everything equal to everything."""

from collections.abc import Iterable

from emlir_egraph.graph import Graph


class UnsoundError(RuntimeError):
    """Rules made things equal that are not; nothing of the result can be trusted."""


def probe(graph: Graph, fired: Iterable[str]) -> None:
    """Raise :class:`UnsoundError` if two different numbers, or true and false, are one class.

    ``fired`` names the rules that matched since the last look.
    """
    for index, nodes in graph.nodes.items():
        found = [str(number) for number in graph.numbers(index)]
        names = {node.op.name for node in nodes} & {"true", "false"}
        if len(found) > 1 or len(names) > 1:
            clash = " = ".join(sorted({*found, *names}))
            rules = ", ".join(fired) or "none: the assumptions contradict each other"
            raise UnsoundError(f"unsound rules: they give {clash}; the last that fired: {rules}")
