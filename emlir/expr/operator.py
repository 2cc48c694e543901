"""The record that declares an operator: everything that emlir knows about it, once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from emlir.expr.signs import SignRule
from emlir.expr.table import find_operator
from emlir.semantics import SEMANTICS, Semantics

Sort = Literal["number", "truth"]

DEFAULT_BASIS = "eml"
"""The basis that is meant where none is named."""


@dataclass(frozen=True, slots=True)
class Lowering:
    """One way to write an operator with simpler ones, in the end with one basis alone.

    ``build`` maps the arguments, which are real, to the replacement. The replacement has
    the operator's value wherever the operator is defined in ``real`` and ``requires`` holds.
    Ordinary operators in it stand over real values inside their real domains there, and its
    numbers are written with the constants of the basis (``1 + 1``, not ``2``).

    semantics
        Those in which the replacement is right; what is right in ``real`` is right in the
        others too, and what is right in ``extended`` is right in ``complex``.
    requires
        Function of the arguments giving the truth that is needed beyond the operator's real
        domain; ``None`` where it is right on the whole real domain.
    source
        Where the tree comes from, or why it is right.
    everywhere
        Whether it is right, under the semantics listed, outside the real domain as well.
    floats
        Function of the arguments giving the truth under which no step leaves the range of
        float64; ``None`` where that is always so.
    finite
        Whether no step is an infinity, inside the real domain and under ``requires``.
    basis
        The basis of the replacement; ``any`` if it is written with ordinary operators only.
    literal
        Whether ``build`` and ``requires`` look at arguments that are numbers.
    """

    build: Callable[..., Any]
    semantics: tuple[Semantics, ...] = SEMANTICS
    requires: Callable[..., Any] | None = None
    source: str = ""
    everywhere: bool = False
    floats: Callable[..., Any] | None = None
    finite: bool = False
    basis: str = DEFAULT_BASIS
    literal: bool = False


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class OperatorRecord:
    """An operator: its name, what it means, and how the parts of emlir treat it.

    name, family, version
        The name is unique among all operators; the qualified name and the version enter
        every digest.
    arity, takes, gives, commutative
        Number of arguments, their sorts (all ``number`` unless given), the sort of the
        result. Terms are never reordered: ``commutative`` is information for rules.
    domain
        Function of the arguments giving the truth expression under which the operator is
        defined in ``real``; ``None`` means everywhere.
    definition
        The operator written with others. An operator that has one needs nothing else:
        meaning, enclosure, derivative and lowering then follow from it.
    kernel
        ``"module:attribute"`` of an :class:`emlir.kernels.kernel.Kernel`: its meaning in
        NumPy under each semantics.
    enclosure
        Function from balls to a ball, written with the methods of balls.
    derivative
        Function of the arguments giving the partial derivatives, one an argument.
    differential
        Function of the arguments followed by their derivatives, for operators whose
        derivative is not a sum of partials (``where`` must not touch the other branch).
    lowerings
        Ways to pure EML, the preferred first.
    spellings
        What it is called where a notation does not use ``name``.
    canonical
        Called with the arguments before a node is built; may give the node to use instead
        (only the sign and the quotient of literals are folded so).
    closed
        The exact value at closed arguments: function of a folder of :mod:`emlir.closed` and
        forms, for operators that are put together from exp and ln.
    signs
        Which signs the value can have, from the arguments and their signs, for finite real
        arguments; see :mod:`emlir.expr.signs`. ``None``: nothing is said.
    poles
        Whether ``extended`` gives an infinity at finite arguments (ln at 0).
    entire
        Whether it is defined, and finite, at every finite complex argument.
    """

    name: str
    arity: int
    family: str
    version: int = 1
    takes: tuple[Sort, ...] = ()
    gives: Sort = "number"
    commutative: bool = False
    summary: str = ""
    domain: Callable[..., Any] | None = None
    definition: Callable[..., Any] | None = None
    kernel: str | None = None
    enclosure: Callable[..., Any] | None = None
    derivative: Callable[..., Any] | None = None
    differential: Callable[..., Any] | None = None
    lowerings: tuple[Lowering, ...] = ()
    spellings: Mapping[str, str] = field(default_factory=dict)
    canonical: Callable[..., Any] | None = None
    closed: Callable[..., Any] | None = None
    signs: SignRule | None = None
    poles: bool = False
    entire: bool = False
    signature: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "takes", self.takes or ("number",) * self.arity)
        if len(self.takes) != self.arity:
            raise ValueError(f"operator {self.name}: {self.arity} arguments, {self.takes} sorts")
        signature = f"{self.qualified_name}@{self.version}/{self.arity};"
        object.__setattr__(self, "signature", signature.encode())

    @property
    def qualified_name(self) -> str:
        """The family and the name, ``elementary.exp``."""
        return f"{self.family}.{self.name}"

    def __repr__(self) -> str:
        return f"<operator {self.qualified_name}/{self.arity}>"

    def __reduce__(self) -> tuple[Callable[[str], Any], tuple[str]]:
        return find_operator, (self.name,)
