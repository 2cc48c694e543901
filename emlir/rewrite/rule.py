"""Rules: declarations of identities, with the semantics and conditions under which they hold.

A rule ``left -> right`` is sound when both sides agree wherever the left side is defined,
and the right side is defined there too. An ``equivalence`` has the same domain on both
sides under its conditions and is used only where they are shown. An ``extending`` rule is
right without its conditions too, but its right side may then be defined on more
(x/x -> 1); it is used where the conditions are shown, or under ``allow_obligations``.
That a symbol which the right side does not need is defined is always one of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from emlir.expr.core import Expr, Operator, symbol
from emlir.rewrite.conditions import Condition, read_conditions
from emlir.rewrite.context import Context
from emlir.rewrite.matching import Binding, fill, match
from emlir.rewrite.pattern import Heads, heads, needed_symbols, variants
from emlir.semantics import SEMANTICS, Semantics, check_semantics
from emlir.text.syntax import parse

Kind = Literal["equivalence", "extending"]
Proof = Literal["definition", "derived", "decided", "sampled"]
"""``definition``: what an operator or exp and ln mean; ``derived``: a chain of other rules;
``decided``: an identity of rational functions; ``sampled``: only tested. The first three are
checked by :func:`emlir.testing.check_rule`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rewriter made of a node, and which conditions were not shown."""

    expr: Expr
    obligations: tuple[Expr, ...] = ()


class Rewriter(Protocol):
    """Something that may replace a node: a rule, or a computation such as folding."""

    @property
    def name(self) -> str: ...

    @property
    def semantics(self) -> tuple[Semantics, ...]:
        """The semantics under which it may be used."""
        ...

    @property
    def heads(self) -> "Sequence[tuple[Operator, Heads]]":
        """The operators at which it may fire, with those that its arguments must have."""
        ...

    def apply(self, node: Expr, context: Context) -> Outcome | None:
        """Return what replaces ``node``, or ``None``."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """An identity from left to right; see the module. Build one with :func:`rule`.

    ``uses`` names the passes that take it up; ``steps`` the rules whose chain derives it
    (a name alone is used from left to right, with ``~`` before it from right to left).
    """

    name: str
    left: Expr
    right: Expr
    when: tuple[Condition, ...] = ()
    kind: Kind = "equivalence"
    semantics: tuple[Semantics, ...] = SEMANTICS
    proof: Proof = "sampled"
    steps: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        unbound = set(self.right.symbols) - set(self.left.symbols)
        if unbound:
            raise ValueError(f"rule {self.name}: {', '.join(sorted(unbound))} only on the right")
        if self.left.is_symbol or self.left.is_number:
            raise ValueError(f"rule {self.name}: the left side is no operator")
        if self.kind == "extending":
            dropped = needed_symbols(self.left) - needed_symbols(self.right)
            implied = (Condition("defined", symbol(name)) for name in sorted(dropped))
            object.__setattr__(self, "when", tuple(dict.fromkeys((*self.when, *implied))))

    @property
    def heads(self) -> Sequence[tuple[Operator, Heads]]:
        return [(self.left.op, heads(pattern)) for pattern in variants(self.left)]

    def apply(self, node: Expr, context: Context) -> Outcome | None:
        """Return the right side for ``node`` if it matches and the conditions are shown."""
        if context.semantics not in self.semantics:
            return None
        for pattern in _variants_of(self.left):
            binding = match(pattern, node)
            if binding is not None:
                outcome = self._fire(binding, context)
                if outcome is not None:
                    return outcome
        return None

    def _fire(self, binding: Binding, context: Context) -> Outcome | None:
        open_ones = []
        for condition in self.when:
            if condition.is_shown(binding, context):
                continue
            if self.kind != "extending" or not context.allow_obligations:
                return None
            obligation = condition.obligation(binding)
            if obligation is None:
                return None
            open_ones.append(obligation)
        return Outcome(fill(self.right, binding), tuple(open_ones))

    @property
    def has_way_back(self) -> bool:
        """Whether it is an equivalence whose right side names every symbol in an operator."""
        pattern = not (self.right.is_symbol or self.right.is_number)
        return self.kind == "equivalence" and pattern and self.right.symbols == self.left.symbols

    def reversed(self) -> "Rule":
        """Return the rule from right to left; ``ValueError`` if it has no way back."""
        if not self.has_way_back:
            raise ValueError(
                f"rule {self.name} has no way back: it extends the domain, or its right side is "
                "a symbol or number, or lacks a symbol"
            )
        return Rule(
            f"~{self.name}",
            self.right,
            self.left,
            self.when,
            self.kind,
            self.semantics,
            self.proof,
            (),
            (),
            self.source,
        )

    def __str__(self) -> str:
        conditions = "; ".join(str(condition) for condition in self.when)
        return f"{self.left} -> {self.right}" + (f" when {conditions}" if conditions else "")


_VARIANTS: dict[Expr, tuple[Expr, ...]] = {}


def _variants_of(pattern: Expr) -> tuple[Expr, ...]:
    if pattern not in _VARIANTS:
        _VARIANTS[pattern] = tuple(variants(pattern))
    return _VARIANTS[pattern]


def rule(
    name: str,
    text: str,
    *,
    when: str = "",
    kind: Kind = "equivalence",
    semantics: str | Iterable[str] = SEMANTICS,
    proof: Proof = "sampled",
    steps: str = "",
    uses: str = "",
    source: str = "",
) -> Rule:
    """Declare a rule in infix notation; every symbol stands for any expression.

    Args:
        text: ``"left -> right"``.
        when: conditions separated by semicolons: truth expressions (``a > 0``), and
            ``real a``, ``finite a``, ``defined a``, ``literal a`` (a number), ``strip a``
            (the imaginary part is in (-pi, pi]).
        steps: for ``proof="derived"``, names of rules separated by commas.
        uses: the passes that take the rule up, separated by commas.

    Raises ``ValueError`` for text that is no rule.

    >>> print(rule("ln_exp", "ln(exp(a)) -> a", semantics="real"))
    ln(exp(a)) -> a
    """
    left, arrow, right = text.partition("->")
    if not arrow or kind not in get_args(Kind) or proof not in get_args(Proof):
        raise ValueError(f"rule {name}: write 'left -> right', a known kind and a known proof")
    meanings = (semantics,) if isinstance(semantics, str) else tuple(semantics)
    return Rule(
        name,
        parse(left.strip()),
        parse(right.strip()),
        read_conditions(when),
        kind,
        tuple(check_semantics(meaning) for meaning in meanings),
        proof,
        _names(steps),
        _names(uses),
        source,
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
