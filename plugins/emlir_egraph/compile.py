"""Rules as text for egglog."""

from dataclasses import dataclass

from emlir.plugin_api import Condition, Operator, Rule, needed_symbols, symbol
from emlir_egraph.language import Language
from emlir_egraph.questions import Questions


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rule set of the e-graph: its name, its rule's title, and whether that grows terms."""

    name: str
    title: str
    text: str
    grows: bool


def compile_rule(rule: Rule, index: int, language: Language, questions: Questions) -> Compiled:
    """Write one rule as a rule set of its own."""
    variables = {name: f"x{k}" for k, name in enumerate(rule.left.symbols)}
    query = [f"(= root {language.text(rule.left, variables)})"]
    asked, shown = [], []
    for condition in _conditions(rule):
        if condition.kind == "literal":
            name = variables[condition.subject.name]
            query.append(f"(= {name} (number n_{name}))")
            continue
        number, about = questions.ask(condition)
        classes = " ".join(variables[name] for name in about)
        asked.append(f"(asked_{number} {classes})")
        shown.append(f"(shown_{number} {classes})")
    right = language.text(rule.right, variables)
    name = f"r{index}"
    lines = [f"(ruleset {name})"]
    if asked:
        action = " ".join(asked)
        lines.append(f'(rule ({" ".join(query)}) ({action}) :ruleset {name} :name "ask {name}")')
    body = " ".join([*query, *shown])
    lines.append(f'(rule ({body}) ((union root {right})) :ruleset {name} :name "{rule.name}")')
    return Compiled(name, rule.name, "\n".join(lines), rule.right.tree_size >= rule.left.tree_size)


def _conditions(rule: Rule) -> tuple[Condition, ...]:
    """The rule's own, and that what only one side needs is defined."""
    one_sided = needed_symbols(rule.left) ^ needed_symbols(rule.right)
    implied = (Condition("defined", symbol(name)) for name in sorted(one_sided))
    return tuple(dict.fromkeys((*rule.when, *implied)))


def commutation(op: Operator, index: int, language: Language) -> Compiled:
    """The rule set that swaps the arguments of a commutative operator."""
    name, function = f"c{index}", language.name(op)
    action = f"(union r ({function} b a))"
    title = f"{op.name} commutes"
    rule = f'(rule ((= r ({function} a b))) ({action}) :ruleset {name} :name "{title}")'
    return Compiled(name, title, f"(ruleset {name})\n{rule}", True)
