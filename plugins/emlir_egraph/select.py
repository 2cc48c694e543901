"""Which rules a saturation uses, and in which directions.

Equivalences only: both sides of a union must have one domain. A rule for ``simplify`` goes from
left to right; where the way back is of use, the library has it as a rule of its own. Others go
both ways. Rules for ``stabilise`` write many forms of every sum; only for the cost ``error`` are
those taken that need a pattern of some size and grow it little.
"""

from collections.abc import Iterable, Iterator, Sequence

from emlir.plugin_api import Expr, Operator, Rule, Semantics, all_rules, postorder

ONE_WAY = "simplify"
STABLE = ("stabilise", "stabilise-tidy")
SMALLEST_STABLE, MOST_GROWTH = 4, 4


def installed(cost: str) -> list[Rule]:
    """Return the proven rules of the library that are of use for a cost model."""
    rules = (rule for _, rule in all_rules().values() if rule.proof != "sampled")
    return [rule for rule in rules if not _is_stable(rule) or (cost == "error" and _fits(rule))]


def _is_stable(rule: Rule) -> bool:
    return bool(set(rule.uses) & set(STABLE))


def _fits(rule: Rule) -> bool:
    left, right = rule.left.tree_size, rule.right.tree_size
    return left >= SMALLEST_STABLE and right <= left + MOST_GROWTH


def directed(rules: Iterable[Rule], semantics: Semantics, start: Sequence[Expr]) -> list[Rule]:
    """Return the equivalences that hold under ``semantics``, in the directions to use.

    Left out is what can never match, because no rule leads from ``start`` to its operators.
    """
    waiting = [way for rule in rules if semantics in rule.semantics for way in _ways(rule)]
    reached = _operators(start)
    used: list[Rule] = []
    while True:
        usable = [way for way in waiting if _operators([way.left]) <= reached]
        if not usable:
            return used
        used += usable
        waiting = [way for way in waiting if way not in usable]
        reached |= _operators([way.right for way in usable])


def _ways(rule: Rule) -> Iterator[Rule]:
    if rule.kind != "equivalence":
        return
    yield rule
    right = rule.right
    if ONE_WAY in rule.uses or right.op.family == "leaf":
        return
    if set(rule.left.symbols) <= set(right.symbols):
        yield rule.reversed()


def _operators(exprs: Iterable[Expr]) -> set[Operator]:
    nodes = postorder(tuple(exprs))
    return {node.op for node in nodes if not node.is_symbol and not node.is_number}
