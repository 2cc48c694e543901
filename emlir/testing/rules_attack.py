"""The attack on a rule: points at which its two sides do not agree as it says.

Every judgement is by balls. Where they cannot tell, the point is tried again with closed
subterms folded and more bits; what stays undecided is skipped and counted. Values that look
equal are compared again at some points with very many bits, so that a difference of
exp(-2000) is seen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

from emlir.backend import PointEvaluator, PointValue
from emlir.closed import fold_closed
from emlir.evaluate import ball_backend
from emlir.expr.core import Expr
from emlir.expr.traverse import postorder
from emlir.rewrite.conditions import Condition
from emlir.rewrite.matching import fill
from emlir.rewrite.rule import Rule
from emlir.semantics import Semantics
from emlir.testing.rules_exact import exact_judgement
from emlir.testing.rules_points import beside, points, shown
from emlir.testing.rules_roots import Point
from emlir.testing.rules_values import all_terms

BITS, MORE_BITS, MOST_BITS, EVEN_MORE_BITS = 300, 2_400, 40_000, 1 << 20
LARGE = 1_000
MOST_RETRIES = 150
FEW, TRIES = 60, 200
"""With fewer comparisons than that, so many points near them are tried."""
MOST_DEEP = 12
EQUAL = "equal"
FAR = 1 << 60

Values = Mapping[str, PointValue]


@dataclass(slots=True)
class Attack:
    """What an attack under one semantics found."""

    semantics: Semantics
    compared: int = 0
    undecided: int = 0
    failure: str = ""


def attack(rule: Rule, semantics: Semantics, count: int, seed: int) -> Attack:
    """Attack a rule at all corners and ``count`` random points; stop at the first failure."""
    attacker = _Attacker(rule, semantics)
    random = Random(f"{seed} {rule.name} {semantics}")
    attacker.at_all(points(rule, semantics, count, random))
    if len(attacker.equal_at) < FEW and rule.left.symbols:
        attacker.at_all(beside(rule, list(attacker.equal_at), TRIES, random))
    if not attacker.result.failure:
        attacker.deeply()
    return attacker.result


@dataclass(slots=True)
class _Attacker:
    rule: Rule
    semantics: Semantics
    result: Attack = field(init=False)
    evaluator: PointEvaluator = field(init=False)
    known: dict[Expr, PointValue] = field(default_factory=dict)
    equal_at: list[Point] = field(default_factory=list)
    retries: int = MOST_RETRIES

    def __post_init__(self) -> None:
        self.result = Attack(self.semantics)
        self.evaluator = ball_backend().at_points(self.semantics, BITS)

    def at_all(self, trials: Iterable[Point]) -> None:
        """Judge the rule at points until it fails."""
        for point in trials:
            if self.result.failure:
                return
            self.at(point)

    def at(self, point: Point) -> None:
        """Judge the rule at one point, again with more bits or exactly if need be."""
        values = {name: self._value(term) for name, term in point.items()}
        outcome = _judge(self.rule, values, self.evaluator)
        if outcome is None and self.retries:
            self.retries -= 1
            outcome = _judge_closed(self.rule, point, self.semantics, MORE_BITS)
            if outcome is None:
                outcome = exact_judgement(self.rule, point, self.semantics)
        self._count(outcome, point)

    def deeply(self) -> None:
        """Compare once more where the sides looked equal, with very many bits."""
        trials = [(point, MOST_BITS) for point in _spread(self.equal_at)]
        if _speaks_of_large_numbers(self.rule):
            trials += [(point, EVEN_MORE_BITS) for point in self.equal_at[:2]]
        for point, bits in trials:
            outcome = _judge_closed(self.rule, point, self.semantics, bits)
            if outcome and outcome != EQUAL:
                self._count(outcome, point)
                return

    def _value(self, term: Expr) -> PointValue:
        if term not in self.known:
            self.known[term] = self.evaluator(term, {})
        return self.known[term]

    def _count(self, outcome: str | None, point: Point) -> None:
        if outcome is None:
            self.result.undecided += 1
        elif outcome == EQUAL:
            self.result.compared += 1
            self.equal_at.append(point)
        elif outcome:
            where = shown(point) or "the only point"
            self.result.failure = f"at {where} ({self.semantics}): {outcome}"


def _speaks_of_large_numbers(rule: Rule) -> bool:
    """Whether a constant is so large that exp of its opposite is below ``MOST_BITS``."""
    closed = [node for node in all_terms(rule) if not node.symbols and node.sort == "number"]
    values = (fold_closed(node, "real") for node in closed)
    return any(value.is_number and abs(value.number) >= LARGE for value in values)


@lru_cache(maxsize=1 << 12)
def _is_extreme(value: Expr) -> bool:
    folded = fold_closed(value, "real")
    size = abs(folded.number) if folded.is_number else 0
    return size > FAR or 0 < size * FAR < 1


def _spread(found: list[Point]) -> list[Point]:
    """The first points, those with extreme values, and some of the others."""
    step = max(1, len(found) // MOST_DEEP)
    extreme = [point for point in found if any(map(_is_extreme, point.values()))]
    return [*found[:MOST_DEEP], *extreme[:MOST_DEEP], *found[MOST_DEEP::step]]


def _judge_closed(rule: Rule, point: Point, semantics: Semantics, bits: int) -> str | None:
    """Judge with the terms of the point put into both sides, so that closed terms fold."""
    evaluator = ball_backend().at_points(semantics, bits)
    closed = _Closed(evaluator, point)
    values = {name: evaluator(term, {}) for name, term in point.items()}
    return _judge(rule, values, closed)


@dataclass(frozen=True, slots=True)
class _Closed:
    evaluator: PointEvaluator
    point: Point

    def __call__(self, expr: Expr, values: Values) -> PointValue:
        return self.evaluator(fill(expr, self.point), {})


def _judge(rule: Rule, values: Values, evaluator: PointEvaluator) -> str | None:
    """Return what is wrong at a point, ``EQUAL``, "" if nothing is claimed, ``None`` if unsure."""
    applies = conditions_hold(rule.when, values, evaluator)
    if rule.kind == "equivalence" and not applies:
        return None if applies is None else ""
    left, right = evaluator(rule.left, values), evaluator(rule.right, values)
    if "undecided" in (left.state, right.state):
        return None
    if left.state == "undefined":
        if right.state == "undefined" or not applies:
            return "" if applies is not None else None
        return f"{rule.left} is undefined, {rule.right} is {right}"
    if right.state == "undefined":
        return f"{rule.left} is {left}, {rule.right} is undefined"
    if left.differs(right):
        alike = ", with other digits further on" if str(left) == str(right) else ""
        return f"{rule.left} is {left}, {rule.right} is {right}{alike}"
    return EQUAL if left.is_sharp and right.is_sharp else None


def conditions_hold(
    conditions: tuple[Condition, ...], values: Values, evaluator: PointEvaluator
) -> bool | None:
    """Return whether all conditions hold at a point; ``None`` if that cannot be told."""
    unsure = False
    for condition in conditions:
        holds = _holds(condition, values, evaluator)
        if holds is False:
            return False
        unsure = unsure or holds is None
    return None if unsure else True


def _holds(condition: Condition, values: Values, evaluator: PointEvaluator) -> bool | None:
    if condition.kind == "literal":
        return True  # points are chosen so
    value = evaluator(condition.subject, values)
    if value.state == "undecided":
        return None
    if condition.kind == "defined":
        return value.state != "undefined"
    if condition.kind == "holds":
        if value.state == "undefined":
            return _speaks_of_the_undefined(condition.subject, values, evaluator)
        return value.truth
    if value.state == "undefined":
        return True
    if condition.kind == "finite":
        return value.is_finite
    return value.is_real if condition.kind == "real" else value.in_strip


def _speaks_of_the_undefined(truth: Expr, values: Values, evaluator: PointEvaluator) -> bool | None:
    """Conditions are shown wherever their terms are defined: elsewhere they say nothing."""
    numeric = [node for node in postorder((truth,)) if node.sort == "number"]
    states = [evaluator(node, values).state for node in numeric]
    if "undefined" in states:
        return True
    return None if "undecided" in states else False
