"""The box of a claim, and how it is cut into parts.

The cover is a tree, written in the order: a cut, its part where the polynomial is below (or at)
0, its part where it is at least 0. So the parts cover the box whatever the cuts are.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .atoms import Atoms
from .codes import read_number, read_whole
from .facts import CertificateError, Fact
from .polynomials import Poly, number


def sides(atoms: Atoms, box: Mapping[str, Sequence[Any]]) -> list[Fact]:
    """Return the facts that are the box: name: [lower end, open, upper end, open]."""
    facts = []
    for name, (lo, lo_open, hi, hi_open) in box.items():
        var = atoms.var(name)
        if lo is not None:
            facts.append(Fact(var - number(read_number(lo)), ">" if lo_open else ">="))
        if hi is not None:
            facts.append(Fact(number(read_number(hi)) - var, ">" if hi_open else ">="))
    return facts


def parts(tree: Sequence[Any], polys: Sequence[Poly]) -> Iterator[tuple[int, list[Fact]]]:
    """Yield the number of each leaf of the tree with the facts of the cuts above it.

    An entry is ``["cut", poly, closed]``: first the part where the polynomial is <= 0 (< 0 if
    not closed), then that where it is >= 0; or ``["leaf", number]``.
    """
    waiting: list[list[Fact]] = [[]]
    for entry in tree:
        if not waiting:
            raise CertificateError("the cover goes on after its end")
        path = waiting.pop()
        if entry[0] == "cut":
            poly, closed = polys[entry[1]], entry[2]
            waiting.append([*path, Fact(poly, ">=")])
            waiting.append([*path, Fact(-poly, ">=" if closed is True else ">")])
        elif entry[0] == "leaf":
            yield read_whole(entry[1]), path
        else:
            raise CertificateError(f"the cover has cuts and leaves, not {entry[0]!r}")
    if waiting:
        raise CertificateError("a part of the box is missing in the cover")
