"""Writing a certificate: only what its steps need, numbered in the order of first use."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.bundle import FORMAT, checksum, digest, trusted
from emlir_proof.checker.calculus import below
from emlir_proof.checker.claims import values_of
from emlir_proof.checker.codes import SIGNATURES, write_poly
from emlir_proof.checker.parts import proven_parts
from emlir_proof.checker.polynomials import Poly
from emlir_proof.checker.statement import statement
from emlir_proof.smtlib import with_script

if TYPE_CHECKING:
    from emlir_proof.certify.leaf import Step
    from emlir_proof.certify.search import Search


def written(search: "Search") -> dict[str, Any]:
    """Return the certificate as JSON data."""
    polys: dict[Poly, int] = {}
    steps = [leaf.kept() for leaf in search.leaves]
    coded = [[_step(step, polys) for step in some] for some in steps]
    cover = [_cut(entry, polys) for entry in search.cover]
    claim = {"nodes": search.nodes, "box": search.box}
    claim["text"] = statement(search.nodes, search.box)
    knots, circles = search.space.knots, search.space.circles
    data: dict[str, Any] = {
        "format": FORMAT,
        "claim": claim,
        "digest": digest(claim),
        "atoms": [],
        "polys": [],
        "knots": [
            [str(k), *map(str, knots[k])]
            for k in sorted({k for s in steps for t in s for k in t.knots})
        ],
        "circles": [
            [str(k), *(str(end) for side in circles[k] for end in side)]
            for k in sorted({k for s in steps for t in s for k in t.circles})
        ],
        "cover": cover,
        "leaves": [],
    }
    places = _places(search.space.atoms, list(polys))
    data.update(_tables(search.space.atoms, list(polys), places))
    data["leaves"] = [[_placed(code, places) for code in some] for some in coded]
    data["trusts"] = _trusted(data)
    data = with_script(data)
    data["checksum"] = checksum(data)
    return data


def _trusted(data: dict[str, Any]) -> dict[str, str]:
    """Follow the steps, to see which functions they use."""
    atoms = Atoms()
    for _, facts in proven_parts(data, atoms):
        values_of(data["claim"]["nodes"], facts)
    return trusted(data, atoms)


def _cut(entry: Sequence[Any], polys: dict[Poly, int]) -> list[Any]:
    if entry[0] == "leaf":
        return list(entry)
    return ["cut", polys.setdefault(entry[1], len(polys)), entry[2]]


def _step(step: "Step", polys: dict[Poly, int]) -> list[Any]:
    codes: list[Any] = [step.name]
    for kind, value in step.pairs():
        if kind == "poly":
            codes.append(polys.setdefault(value, len(polys)))
        elif kind == "number":
            codes.append(str(value))
        elif kind == "parts":
            codes.append([[str(factor), *numbers] for factor, numbers in value])
        else:
            codes.append(list(value) if kind == "facts" else value)
    return codes


def _places(atoms: Atoms, polys: list[Poly]) -> dict[int, int]:
    """Number the atoms that are used anew, in the same order."""
    used = sorted({atom for poly in polys for atom in below(atoms, poly)})
    return {atom: place for place, atom in enumerate(used)}


def _placed(code: list[Any], places: dict[int, int]) -> list[Any]:
    """Write a step with the new number of the atom that it names, if it does."""
    kinds = SIGNATURES[code[0]].split()
    return [
        code[0],
        *(places[v] if k == "atom" else v for k, v in zip(kinds, code[1:], strict=True)),
    ]


def _tables(atoms: Atoms, polys: list[Poly], places: dict[int, int]) -> dict[str, Any]:
    """Write the polynomials, and the atoms in them."""

    def moved(poly: Poly) -> Poly:
        terms = {tuple((places[a], n) for a, n in m): c for m, c in poly.terms.items()}
        return Poly(terms)

    codes = []
    for atom in places:
        entry = atoms.atoms[atom]
        named = entry.name if entry.kind == "var" else write_poly(moved(entry.argument))
        codes.append([entry.kind, named])
    return {"atoms": codes, "polys": [write_poly(moved(poly)) for poly in polys]}
