"""The rungs of the ladders to bounds on exp, sin and cos: conditions on numbers, as SMT-LIB2.

A rung says of numbers what makes bounds true if earlier bounds are. Its obligation, for a
solver, is that the claim follows from the condition and what is given.
"""

from typing import NamedTuple


class Rung(NamedTuple):
    """Parameters, the condition, further numbers, what is given, and what follows."""

    params: str
    body: str
    more: str
    given: tuple[str, ...]
    claim: str


SINE_OF = ("(<= a S b)", "(<= p C q)")

SQUARES = "(=> (and (<= p x q) (< 0.0 p)) (<= (* p p) (* x x) (* q q)))"
"""What ``exp_16`` uses four times: exp(2 u) is the square of exp(u)."""
TWICE = ((1, ("E", "E2")), (2, ("E2", "E4")), (4, ("E4", "E8")), (8, ("E8", "F")))


def _power(name: str, n: int) -> str:
    return f"(* {' '.join([name] * n)})" if n > 1 else name


def _squared(n: int, names: tuple[str, str]) -> str:
    """Write what ``SQUARES`` says of the bounds a^n and b^n on a number."""
    below = f"(<= {_power('a', n)} {names[0]} {_power('b', n)})"
    return f"(=> {below} (<= {_power('a', 2 * n)} {names[1]} {_power('b', 2 * n)}))"


RUNGS: dict[str, Rung] = {
    "exp_start": Rung(
        "u a b",
        "(and (<= 0.0 u) (< u 1.0) (<= a (+ 1.0 u)) (<= 1.0 (* b (- 1.0 u))))",
        "E F",
        ("(>= E (+ 1.0 u))", "(>= F (- 1.0 u))", "(= (* E F) 1.0)"),
        "(<= a E b)",
    ),
    "exp_16": Rung(
        "a b c d",
        f"(and (< 0.0 a) (<= c {_power('a', 16)}) (>= d {_power('b', 16)}))",
        "E E2 E4 E8 F",
        ("(<= a E b)", *(_squared(n, more) for n, more in TWICE)),
        "(<= c F d)",
    ),
    "exp_minus": Rung(
        "a b c d",
        "(and (< 0.0 a) (<= (* c b) 1.0) (>= (* d a) 1.0))",
        "E F",
        ("(<= a E b)", "(= (* E F) 1.0)"),
        "(<= c F d)",
    ),
    "circle_start": Rung(
        "t a b p q",
        "(and (<= 0.0 t 1.0) (<= a (- t (* (/ 1.0 6.0) t t t))) (>= b t)"
        " (<= p (- 1.0 (* (/ 1.0 2.0) t t)))"
        " (>= q (+ 1.0 (* (/ (- 1.0) 2.0) t t) (* (/ 1.0 24.0) t t t t))))",
        "S C H",
        (
            "(<= (- t (* (/ 1.0 6.0) t t t)) S t)",
            "(<= (- (* (/ 1.0 2.0) t) (* (/ 1.0 48.0) t t t)) H (* (/ 1.0 2.0) t))",
            "(= C (- 1.0 (* 2.0 H H)))",
        ),
        "(and (<= a S b) (<= p C q))",
    ),
    "circle_twice": Rung(
        "a b p q v w x y",
        "(and (<= v (* 2.0 a p)) (<= v (* 2.0 a q)) (<= v (* 2.0 b p)) (<= v (* 2.0 b q))"
        " (>= w (* 2.0 a p)) (>= w (* 2.0 a q)) (>= w (* 2.0 b p)) (>= w (* 2.0 b q))"
        " (<= x (- 1.0 (* 2.0 a a))) (<= x (- 1.0 (* 2.0 b b)))"
        " (>= y (ite (<= 0.0 a) (- 1.0 (* 2.0 a a)) (ite (<= b 0.0) (- 1.0 (* 2.0 b b)) 1.0))))",
        "S C T D",
        (*SINE_OF, "(= T (* 2.0 S C))", "(= D (- 1.0 (* 2.0 S S)))"),
        "(and (<= v T w) (<= x D y))",
    ),
    "circle_minus": Rung(
        "a b p q v w x y",
        "(and (<= v (- b)) (>= w (- a)) (<= x p) (>= y q))",
        "S C",
        SINE_OF,
        "(and (<= v (- S) w) (<= x C y))",
    ),
}


def rung_text(name: str) -> str:
    """Return the definition of a rung."""
    params = " ".join(f"({p} Real)" for p in RUNGS[name].params.split())
    return f"(define-fun {name} ({params}) Bool {RUNGS[name].body})"


def rung_obligation(name: str) -> list[str]:
    """Return what a solver has to refute for a rung, as commands."""
    rung = RUNGS[name]
    given = (*rung.given, f"({name} {rung.params})")
    squares = _question("p x q", (), SQUARES) if name == "exp_16" else []
    whole = _question(f"{rung.params} {rung.more}", given, rung.claim)
    return [*squares, rung_text(name), *whole]


def _question(names: str, given: tuple[str, ...], claim: str) -> list[str]:
    return [
        "(push 1)",
        *(f"(declare-const {each} Real)" for each in names.split()),
        *(f"(assert {each})" for each in given),
        f"(assert (not {claim}))",
        "(check-sat)",
        "(pop 1)",
    ]
