"""Deciding a rule: both sides are the same rational function, in every case.

Terms that are not rational count as unknowns, one for equal arguments. The cases are
whether each symbol is real, not real, or an infinity, as the semantics and the conditions
allow, and the order of terms where min, max, abs or a choice depends on it. In each case both
sides must agree, and be defined under the same needs (no divisor is 0, ...). Cases that
contradict themselves and divisors that cannot be 0 are left to z3 and cvc5.
"""

from collections.abc import Iterator

from emlir.expr.core import Expr
from emlir.expr.traverse import postorder
from emlir.rewrite.conditions import Condition
from emlir.rewrite.pattern import needed_symbols
from emlir.rewrite.rule import Kind
from emlir.semantics import Semantics
from emlir.testing.rules_cases import Case, SplitError, cases
from emlir.testing.rules_execute import Executor
from emlir.testing.rules_facts import PatternFacts
from emlir.testing.rules_field import Key, NotDecidedError
from emlir.testing.rules_outcome import Outcome
from emlir.testing.rules_smt import is_contradictory
from emlir.testing.rules_unfold import unfolded

MOST_CASES = 4_000
Conditions = tuple[Condition, ...]


def undecided_reason(
    left: Expr, right: Expr, when: Conditions, kind: Kind, semantics: Semantics
) -> str:
    """Return why the identity is not decided; empty if it is.

    With ``extending``, the right side may be defined on more outside the conditions.
    """
    if kind == "extending":
        reason = mismatch(left, right, (), semantics, same_domain=False)
        if reason:
            return reason
    return mismatch(left, right, when, semantics, same_domain=True)


def mismatch(
    left: Expr, right: Expr, given: Conditions, semantics: Semantics, same_domain: bool
) -> str:
    """Return why it is not decided that under ``given`` both sides agree; empty if it is.

    Without ``same_domain`` the right side may be defined on more than the left one.
    """
    try:
        sides = unfolded(left, semantics), unfolded(right, semantics)
        return next(_problems(*sides, given, semantics, same_domain), "")
    except NotDecidedError as error:
        return str(error)


def _problems(
    left: Expr, right: Expr, when: Conditions, semantics: Semantics, same_domain: bool
) -> Iterator[str]:
    facts = PatternFacts(semantics, when)
    names = tuple(sorted({*left.symbols, *right.symbols}))
    defined = {str(c.subject) for c in when if c.kind == "defined"}
    undefined = set(names) - (needed_symbols(left) & needed_symbols(right)) - defined
    stack = list(cases(names, facts, undefined))
    for _ in range(MOST_CASES):
        if not stack:
            return
        case = stack.pop()
        executor = Executor(case, facts)
        try:
            problem = _problem(left, right, when, executor, same_domain)
        except SplitError as split:
            stack.extend(case.split(split.poly))
            continue
        if problem and not is_contradictory(case, executor.terms, ()):
            yield f"{problem}{_described(case)}"
    if stack:
        raise NotDecidedError(f"there are more than {MOST_CASES} cases")


def _described(case: Case) -> str:
    classes = ", ".join(f"{name} {kind}" for name, kind in case.classes.items())
    orders = len(case.orders)
    return f" (case: {classes}{f', {orders} orders assumed' if orders else ''})"


def _problem(
    left: Expr, right: Expr, when: Conditions, executor: Executor, same_domain: bool
) -> str:
    if _is_excluded(when, executor):
        return ""
    a, b = executor(left), executor(right)
    for side in (a, b):
        if side.kind == "unclear":
            return side.reason
    if a.kind == "undefined":
        return "only the right side is defined" if same_domain and b.kind != a.kind else ""
    if b.kind == "undefined":
        return "only the left side is defined"
    if not _equal(a, b, executor):
        return "the sides are different rational functions"
    if not _implied(b.needs - a.needs, a.needs, executor):
        return "the right side needs more to be defined"
    if same_domain and not _implied(a.needs - b.needs, b.needs, executor):
        return "the left side needs more to be defined"
    return ""


def _is_excluded(when: Conditions, executor: Executor) -> bool:
    """Whether a condition is false in this case, and all its terms have values."""
    semantics = executor.facts.semantics
    truths = [unfolded(c.subject, semantics) for c in when if c.kind == "holds"]
    return any(_is_refuted(truth, executor) for truth in truths)


def _is_refuted(truth: Expr, executor: Executor) -> bool:
    outcome = executor(truth)
    terms = [executor(node) for node in postorder((truth,)) if node.sort == "number"]
    if any(term.needs or term.kind not in ("finite", "infinite") for term in terms):
        return False
    return outcome.kind == "undefined" or (outcome.kind == "truth" and not outcome.sign)


def _equal(a: Outcome, b: Outcome, executor: Executor) -> bool:
    if a.kind != b.kind:
        return False
    if a.kind != "finite":
        return a.sign == b.sign
    x, y = a.value, b.value
    return executor.case.is_zero(executor.terms, x.top * y.bottom - y.top * x.bottom)


def _implied(wanted: frozenset[Key], given: frozenset[Key], executor: Executor) -> bool:
    """Whether needs follow from the case and the other needs."""
    polys = [key[1] for key in wanted if key[0] == "nonzero"]
    if len(polys) < len(wanted):
        return False
    nonzero = [key[1] for key in given if key[0] == "nonzero"]
    return all(
        is_contradictory(executor.case, executor.terms, nonzero, zero=poly) for poly in polys
    )
