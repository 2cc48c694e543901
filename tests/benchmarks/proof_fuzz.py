"""False claims through the search for certificates, with the refuter off: none may be proved.

    python -m tests.benchmarks.proof_fuzz [--count 10000] [--seed 0] [--seconds 0.2]

Each claim fails at a rational point, by ball arithmetic, or is undefined there. Many operands are
the same expression twice: x/x, x*x, x - x, shared parts. Nothing tells the search where a claim
fails; it may try to prove whatever it likes.
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import emlir
from emlir.claims import Claim, Limits, Refuted
from emlir.plugin_api import Interval
from emlir_proof.certify.prover import CertificateProver
from emlir_proof.goal import Goal
from emlir_proof.points import HIGH, refute

UNARY = ("exp({})", "ln({})", "sqrt({})", "sin({})", "cos({})", "abs({})", "-({})", "({})^2")
UNARY += ("({})^3", "1/({})", "sigmoid({})", "tanh({})", "floor({})", "softplus({})", "atan({})")
BINARY = ("({}) + ({})", "({}) - ({})", "({})*({})", "({})/({})", "max({}, {})", "min({}, {})")
BINARY += ("eml({}, {})", "mod({}, {})", "where({} > 0, {}, 1)", "logaddexp({}, {})")
TWICE = ("({0})/({0})", "({0})*({0})", "({0}) - ({0})", "({0}) + ({0})", "({0})*exp(-({0}))")
TWICE += ("ln(exp({0}))", "exp(ln({0}))", "sqrt(({0})^2)", "sqrt({0})^2", "({0})*ln({0})")
RELATIONS = (">=", ">", "<=", "<", "=")

Point = dict[str, Fraction]


@dataclass(frozen=True)
class FalseClaim:
    """A claim, and a point of its box where it is false or undefined."""

    claim: Claim
    refuted: Refuted


def expression(rng: random.Random, depth: int, names: list[str]) -> str:
    """Return a random formula."""
    if depth == 0:
        return rng.choice([*names, *names, str(rng.randint(1, 3)), "1/2"])
    kind = rng.random()
    inner = expression(rng, depth - 1, names)
    if kind < 0.2:
        return rng.choice(TWICE).format(inner)
    if kind < 0.55:
        return rng.choice(UNARY).format(inner)
    return rng.choice(BINARY).format(inner, expression(rng, depth - 1, names))


def false_claims(seed: int) -> Iterator[FalseClaim]:
    """Yield claims that are known to be false."""
    rng = random.Random(seed)
    while True:
        made = _false_claim(rng)
        if made is not None:
            yield made


def _false_claim(rng: random.Random) -> FalseClaim | None:
    names = ["x", "y"][: rng.randint(1, 2)]
    box = {name: _side(rng) for name in names}
    point = {name: _inside(rng, side) for name, side in box.items()}
    try:
        formula = expression(rng, rng.randint(1, 3), names)
        expr = emlir.parse(formula)
        claim = Claim.of(f"{formula} {_bound(rng, expr, point)}", {n: box[n] for n in expr.symbols})
        goal = Goal(claim)
        refuted = refute(goal, {name: point[name] for name in goal.free}, HIGH, 0)
    except (ValueError, ArithmeticError, emlir.DomainError):
        return None
    return None if refuted is None else FalseClaim(claim, refuted)


def _side(rng: random.Random) -> Interval:
    lo = Fraction(rng.randint(-4, 3))
    return Interval(lo, lo + Fraction(rng.randint(1, 8), 2), False, False)


def _inside(rng: random.Random, side: Interval) -> Fraction:
    assert side.lo is not None
    assert side.hi is not None
    return side.lo + (side.hi - side.lo) * Fraction(rng.randint(0, 8), 8)


def _bound(rng: random.Random, expr: emlir.Expr, point: Point) -> str:
    """Return a relation that fails at the point, or any one where nothing is defined."""
    relation = rng.choice(RELATIONS)
    try:
        lo, hi = emlir.enclose(expr.subs(point), {})
    except emlir.DomainError:
        return f"{relation} {rng.randint(-3, 3)}"
    margin = Fraction(1, 10 ** rng.randint(1, 12)) * max(1, abs(Fraction(lo)))
    if lo == hi and relation in (">", "<"):
        margin *= rng.randint(0, 1)  # equal sides are enough to make it false
    bound = Fraction(hi) + margin if relation in (">=", ">", "=") else Fraction(lo) - margin
    short = bound.limit_denominator(10 ** rng.randint(3, 12))
    return f"{relation} ({short if rng.random() < 0.5 else bound})"


def tried(claim: FalseClaim, seconds: float) -> str:
    """Search for a certificate, and return what came of it."""
    found = CertificateProver(refutes=False).certified(claim.claim, Limits(seconds))
    return "not proved" if found is None else "PROVED"


def main() -> None:
    """Try many claims, and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=0.2)
    asked = parser.parse_args()
    started, figures = time.perf_counter(), Counter[str]()
    for number, false in enumerate(false_claims(asked.seed), start=1):
        outcome = tried(false, asked.seconds)
        figures[outcome] += 1
        figures[false.refuted.reason] += 1
        if outcome == "PROVED":
            print(f"PROVED: {false.claim}, but {false.refuted.reason} at {false.refuted.point}")
        if number == asked.count:
            break
    spent = time.perf_counter() - started
    print(
        f"{asked.count:,} claims that are false ({figures['undefined']:,} of them undefined) "
        f"at a point: {figures['PROVED']} proved, in {spent:.0f} s"
    )


if __name__ == "__main__":
    main()
