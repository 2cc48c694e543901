"""What a search found, and the log that says what its claims rest on."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from emlir import Expr, emit


@dataclass(frozen=True, slots=True)
class SizeLog:
    """The search among all trees of one size.

    trees, undefined, lost
        Trees of this size in the table; those left out because they have no value at the
        point; those whose value could not be determined.
    pairs, goals
        Pairs exp(A) - ln(B) covered by two-sums, and values that were looked for.
    open, doubtful
        Goals that could not be pursued, and pairs whose difference could not be determined.
    different, numerical, undecided, equal
        Matches at the point, by what balls say: other functions, equal only because
        something underflows, not told, and what was looked for.
    stopped
        Enough trees were found, and the rest of this size was left out.
    """

    size: int
    trees: int
    undefined: int
    lost: int
    pairs: int
    goals: int
    open: int
    doubtful: int
    different: int
    numerical: int
    undecided: int
    equal: int
    stopped: bool
    seconds: float

    @property
    def exhaustive(self) -> bool:
        """Whether no tree of this size was passed over."""
        return not (self.lost or self.open or self.doubtful or self.undecided or self.stopped)


@dataclass(frozen=True, slots=True)
class Known:
    """A tree of the database: its size and the command that finds it again.

    It is right where ``requires`` holds (``None``: everywhere); ``finite`` says whether no
    step is an infinity.
    """

    tree: Expr
    k: int
    command: str
    source: str
    requires: Expr | None = None
    finite: bool = False


@dataclass(frozen=True, slots=True)
class MinimalResult:
    """The shortest tree found, and what is known about shorter ones.

    ``tree`` and ``k`` are ``None`` if there is none up to the largest size searched.
    ``proven_up_to`` is the largest K such that every tree of at most K nodes was compared:
    none of them but ``tree`` and ``alternatives`` equals the formula on its domain.
    ``exceptions`` are the points among 0, 1 and -1 of the domain where the tree has
    another value or none. ``known`` is the best tree of the database.
    """

    expr: Expr
    semantics: str
    finite: bool
    basis: str
    point: tuple[float, ...]
    tree: Expr | None
    k: int | None
    alternatives: tuple[Expr, ...]
    proven_up_to: int
    exceptions: tuple[str, ...]
    known: Known | None
    log: tuple[SizeLog, ...]
    notes: tuple[str, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether the tree is proven shortest."""
        return self.k is not None and (self.k == 1 or self.proven_up_to >= max(self.k - 2, 1))

    @property
    def digest(self) -> str:
        """A hash of the log without its times: equal searches have equal digests."""
        rows = [{**asdict(row), "seconds": 0} for row in self.log]
        facts = [self.expr.digest, self.semantics, self.finite, self.basis, self.point, rows]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]

    @property
    def data(self) -> dict[str, Any]:
        """Everything as plain data, for JSON."""
        return {
            "expression": emit(self.expr),
            "semantics": self.semantics,
            "finite": self.finite,
            "basis": self.basis,
            "k": self.k,
            "tree": None if self.tree is None else emit(self.tree, "eml"),
            "rpn": None if self.tree is None else emit(self.tree, "rpn"),
            "proven": self.proven,
            "proven_up_to": self.proven_up_to,
            "alternatives": [emit(tree, "rpn") for tree in self.alternatives],
            "exceptions": list(self.exceptions),
            "known": self.known and _known_data(self.known),
            "point": list(self.point),
            "notes": list(self.notes),
            "log": [{**asdict(row), "exhaustive": row.exhaustive} for row in self.log],
            "digest": self.digest,
        }


def _known_data(known: Known) -> dict[str, Any]:
    return {
        "k": known.k,
        "rpn": emit(known.tree, "rpn"),
        "command": known.command,
        "source": known.source,
        "requires": None if known.requires is None else emit(known.requires),
    }
