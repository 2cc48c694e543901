"""emltorch's two emitters of SMT-LIB, solved as its documentation says: unsat proves.

Its formulas have numbers, variables, eml, and sums, differences and products of variables in
brackets; ``a + (b) * [formula]`` stands outside of all. A claim is written so if it can be,
else as the tree of eml alone that emlir's ``lower`` finds. ``sat`` means nothing to its
emitters: one gives a solver less than it would need, the other bounds that are too wide.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from time import perf_counter
from typing import NamedTuple

import emlir
from emlir import Assumptions, Expr, InexpressibleError
from tests.benchmarks.proof_suite.request import Answer, Outcome, Request
from tests.benchmarks.proof_suite.solvers import with_cvc5, with_z3

RELATIONS = {"le": "<=", "lt": "<", "ge": ">=", "gt": ">", "eq": "==", "ne": "!="}
LARGEST = 100_000
"""Nodes of a tree that is written out; emltorch has no notation for shared parts."""
LEMMAS = ("ratio_corollary", "e_interval_tight", "ln_at_e")
"""Those of its eight that help: three are empty, two on products make solvers slower."""
TURNED = {"<=": ">=", "<": ">", ">=": "<=", ">": "<"}
SIGNS = {"add": "+", "sub": "-", "mul": "*"}


class CannotExpressError(ValueError):
    """emltorch has no formula for this."""


class Target(NamedTuple):
    """A claim in emltorch's words."""

    formula: str
    relation: str
    value: float


Emitter = Callable[[Target, dict[str, tuple[float, float]]], str]


def with_axioms(request: Request) -> Outcome:
    """Exp and Ln uninterpreted, with axioms and lemmas."""
    return _decide(request, _axioms)


def with_intervals(request: Request) -> Outcome:
    """A fresh constant for each Exp and Ln, bounded by its interval."""
    return _decide(request, _intervals)


def _axioms(target: Target, box: dict[str, tuple[float, float]]) -> str:
    import emltorch

    text = emltorch.eml_tree_to_smt2(target.formula, box, target.relation, target.value)
    return str(emltorch.with_lemmas(text, *LEMMAS))


def _intervals(target: Target, box: dict[str, tuple[float, float]]) -> str:
    import emltorch

    return str(
        emltorch.eml_tree_to_smt2_intervals(target.formula, box, target.relation, target.value)
    )


def _decide(request: Request, emitter: Emitter) -> Outcome:
    start, problem = perf_counter(), "cannot express"
    for target in targets(request.claim, request.where):
        try:
            script = emitter(target, _box(request.where))
        except (ValueError, OverflowError, ZeroDivisionError) as error:
            problem = str(error).splitlines()[0]
            continue
        return _solve(script, target, request.seconds - (perf_counter() - start))
    return Outcome("unknown", problem)


def _solve(script: str, target: Target, seconds: float) -> Outcome:
    """Ask z3 for half of the time, then cvc5."""
    start = perf_counter()
    first = with_z3(script, seconds / 2)
    if first == "unsat":
        return Outcome("proved", "unsat by z3", {"formula": target.formula})
    second = with_cvc5(script, seconds - (perf_counter() - start))
    answer: Answer = "proved" if second == "unsat" else "unknown"
    return Outcome(answer, f"{first} by z3, {second} by cvc5", {"formula": target.formula})


def _box(where: str) -> dict[str, tuple[float, float]]:
    boxes = Assumptions.of(where).boxes
    return {name: (_float(at.lo), _float(at.hi)) for name, at in boxes.items()}


def _float(end: Fraction | None) -> float:
    if end is None:
        raise CannotExpressError("an end is infinite")
    return float(end)


def targets(claim: str, where: str) -> Iterator[Target]:
    """Yield the ways to state a claim, the plainest first."""
    expr = emlir.parse(claim)
    if expr.op.name not in RELATIONS:
        return
    left, right = expr.args
    for attempt in (_with_bound, _with_difference):
        try:
            yield attempt(left, RELATIONS[expr.op.name], right, where)
        except (CannotExpressError, InexpressibleError):
            continue


def _with_bound(left: Expr, relation: str, right: Expr, where: str) -> Target:
    """Return a formula beside a number, as it stands."""
    if left.is_number:
        left, relation, right = right, TURNED.get(relation, relation), left
    if not right.is_number:
        raise CannotExpressError("both sides vary")
    shift, factor, inner = _affine(left)
    text = plain(inner)
    if shift != 0 or factor != 1:
        text = f"{decimal(shift)} + ({decimal(factor)}) * [{text}]"
    return Target(text, relation, float(right.number))


def _with_difference(left: Expr, relation: str, right: Expr, where: str) -> Target:
    """Return a tree of eml beside a number, or for the difference beside 0."""
    bound = right.number if right.is_number else Fraction(0)
    tree = emlir.lower(left if right.is_number else left - right, assume=where, semantics="real")
    if tree.tree_size > LARGEST:
        raise CannotExpressError(f"a tree of {tree.tree_size} nodes")
    return Target(plain(tree), relation, float(bound))


def _affine(expr: Expr) -> tuple[Fraction, Fraction, Expr]:
    """Return a, b and the rest of a + b*rest, as far as that shows."""
    shift, factor = Fraction(0), Fraction(1)
    while expr.op.name in ("add", "sub", "mul", "neg"):
        if expr.op.name == "neg":
            expr, factor = expr.args[0], -factor
            continue
        first, second = expr.args
        if first.is_number == second.is_number:
            break
        constant, rest = (first, second) if first.is_number else (second, first)
        if expr.op.name == "mul":
            factor *= constant.number
        else:
            minus = expr.op.name == "sub"
            shift += factor * constant.number * (-1 if minus and constant is second else 1)
            factor *= -1 if minus and rest is second else 1
        expr = rest
    return shift, factor, expr


def plain(expr: Expr) -> str:
    """Return an expression in emltorch's notation; a sum cannot contain an eml there."""
    name = expr.op.name
    if expr.is_symbol:
        return expr.name
    if expr.is_number:
        return decimal(expr.number)
    if name == "exp":
        return f"eml({plain(expr.args[0])}, 1)"
    if name == "eml":
        return f"eml({plain(expr.args[0])}, {plain(expr.args[1])})"
    if name == "ln":
        return f"eml(1, eml(eml(1, {plain(expr.args[0])}), 1))"
    sides = [plain(side) for side in expr.args] if name in SIGNS else []
    if not sides or any("eml" in side for side in sides):
        raise CannotExpressError(f"no {name} here")
    return f"({sides[0]} {SIGNS[name]} {sides[1]})"


def decimal(value: Fraction) -> str:
    """Return a number as a finite decimal without an exponent, which it knows nothing of."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        raise CannotExpressError(f"{value} is no decimal")
    digits = next(k for k in range(400) if (value * 10**k).denominator == 1)
    whole = abs(value.numerator * 10**digits // value.denominator)
    text = f"{whole:0{digits + 1}d}"
    sign = "-" if value < 0 else ""
    return sign + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)
