"""Seeded defects of knots, of the cover of the box, and of writing."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from emlir_proof.certify import knots, leaf, nodes, search, write
from emlir_proof.checker.facts import Fact
from emlir_proof.checker.knots import Range
from emlir_proof.checker.polynomials import UNIT, number
from tests.plugins.certificate_defects import E_HIGH, HALVES, Patch, defect

# Knots.


@defect(f"exp(x) >= {E_HIGH}", "x in [1, 2]")
def knots_rounded_inward(patch: Patch) -> None:
    patch.setattr(knots, "_around", _inward)


def _inward(ball: Any, bits: int) -> Range:
    lo, hi = knots._exact(ball.lower()), knots._exact(ball.upper())
    return Range(knots.short(lo, bits, up=True), knots.short(hi, bits, up=False))


@defect("exp(x) >= 3", "x in [1, 2]")
def knots_at_another_point(patch: Patch) -> None:
    right = knots.exponential
    patch.setattr(knots, "exponential", lambda k, bits: right(k + Fraction(1, 8), bits))


@defect("cos(x) >= 4/5", "x in [1, 11/10]")
def sine_for_cosine(patch: Patch) -> None:
    right = knots.circle
    patch.setattr(knots, "circle", lambda k, bits: right(k, bits)[::-1])


# Coverage.


@defect("where(x > 0, x, x) >= 0", "x in [-1, 1]")
def dropped_part(patch: Patch) -> None:
    right = search.Search._corner
    patch.setattr(search.Search, "_corner", lambda self, *part: right(self, *part)[:1])


@defect(*HALVES, is_true=True)
def parts_in_the_other_order(patch: Patch) -> None:
    right = search.Search._corner
    patch.setattr(search.Search, "_corner", lambda self, *part: right(self, *part)[::-1])


@defect(*HALVES, is_true=True)
def cut_at_another_place(patch: Patch) -> None:
    def moved(cut: Any, polys: Any) -> list[Any]:
        return right((cut[0], cut[1] + UNIT, cut[2]) if cut[0] == "cut" else cut, polys)

    right = write._cut
    patch.setattr(write, "_cut", moved)


@defect("x^2 > 0", "x in [-1, 1]")
def no_part_has_the_cut(patch: Patch) -> None:
    right = search.replace

    def opened(part: Any, **changes: Any) -> Any:
        if "path" in changes:
            *path, (poly, _) = changes["path"]
            changes["path"] = (*path, Fact(poly, ">"))
        return right(part, **changes)

    patch.setattr(search, "replace", opened)


@defect("(x - 1/20)^2 >= 1/1000", "x in [-1, 1]")
def gap_between_the_parts(patch: Patch) -> None:
    right = search.replace

    def moved(part: Any, **changes: Any) -> Any:
        if "path" in changes:
            *path, (poly, relation) = changes["path"]
            changes["path"] = (*path, Fact(poly - number(Fraction(1, 10)), relation))
        return right(part, **changes)

    patch.setattr(search, "replace", moved)


# Writing.


def written_wrongly(change: Callable[[Any, list[Any]], list[Any]]) -> Callable[[Patch], None]:
    """Seed a change of the code of a step."""
    right = write._step

    def wrong(step: Any, polys: Any) -> list[Any]:
        return change(step, right(step, polys))

    return lambda patch: patch.setattr(write, "_step", wrong)


ENTROPY = ("x*ln(x) >= -2/5", "x in (0, 1]")


@defect("sin(3*x)*exp(-x) < 3/4", "x in [0, 4]", is_true=True)
def short_decimals(patch: Patch) -> None:
    """Numbers with four decimals, as a fixed format would print them."""

    def rounded(step: Any, codes: list[Any]) -> list[Any]:
        if step.name != "combine":
            return codes
        factors = [[str(Fraction(round(Fraction(f) * 10**4), 10**4)), *ks] for f, *ks in codes[1]]
        return ["combine", factors]

    written_wrongly(rounded)(patch)


@defect(*ENTROPY, is_true=True)
def factors_of_the_other_sign(patch: Patch) -> None:
    def negated(step: Any, codes: list[Any]) -> list[Any]:
        if step.name != "combine":
            return codes
        return ["combine", [[str(-Fraction(f)), *ks] for f, *ks in codes[1]]]

    written_wrongly(negated)(patch)


@defect("1/x >= 1/2", "x in (0, 2]", is_true=True)
def facts_in_the_other_order(patch: Patch) -> None:
    def swapped(step: Any, codes: list[Any]) -> list[Any]:
        return [*codes[:2], codes[3], codes[2]] if step.name == "over" else codes

    written_wrongly(swapped)(patch)


@defect("atan(x) <= x", "x in [0, 2]", is_true=True)
def facts_not_numbered_anew(patch: Patch) -> None:
    patch.setattr(leaf, "_renumbered", lambda step, numbers: step)


@defect("atan(x) <= x", "x in [0, 2]", is_true=True)
def last_step_dropped(patch: Patch) -> None:
    right = leaf.Leaf.kept
    patch.setattr(leaf.Leaf, "kept", lambda self: right(self)[:-1])


@defect("sin(x) <= x", "x in [0, 1]", is_true=True)
def atoms_of_another_function(patch: Patch) -> None:
    right = write._tables

    def wrong(*operands: Any) -> dict[str, Any]:
        made = right(*operands)
        atoms = [["cos" if kind == "sin" else kind, inner] for kind, inner in made["atoms"]]
        return {**made, "atoms": atoms}

    patch.setattr(write, "_tables", wrong)


@defect("exp(x) >= 1 + x", "x in [-1, 1]", is_true=True)
def polynomials_of_the_other_sign(patch: Patch) -> None:
    right = write.write_poly
    patch.setattr(write, "write_poly", lambda poly: right(-poly))


# Claims: what is written is another claim than what was asked.


@defect("1e-20*exp(x) <= 0", "x in [49, 50]")
def constants_with_fixed_decimals(patch: Patch) -> None:
    right = nodes.nodes_of

    def rounded(expr: Any) -> list[list[Any]]:
        return [[n[0], _decimal(n[1])] if n[0] == "number" else n for n in right(expr)]

    patch.setattr(search, "nodes_of", rounded)


def _decimal(text: str) -> str:
    return str(Fraction(round(Fraction(text) * 10**12), 10**12))


@defect("x > 0", "x in [0, 1]")
def ends_that_are_open(patch: Patch) -> None:
    right = nodes.box_of

    def opened(claim: Any) -> dict[str, list[Any]]:
        return {name: [lo, True, hi, True] for name, (lo, _, hi, _) in right(claim).items()}

    patch.setattr(search, "box_of", opened)
