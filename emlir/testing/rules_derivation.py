"""Replaying the derivation of a rule: a chain of other rules from its left to its right side.

A step is the name of a rule, ``~name`` for its way back, or once ``decided``: there the two
parts of the chain meet in terms that are the same rational function. Each step is tried at
every place. The conditions of a step must follow from those of the rule.
"""

from collections.abc import Callable, Iterable, Mapping

from emlir.expr.calculus import substitute
from emlir.expr.core import Expr
from emlir.expr.traverse import postorder
from emlir.rewrite.axioms import AXIOMS
from emlir.rewrite.conditions import Condition
from emlir.rewrite.context import Context
from emlir.rewrite.library import all_rules
from emlir.rewrite.pattern import needed_symbols
from emlir.rewrite.rule import Rule
from emlir.semantics import Semantics
from emlir.testing.rules_decision import mismatch
from emlir.testing.rules_facts import pattern_context

MOST_TERMS = 3_000
DECIDED = "decided"
Library = Mapping[str, Rule]
Terms = dict[Expr, None]


def known_rules(more: Iterable[Rule]) -> Library:
    """Return the axioms, the installed rules and ``more`` by name."""
    installed = {name: rule for name, (_, rule) in all_rules().items()}
    return {rule.name: rule for rule in AXIOMS} | installed | {rule.name: rule for rule in more}


def derivation_problem(rule: Rule, library: Library) -> str:
    """Return why the derivation does not show the rule; empty if it does."""
    problem = _circle(rule, library) or _dropped(rule)
    for semantics in () if problem else rule.semantics:
        try:
            problem = problem or _not_replayed(rule, library, semantics)
        except ValueError as error:
            return str(error)
    return problem


def _circle(rule: Rule, library: Library) -> str:
    """Say which step is derived with the rule itself, or is unknown or only sampled."""
    stack, seen = [(rule, rule.name)], set()
    while stack:
        current, path = stack.pop()
        for name in (step.removeprefix("~") for step in current.steps if step != DECIDED):
            if name == rule.name:
                return f"the derivation is circular: {path}, {name}"
            if name not in library:
                return f"no rule is called {name!r}"
            if library[name].proof == "sampled":
                return f"the step {name!r} is only sampled"
            if name not in seen:
                seen.add(name)
                stack.append((library[name], f"{path}, {name}"))
    return ""


def _dropped(rule: Rule) -> str:
    """The chain is about defined symbols: where one is undefined both sides must be."""
    left, right = needed_symbols(rule.left), needed_symbols(rule.right)
    both = left & right
    defined = {str(c.subject) for c in rule.when if c.kind == "defined"}
    if rule.kind == "extending":
        both |= left & defined
    loose = sorted(set(rule.left.symbols) - both - defined)
    return f"a chain does not show it where {', '.join(loose)} is undefined" if loose else ""


def _not_replayed(rule: Rule, library: Library, semantics: Semantics) -> str:
    """Replay under the conditions, or twice: wherever the left, and the right side is defined."""
    left, right = _domain(rule.left, semantics), _domain(rule.right, semantics)
    if not _arrives(rule, library, semantics, rule.when, extending=False) and not all(
        _arrives(rule, library, semantics, (*rule.when, *domain), extending=False)
        for domain in (left, right)
    ):
        return f"the steps do not lead from the left to the right side ({semantics})"
    if rule.kind == "extending" and not _arrives(rule, library, semantics, left, extending=True):
        return f"without its conditions the steps do not show it ({semantics})"
    return ""


def _domain(term: Expr, semantics: Semantics) -> tuple[Condition, ...]:
    """What holds wherever a term without choices is defined, from the operators' domains.

    Off the real axis the domains say nothing, and in ``extended`` an operator with poles is
    defined beyond its domain.
    """
    nodes = list(postorder((term,)))
    if semantics == "complex" or any(node.op.name in ("where", "and", "or") for node in nodes):
        return ()
    if semantics == "extended":
        nodes = [node for node in nodes if not node.op.poles]
    domains = [node.op.domain(*node.args) for node in nodes if node.op.domain is not None]
    return tuple(Condition("holds", domain) for domain in domains)


def _arrives(
    rule: Rule,
    library: Library,
    semantics: Semantics,
    given: tuple[Condition, ...],
    extending: bool,
) -> bool:
    context = pattern_context(semantics, given, allow_obligations=extending)
    first, last = _halves(rule.steps)
    forward = _closure(rule.left, [_stepper(name, library, context) for name in first])
    if DECIDED not in rule.steps:
        return rule.right in forward
    strict = pattern_context(semantics, given)
    backward = _closure(rule.right, [_stepper(_turned(n), library, strict) for n in last[::-1]])
    return any(
        not mismatch(a, b, given, semantics, same_domain=not extending)
        for a in forward
        for b in backward
    )


def _halves(steps: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if DECIDED not in steps:
        return steps, ()
    middle = steps.index(DECIDED)
    return steps[:middle], steps[middle + 1 :]


def _turned(name: str) -> str:
    return name.removeprefix("~") if name.startswith("~") else f"~{name}"


Stepper = Callable[[Expr], Expr | None]


def _stepper(name: str, library: Library, context: Context) -> Stepper:
    if name.removeprefix("~") == DECIDED:
        raise ValueError("a derivation says 'decided' once at most")
    rule = library[name.removeprefix("~")]
    chosen = rule.reversed() if name.startswith("~") else rule

    def apply(node: Expr) -> Expr | None:
        outcome = chosen.apply(node, context)
        return None if outcome is None else outcome.expr

    return apply


def _closure(term: Expr, steppers: list[Stepper]) -> Terms:
    """Return all terms that the steps make, each applied at one node wherever that occurs."""
    terms: Terms = {term: None}
    for stepper in steppers:
        following: Terms = {}
        for current in terms:
            for node in postorder((current,)):
                changed = stepper(node)
                if changed is not None:
                    following[substitute(current, {node: changed})] = None
        terms = dict(list(following.items())[:MOST_TERMS])
    return terms
