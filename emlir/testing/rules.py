"""``check_rule``: whether a rule is what it says, for authors of rules.

Every rule is attacked with points (see ``rules_attack``), whatever its proof status; then the
status itself is checked:

    definition   an instance of an axiom (``emlir.rewrite.axioms``) or of an operator's definition
    derived      its steps are replayed (``rules_derivation``)
    decided      both sides are one rational function in every case (``rules_decision``)
    sampled      nothing more
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from emlir.expr.core import symbol
from emlir.expr.table import all_operators
from emlir.rewrite.axioms import AXIOMS
from emlir.rewrite.context import Context
from emlir.rewrite.pattern import needed_symbols
from emlir.rewrite.rule import Rule
from emlir.testing.rules_attack import Attack, attack
from emlir.testing.rules_decision import undecided_reason
from emlir.testing.rules_derivation import derivation_problem, known_rules
from emlir.testing.rules_facts import pattern_context

POINTS = 200


@dataclass(frozen=True, slots=True)
class RuleReport:
    """What was done to check a rule: the attacks, and what is wrong (empty: nothing)."""

    rule: Rule
    attacks: tuple[Attack, ...]
    problem: str

    @property
    def accepted(self) -> bool:
        return not self.problem

    @property
    def compared(self) -> int:
        """At how many points both sides were compared."""
        return sum(attack.compared for attack in self.attacks)

    @property
    def undecided(self) -> int:
        """At how many points even many bits did not tell."""
        return sum(attack.undecided for attack in self.attacks)

    def __str__(self) -> str:
        verdict = self.problem or f"{self.rule.proof}, {self.compared} points compared"
        return f"{self.rule.name}: {verdict}"


def check_rule(
    rule: Rule, *, points: int = POINTS, seed: int = 0, more: Iterable[Rule] = ()
) -> RuleReport:
    """Attack a rule and check its proof status.

    Args:
        points: how many random points are added to the corners, for each semantics.
        more: rules that a derivation may use beside the axioms and the installed rules.

    Raises ``AssertionError`` that names the rule, and the point or the claim that is wrong;
    :class:`emlir.MissingDependencyError` if a proof needs a solver that is not installed.

    >>> from emlir.plugin_api import rule
    >>> str(check_rule(rule("twice", "a + a -> 2*a", proof="decided")))
    'twice: decided, ... points compared'
    """
    report = examine_rule(rule, points=points, seed=seed, more=more)
    if report.problem:
        raise AssertionError(f"the rule {report}")
    return report


def examine_rule(
    rule: Rule, *, points: int = POINTS, seed: int = 0, more: Iterable[Rule] = ()
) -> RuleReport:
    """Do what :func:`check_rule` does, and return the report of a rejected rule too."""
    attacks = []
    for semantics in rule.semantics:
        attacks.append(attack(rule, semantics, points, seed))
        if attacks[-1].failure:
            return RuleReport(rule, tuple(attacks), attacks[-1].failure)
    problem = _untested(attacks) or _loose_symbols(rule) or proof_problem(rule, more)
    return RuleReport(rule, tuple(attacks), problem)


def _untested(attacks: list[Attack]) -> str:
    idle = [attack.semantics for attack in attacks if not attack.compared]
    return f"no point was found at which it says anything ({', '.join(idle)})" if idle else ""


def _loose_symbols(rule: Rule) -> str:
    """Symbols that one side alone needs: the other may be defined where they are not."""
    loose = needed_symbols(rule.left) ^ needed_symbols(rule.right)
    defined = {str(c.subject) for c in rule.when if c.kind == "defined"}
    missing = ", ".join(f"defined {name}" for name in sorted(loose - defined))
    return f"only one side needs a symbol: add the condition {missing}" if missing else ""


def proof_problem(rule: Rule, more: Iterable[Rule] = ()) -> str:
    """Return why a rule is not proven in the way that it says; empty if it is."""
    if rule.proof == "definition":
        return _not_by_definition(rule)
    if rule.proof == "derived":
        problem = derivation_problem(rule, known_rules(more))
        return f"it is not derived: {problem}" if problem else ""
    if rule.proof == "decided":
        return _not_decided(rule)
    return ""


def _not_decided(rule: Rule) -> str:
    for semantics in rule.semantics:
        reason = undecided_reason(rule.left, rule.right, rule.when, rule.kind, semantics)
        if reason:
            return f"it is not decided in {semantics}: {reason}"
    return ""


def _not_by_definition(rule: Rule) -> str:
    for semantics in rule.semantics:
        shown = pattern_context(semantics, rule.when)
        anywhere = pattern_context(semantics, (), allow_obligations=True)
        if not any(_is_instance(rule, fact, shown, anywhere) for fact in _definitions()):
            return f"it is neither a definition nor an axiom in {semantics}"
    return ""


def _definitions() -> Iterator[Rule]:
    """The axioms and the definitions in operator records, in both directions."""
    for fact in (*AXIOMS, *_records()):
        yield fact
        if fact.has_way_back:
            yield fact.reversed()


def _records() -> Iterator[Rule]:
    names = [symbol(name) for name in "abcd"]
    for operator in all_operators():
        if operator.definition is not None and operator.arity:
            args = names[: operator.arity]
            yield Rule(operator.name, operator(*args), operator.definition(*args))


def _is_instance(rule: Rule, fact: Rule, shown: Context, anywhere: Context) -> bool:
    if shown.semantics not in fact.semantics:
        return False
    same = (fact.left, fact.right, fact.kind) == (rule.left, rule.right, rule.kind)
    if same and set(fact.when) <= set(rule.when):
        return True
    outcome = fact.apply(rule.left, shown)
    if outcome is None or outcome.expr is not rule.right:
        return False
    return rule.kind == "equivalence" or fact.apply(rule.left, anywhere) is not None
