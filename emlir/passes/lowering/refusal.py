"""Why an operator was not lowered, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from emlir.expr.core import Expr, Operator
from emlir.semantics import Semantics


@dataclass(frozen=True, slots=True)
class Refusal:
    """A goal that was not reached, and why."""

    reason: str

    def inside(self, op: Operator) -> "Refusal":
        """The same, said of what stands for ``op``."""
        return Refusal(f"in the place of {op.name}: {self.reason}")


def no_tree(op: Operator, basis: str, semantics: Semantics | None, finite: bool) -> Refusal:
    """No lowering is one for these semantics."""
    where = f" in the semantics {semantics}" if semantics else ""
    tree = f"{op.name} has no {'finite ' if finite else ''}{basis.upper()} tree{where}"
    elsewhere = op.lowerings and semantics in ("real", "extended")
    return Refusal(f"{tree}; try semantics='complex'" if elsewhere else tree)


def not_real(op: Operator) -> Refusal:
    """An argument may be no real number."""
    return Refusal(f"{op.name} of an argument that is not shown to be a real number")


def not_shown(op: Operator, needs: Sequence[Sequence[Expr]]) -> Refusal:
    """Lowerings fit, but their conditions were not shown: any one of ``needs`` is enough."""
    possible = (need for need in needs if all(truth.op.name != "false" for truth in need))
    choices = dict.fromkeys(words(need) for need in possible)
    return Refusal(
        f"{op.name} can be lowered where {', or where '.join(choices)}; "
        "this does not follow from the assumptions"
    )


def words(need: Sequence[Expr]) -> str:
    """Return truths that hold together, in words; each stands in brackets if it has parts."""
    texts = [repr(truth).removeprefix("<Expr ")[:-1] for truth in need]
    if len(texts) == 1:
        return texts[0]
    joined = (truth.op.name in ("and", "or") for truth in need)
    return " and ".join(
        f"({text})" if has_parts else text for text, has_parts in zip(texts, joined, strict=True)
    )
