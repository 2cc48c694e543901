"""The rules that are installed: those of the hub and of plugins, by name and by set."""

from collections.abc import Iterable
from functools import lru_cache
from typing import cast

from emlir.errors import NameClashError, UnknownNameError
from emlir.plugins import manager
from emlir.rewrite.rule import Rule


@lru_cache(maxsize=1)
def all_rules() -> dict[str, tuple[str, Rule]]:
    """Return every declared rule by name, with the name of its set.

    Raises :class:`emlir.NameClashError` if two rules have one name.
    """
    found: dict[str, tuple[str, Rule]] = {}
    for set_name in manager().names("rules"):
        for rule in cast("tuple[Rule, ...]", manager().get("rules", set_name)):
            if rule.name in found:
                sets = f"{found[rule.name][0]} and {set_name}"
                raise NameClashError(f"the rule {rule.name!r} is declared twice: in {sets}")
            found[rule.name] = set_name, rule
    return found


def rules_used_by(use: str, *, strict: bool = True) -> list[Rule]:
    """Return the rules that a pass takes up; in strict mode none that is only sampled."""
    return [
        rule
        for _, rule in all_rules().values()
        if use in rule.uses and not (strict and rule.proof == "sampled")
    ]


def find_rules(names: Iterable[str], *, strict: bool = True) -> list[Rule]:
    """Return rules by the names of rules, ``~rule`` for the way back, and of rule sets.

    Raises :class:`emlir.UnknownNameError` for a name that is neither, and ``ValueError``
    for a rule named alone that strict mode does not load.
    """
    found: list[Rule] = []
    for name in names:
        members = [rule for set_name, rule in all_rules().values() if set_name == name]
        found += [rule for rule in members if not (strict and rule.proof == "sampled")]
        if not members:
            found.append(_single(name, strict))
    return found


def is_rule_or_set(name: str) -> bool:
    """Whether a rule, its way back or a rule set is called so."""
    return name.removeprefix("~") in all_rules() or name in manager().names("rules")


def _single(name: str, strict: bool) -> Rule:
    entry = all_rules().get(name.removeprefix("~"))
    if entry is None:
        raise UnknownNameError(f"no rule or rule set is called {name!r}; emlir rules lists them")
    rule = entry[1]
    if strict and rule.proof == "sampled":
        raise ValueError(f"the rule {name!r} is only sampled, not proven: strict mode refuses it")
    return rule.reversed() if name.startswith("~") else rule
