"""Choosing among the forms in an e-graph: by a local cost exactly, else the best candidate."""

from emlir.plugin_api import (
    DAG,
    DEPTH,
    SIZE,
    TRANSCENDENTAL,
    Context,
    CostModel,
    Expr,
    K,
    LocalCost,
)
from emlir_egraph.error import ERROR, most_accurate
from emlir_egraph.extract import best_terms, variants
from emlir_egraph.graph import Graph
from emlir_egraph.sharing import shared_term

GUIDES = (SIZE, K, DEPTH, TRANSCENDENTAL, ERROR)
"""Local costs whose winners are the candidates where the model itself is not local."""


def choose(graph: Graph, root: int, original: Expr, model: CostModel, context: Context) -> Expr:
    """Return the cheapest term of a class; the original if none is cheaper."""
    found = candidates(graph, root, model)
    if model is ERROR:
        return most_accurate([original, *found], original, context)
    best = min(found, key=lambda term: (model(term), term.tree_size, term.digest))
    return best if model(best) < model(original) else original


def candidates(graph: Graph, root: int, model: CostModel) -> list[Expr]:
    """Return terms of a class that may be the cheapest."""
    if isinstance(model, LocalCost) and model is not ERROR:
        return [best_terms(graph, model).terms[root]]
    guides = [best_terms(graph, guide) for guide in GUIDES]
    found = [best.terms[root] for best in guides]
    if model is DAG:
        return [shared_term(graph, root, best) for best in guides]
    return list(dict.fromkeys([*found, *variants(graph, root, guides[-1])]))
