"""Strategies for numbers, names, expressions and data."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from emlir.expr.core import Expr, Operator, build, number, symbol
from emlir.expr.operator import Sort
from emlir.expr.table import all_operators
from emlir.expr.traverse import tree_size
from emlir.semantics import Semantics
from emlir.text.syntax import find_syntax

SYMBOLS = ("x", "y")
FAMILIES = ("eml", "arithmetic", "elementary", "piecewise")
MAX_NODES = 24
MAX_TREE = 300  # shared parts double quickly, and most notations write every copy

_CORNERS = (0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 1e-300, 1e300, 709.0, -709.0, 3.141592653589793)


def numbers() -> st.SearchStrategy[Fraction]:
    """Exact rationals: small ones mostly, sometimes decimals, large and tiny ones."""
    return st.one_of(
        st.integers(-5, 5).map(Fraction),
        st.fractions(-10, 10, max_denominator=12),
        st.decimals(-1000, 1000, places=4).map(Fraction),
        st.integers(-(10**30), 10**30).map(Fraction),
        st.integers(1, 400).map(lambda k: Fraction(1, 10**k)),
    )


def symbol_names() -> st.SearchStrategy[str]:
    """Names of symbols: plain, reserved, and as odd as text can be."""
    plain = st.sampled_from(["x", "y", "alpha", "x_1", "E", "α"])
    reserved = st.sampled_from(["exp", "and", "e", "pi", "log", "E", "xE", "true", "symbol"])
    odd = st.text(st.characters(exclude_categories=()), min_size=1, max_size=8)
    return st.one_of(plain, reserved, odd)


def _operators(families: Iterable[str], syntax: str | None) -> dict[Sort, list[Operator]]:
    known = None if syntax is None else find_syntax(syntax).operators
    chosen: dict[Sort, list[Operator]] = {"number": [], "truth": []}
    for operator in all_operators():
        if operator.family in families and (known is None or operator.name in known):
            chosen[operator.gives].append(operator)
    return chosen


def expressions(
    *,
    families: Sequence[str] = FAMILIES,
    names: st.SearchStrategy[str] | None = None,
    max_nodes: int = MAX_NODES,
    sort: Sort = "number",
    syntax: str | None = None,
) -> st.SearchStrategy[Expr]:
    """Expressions with shared parts over some operator families, by default the built-in ones.

    With ``syntax`` only over the operators that the notation of that name has.
    """
    operators = _operators(families, syntax)
    chosen = st.sampled_from(SYMBOLS) if names is None else names
    leaves = st.one_of(chosen.map(symbol), numbers().map(number))
    return _expressions(operators["number"] + operators["truth"], leaves, max_nodes, sort)


@st.composite
def _expressions(
    draw: st.DrawFn,
    operators: list[Operator],
    leaves: st.SearchStrategy[Expr],
    max_nodes: int,
    sort: Sort,
) -> Expr:
    pools: dict[Sort, list[Expr]] = {"number": [], "truth": []}

    def pick(wanted: Sort) -> Expr:
        """A recent node, so that the parts hang together, or a leaf."""
        choice = draw(st.integers(0, 4))
        if choice < len(pools[wanted]):
            return pools[wanted][-1 - choice]
        if wanted == "number":
            return draw(leaves)
        relation = draw(st.sampled_from(["lt", "le", "gt", "ge", "eq", "ne"]))
        return build(relation, pick("number"), pick("number"))

    for _ in range(draw(st.integers(0, max_nodes))):
        operator = draw(st.sampled_from(operators))
        made = operator(*[pick(taken) for taken in operator.takes])
        if tree_size(made, limit=MAX_TREE) <= MAX_TREE:
            pools[operator.gives].append(made)
    return pools[sort][-1] if pools[sort] else pick(sort)


def truths(**options: Any) -> st.SearchStrategy[Expr]:
    """Truth expressions; options as for :func:`expressions`."""
    return expressions(sort="truth", **options)


def eml_trees(names: Sequence[str] = SYMBOLS, max_nodes: int = 12) -> st.SearchStrategy[Expr]:
    """Pure EML: eml, 1 and symbols, with sharing."""
    leaves = st.one_of(st.just(number(1)), st.sampled_from(list(names)).map(symbol))
    return st.recursive(
        leaves, lambda inner: st.builds(_eml, inner, inner), max_leaves=max(2, max_nodes)
    )


def _eml(x: Expr, y: Expr) -> Expr:
    return build("eml", x, y)


def columns(
    names: Sequence[str], semantics: Semantics = "real", size: int = 4
) -> st.SearchStrategy[dict[str, list[Any]]]:
    """Data for some symbols: ordinary floats and the corners where things go wrong."""
    moderate = st.floats(-10, 10, allow_subnormal=False)
    point: st.SearchStrategy[Any] = st.one_of(moderate, st.sampled_from(_CORNERS))
    if semantics == "extended":
        point = st.one_of(point, st.sampled_from([float("inf"), float("-inf")]))
    if semantics == "complex":
        part = st.one_of(st.just(0.0), st.floats(-4, 4, allow_subnormal=False))
        point = st.one_of(point, st.builds(complex, part, part))
    column = st.lists(point, min_size=size, max_size=size)
    return st.fixed_dictionaries(dict.fromkeys(names, column))
