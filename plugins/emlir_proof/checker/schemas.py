"""The rules as SMT-LIB2: each a formula, and why it holds, as obligations for a solver.

A schema's body is what a step may say of any numbers in the place of its parameters. What it
rests on is ``given``: definitions, and instances of the trusted facts. Where a solver needs
help, the way there is cut into lemmas, each from some of what is known.
"""

from typing import NamedTuple


class Lemma(NamedTuple):
    """A formula, and what it follows from."""

    shows: str
    uses: tuple[str, ...]


class Schema(NamedTuple):
    """Parameters, the body, further numbers, what is given, and lemmas for the body.

    ``last`` is what the body needs of what is given beside the lemmas, where there are any.
    """

    params: str
    body: str
    more: str
    given: tuple[str, ...]
    lemmas: tuple[Lemma, ...] = ()
    last: tuple[str, ...] = ()


AHEAD = ("(= E (* K H))", "(>= H (+ 1.0 (- t k)))", "(> H 0.0)", "(>= K lo)", "(> lo 0.0)")
"""exp(t) = exp(k) exp(t - k), the last by E2; lo is a bound on exp(k)."""
BACK = ("(= K (* E G))", "(>= G (+ 1.0 (- k t)))", "(> E 0.0)", "(<= K hi)")
"""exp(k) = exp(t) exp(k - t), the last by E2; hi is a bound on exp(k)."""
ENDS = ("(> E 0.0)", "(>= A (* E (+ 1.0 (- a t))))", "(>= B (* E (+ 1.0 (- b t))))")
"""A >= exp(a) = exp(t) exp(a - t), the last by E2; and so for b."""
CHORD_A = "(=> (<= t b) (>= (* A (- b t)) (* E (- b t) (+ 1.0 (- a t)))))"
CHORD_B = "(=> (>= t a) (>= (* B (- t a)) (* E (- t a) (+ 1.0 (- b t)))))"
SIZE = ("(= (* a a) (* p p))", "(>= a 0.0)")
WHOLE = ("(<= f p)", "(< p (+ f 1.0))")
APART = "(or (<= n f) (>= n (+ f 1.0)))"
"""n and f are whole."""

INSIDE = "(and ({0} q 0.0) ({0} (* {1} c) q))"
"""q is between 0 and pi, or two pi."""
HALVED = (
    "(= S (* 2.0 A B))",
    "(= p (- (* {0} c) q))",
    "(=> (>= q 0.0) (>= A (- (* {1} q) (* {2} q q q))))",
    "(=> (>= p 0.0) (>= B (- (* {1} p) (* {2} p p p))))",
    "(< c 4.0)",
)
"""S is the sine of q, or of q/2; A and B are the sine and cosine of the half of that, with B the
sine of what is left to a quarter turn; the bounds are by T2."""
ARCH = tuple(each.format("1.0", "(/ 1.0 2.0)", "(/ 1.0 48.0)") for each in HALVED)
CREST = tuple(each.format("2.0", "(/ 1.0 4.0)", "(/ 1.0 384.0)") for each in HALVED)
TOP = "(= C (- 1.0 (* 2.0 S S)))"


def _above(sign: str, turns: str, given: tuple[str, ...]) -> tuple[Lemma, ...]:
    """Return that A and B are above 0, or at least 0."""
    inside = INSIDE.format(sign, turns)
    rising, falling = (given[2], given[4]), (given[1], given[3], given[4])
    return (
        Lemma(f"(=> {inside} ({sign} A 0.0))", rising),
        Lemma(f"(=> {inside} ({sign} B 0.0))", falling),
    )


def _arch(sign: str) -> Schema:
    """sin is above 0 between 0 and pi, or at least 0."""
    body = f"(=> {INSIDE.format(sign, '1.0')} ({sign} S 0.0))"
    return Schema("S q c", body, "A B p", ARCH, _above(sign, "1.0", ARCH), ARCH[:1])


VALUE, SLOPE = "(<= v0 V v1)", "(<= d0 D d1)"
COSINE = "(<= (- 1.0 (* (/ 1.0 2.0) h h)) C 1.0)"
SINE = (
    "(=> (>= h 0.0) (<= (- (* (/ 1.0 6.0) h h h)) (- S h) 0.0))",
    "(=> (<= h 0.0) (<= 0.0 (- S h) (- (* (/ 1.0 6.0) h h h))))",
)
SUM = ("(= W (+ (* V C) (* D S)))", "(= hh (* h h))", "(= h (- t k))")
BOX = "(=> (and (>= t a) (<= t b) (<= (- k a) r) (<= (- b k) r) (<= 0.0 r))"
RADIUS = f"{BOX} (<= (- r) h r))"
BEND_V = "(>= (* V C) (- V (* (/ 1.0 2.0) hh (ite (<= 0.0 v1) v1 0.0))))"
BEND_H = "(=> (<= (- r) h r) (<= (- (* (/ 1.0 6.0) r h h)) (- S h) (* (/ 1.0 6.0) r h h)))"
BEND_M = "(<= (- M) D M)"
BEND_S = "(=> (<= (- r) h r) (>= (* D (- S h)) (- (* (/ 1.0 6.0) r hh M))))"
BEND_D = (
    "(=> (<= (- r) h r)"
    " (>= (* D h) (+ (* (/ 1.0 2.0) (+ d0 d1) (- t k)) (* (/ (- 1.0) 2.0) (- d1 d0) r))))"
)
BEND_E = (
    "(=> (<= (- r) h r) (>= (* D (- S h)) (- (* (/ 1.0 6.0) r hh (ite (<= (- d0) d1) d1 (- d0))))))"
)
MOST = "(= M (ite (<= (- d0) d1) d1 (- d0)))"

