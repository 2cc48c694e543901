"""What the claim asks of a leaf: each question is answered by trying to show it."""

from emlir_proof.certify.derive import Deriver
from emlir_proof.checker.facts import Relation
from emlir_proof.checker.polynomials import Poly


class Asked:
    """Stands for the facts while the claim is evaluated, and lets the deriver find them."""

    def __init__(self, deriver: Deriver) -> None:
        self.deriver = deriver
        self.leaf = deriver.leaf
        self.atoms = deriver.leaf.space.atoms
        self.denied: list[Poly] = []
        """What was asked and could not be shown."""

    def shows(self, poly: Poly, relation: Relation) -> bool:
        """Whether it can be shown that ``poly`` compares so with 0."""
        if relation == "=":
            return self.shows(poly, ">=") and self.shows(-poly, ">=")
        if not self.deriver.show(poly, relation):
            self.denied.append(poly)
            return False
        if not poly.is_number:
            self.leaf.roots.add(self.leaf.place_of_bound(poly))
        return True

    def is_nonzero(self, poly: Poly) -> bool:
        """Whether it can be shown that ``poly`` has no zero."""
        return self.shows(poly, ">") or self.shows(-poly, ">")