SCHEMAS: dict[str, Schema] = {
    "product": Schema(
        "p q r", "(=> (and (>= p 0.0) (>= q 0.0)) (>= r 0.0))", "", ("(= r (* p q))",)
    ),
    "product_strict": Schema(
        "p q r", "(=> (and (> p 0.0) (> q 0.0)) (> r 0.0))", "", ("(= r (* p q))",)
    ),
    "product_zero": Schema("p q r", "(=> (= p 0.0) (= r 0.0))", "", ("(= r (* p q))",)),
    "square": Schema("p r", "(>= r 0.0)", "", ("(= r (* p p))",)),
    "over": Schema("q d w", "(=> (and (>= w 0.0) (> d 0.0)) (>= q 0.0))", "", ("(= w (* q d))",)),
    "over_strict": Schema(
        "q d w", "(=> (and (> w 0.0) (> d 0.0)) (> q 0.0))", "", ("(= w (* q d))",)
    ),
    "over_zero": Schema(
        "q d w", "(=> (and (= w 0.0) (> d 0.0)) (= q 0.0))", "", ("(= w (* q d))",)
    ),
    "positive": Schema("E", "(> E 0.0)", "H G", ("(= E (* H H))", "(= (* H G) 1.0)")),
    "tangent": Schema("E t k lo", "(>= E (* lo (+ 1.0 (- t k))))", "K H", AHEAD),
    "chord": Schema(
        "E t a b A B",
        "(=> (and (>= t a) (<= t b)) (<= (* (- b a) E) (+ (* A (- b t)) (* B (- t a)))))",
        "",
        ENDS,
        (Lemma(CHORD_A, ENDS), Lemma(CHORD_B, ENDS)),
        ENDS[:1],
    ),
    "above": Schema("E t k lo", "(=> (>= t k) (>= E lo))", "K H", AHEAD),
    "above_strict": Schema("E t k lo", "(=> (> t k) (> E lo))", "K H", AHEAD),
    "below": Schema("E t k hi", "(=> (<= t k) (<= E hi))", "K G", BACK),
    "below_strict": Schema("E t k hi", "(=> (< t k) (< E hi))", "K G", BACK),
    "log_above": Schema("E t k hi", "(=> (>= E hi) (>= t k))", "K G", BACK),
    "log_above_strict": Schema("E t k hi", "(=> (> E hi) (> t k))", "K G", BACK),
    "log_below": Schema("E t k lo", "(=> (<= E lo) (<= t k))", "K H", AHEAD),
    "log_below_strict": Schema("E t k lo", "(=> (< E lo) (< t k))", "K H", AHEAD),
    "root": Schema("s", "(>= s 0.0)", "", ("(>= s 0.0)",)),
    "root_positive": Schema("s p", "(=> (> p 0.0) (> s 0.0))", "", ("(>= s 0.0)", "(= (* s s) p)")),
    "root_above": Schema(
        "s b w", "(=> (>= w 0.0) (>= s b))", "", ("(>= s 0.0)", "(= (* s s) (+ w (* b b)))")
    ),
    "root_below": Schema(
        "s b w",
        "(=> (and (>= b 0.0) (>= w 0.0)) (<= s b))",
        "",
        ("(>= s 0.0)", "(= (* s s) (- (* b b) w))"),
    ),
    "size": Schema("a p", "(>= a p)", "", SIZE),
    "size_is": Schema("a p", "(=> (>= p 0.0) (= a p))", "", SIZE),
    "whole_up": Schema("f p", "(<= f p)", "", WHOLE),
    "whole_down": Schema("f p", "(> (+ f 1.0) p)", "", WHOLE),
    "whole_above": Schema("f p n", "(=> (>= p n) (>= f n))", "", (*WHOLE, APART)),
    "whole_below": Schema("f p n", "(=> (< p n) (<= f (- n 1.0)))", "", (*WHOLE, APART)),
    "turn": Schema("s", "(<= s 1.0)", "c", ("(= (+ (* s s) (* c c)) 1.0)",)),
    "addition": Schema("W P", "(= W P)", "", ("(= W P)",)),
    "asin_above": Schema(
        "A p k n s",
        "(=> (and (>= p n) (>= n s)) (>= A k))",
        "S",
        ("(=> (< A k) (< p S))", "(<= S s)"),
    ),
    "asin_above_strict": Schema(
        "A p k n s",
        "(=> (and (> p n) (>= n s)) (> A k))",
        "S",
        ("(=> (<= A k) (<= p S))", "(<= S s)"),
    ),
    "asin_below": Schema(
        "A p k n s",
        "(=> (and (<= p n) (<= n s)) (<= A k))",
        "S",
        ("(=> (> A k) (> p S))", "(>= S s)"),
    ),
    "asin_below_strict": Schema(
        "A p k n s",
        "(=> (and (< p n) (<= n s)) (< A k))",
        "S",
        ("(=> (>= A k) (>= p S))", "(>= S s)"),
    ),
    "atan_above": Schema(
        "A p k n s c d",
        "(=> (and (>= p n) (> c 0.0) (>= (* n c) s) (>= (* n d) s)) (>= A k))",
        "S C",
        (
            "(=> (< A k) (< (* p C) S))",
            "(<= S s)",
            "(<= c C d)",
        ),
    ),
    "atan_above_strict": Schema(
        "A p k n s c d",
        "(=> (and (> p n) (> c 0.0) (>= (* n c) s) (>= (* n d) s)) (> A k))",
        "S C",
        (
            "(=> (<= A k) (<= (* p C) S))",
            "(<= S s)",
            "(<= c C d)",
        ),
    ),
    "atan_below": Schema(
        "A p k n s c d",
        "(=> (and (<= p n) (> c 0.0) (<= (* n c) s) (<= (* n d) s)) (<= A k))",
        "S C",
        (
            "(=> (> A k) (> (* p C) S))",
            "(>= S s)",
            "(<= c C d)",
        ),
    ),
    "atan_below_strict": Schema(
        "A p k n s c d",
        "(=> (and (< p n) (> c 0.0) (<= (* n c) s) (<= (* n d) s)) (< A k))",
        "S C",
        (
            "(=> (>= A k) (>= (* p C) S))",
            "(>= S s)",
            "(<= c C d)",
        ),
    ),
    "half_turn": Schema("A c", "(<= A (* (/ 1.0 2.0) c))", "", ("(<= A (* (/ 1.0 2.0) c))",)),
    "half_turn_strict": Schema("A c", "(< A (* (/ 1.0 2.0) c))", "", ("(< A (* (/ 1.0 2.0) c))",)),
    "pi_above": Schema(
        "c v lo", "(=> (> lo 0.0) (> c v))", "S", ("(=> (> S 0.0) (> c v))", "(>= S lo)")
    ),
    "pi_below": Schema(
        "c v hi", "(=> (< hi 0.0) (< c v))", "S", ("(=> (< S 0.0) (< c v))", "(<= S hi)")
    ),
    "arch": _arch(">="),
    "arch_strict": _arch(">"),
    "crest": Schema(
        "C q c",
        f"(=> {INSIDE.format('>', '2.0')} (< C 1.0))",
        "S A B p",
        (TOP, *CREST),
        _above(">", "2.0", CREST),
        (TOP, CREST[0]),
    ),
    "bend": Schema(
        "W t k hh a b r v0 v1 d0 d1",
        f"{BOX} (>= W (+ v0 (* (/ (- 1.0) 2.0) (- d1 d0) r) (* (/ 1.0 2.0) (+ d0 d1) (- t k))"
        " (- (* hh (+ (* (/ 1.0 2.0) (ite (<= 0.0 v1) v1 0.0))"
        " (* (/ 1.0 6.0) r (ite (<= (- d0) d1) d1 (- d0)))))))))",
        "V C D S M h",
        (VALUE, SLOPE, COSINE, *SINE, *SUM, MOST),
        (
            Lemma(BEND_V, (VALUE, COSINE, SUM[1])),
            Lemma(BEND_H, SINE),
            Lemma(BEND_M, (SLOPE, MOST)),
            Lemma(BEND_S, (BEND_H, BEND_M, SUM[1])),
            Lemma(BEND_E, (BEND_S, MOST)),
            Lemma(BEND_D, (SLOPE, SUM[2])),
        ),
        (VALUE, SUM[0], SUM[2]),
    ),
}


def schema_text(name: str) -> str:
    """Return the definition of a schema."""
    schema = SCHEMAS[name]
    params = " ".join(f"({p} Real)" for p in schema.params.split())
    return f"(define-fun {name} ({params}) Bool {schema.body})"


def obligations(name: str) -> list[str]:
    """Return what a solver has to refute for a schema, as commands."""
    schema = SCHEMAS[name]
    names = f"{schema.params} {schema.more}".split()
    shown = [lemma.shows for lemma in schema.lemmas]
    whole = Lemma(f"({name} {schema.params})", (*(schema.last or schema.given), *shown))
    lines = [schema_text(name), "(push 1)", *(f"(declare-const {each} Real)" for each in names)]
    for lemma in (*schema.lemmas, whole):
        uses = [f"(assert {formula})" for formula in lemma.uses]
        lines += ["(push 1)", *uses, f"(assert (not {lemma.shows}))", "(check-sat)", "(pop 1)"]
    return [*lines, "(pop 1)"]
