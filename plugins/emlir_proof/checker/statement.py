"""The statement of a certificate, printed from its nodes: what a reader is asked to believe."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

SIGNS = {
    "arithmetic.add@1": "+",
    "arithmetic.sub@1": "-",
    "arithmetic.mul@1": "*",
    "arithmetic.div@1": "/",
    "arithmetic.pow@1": "^",
    "piecewise.lt@1": "<",
    "piecewise.le@1": "<=",
    "piecewise.gt@1": ">",
    "piecewise.ge@1": ">=",
    "piecewise.eq@1": "=",
    "piecewise.ne@1": "!=",
    "piecewise.and@1": "and",
    "piecewise.or@1": "or",
}

WORDS = ("and", "or", "not", "for", "all", "in", "inf")
"""Names that are words of a statement."""

LONGEST = 500
"""Characters of a formula without a name for a part of it."""


def statement(nodes: Sequence[Sequence[Any]], box: Mapping[str, Sequence[Any]]) -> str:
    """Return the claim as text; what is long or used twice is named, ``#7``."""
    uses = [0] * len(nodes)
    for node in nodes:
        for k in _arguments(node):
            uses[k] += 1
    texts: list[str] = []
    named: list[str] = []
    for place, node in enumerate(nodes):
        text = _text(node, texts)
        if (uses[place] > 1 and _arguments(node)) or len(text) > LONGEST:
            named.append(f"#{place} := {text}")
            text = f"#{place}"
        texts.append(text)
    ranges = [f"{shown(name)} in {_interval(side)}" for name, side in box.items()]
    where = f" for all {', '.join(ranges)}" if ranges else ""
    return "; ".join([*named, texts[-1]]) + where


def shown(name: str) -> str:
    """Return a name, in quotes if it could be taken for something else."""
    return name if name.isidentifier() and name not in WORDS else json.dumps(name)


def _arguments(node: Sequence[Any]) -> Sequence[int]:
    return [] if node[0] in ("var", "number") else node[1:]


def _text(node: Sequence[Any], texts: Sequence[str]) -> str:
    name = node[0]
    if name == "number":
        return f"({node[1]})" if "/" in node[1] or node[1].startswith("-") else str(node[1])
    if name == "var":
        return shown(node[1])
    args = [texts[k] for k in node[1:]]
    if name in SIGNS:
        return f"({args[0]} {SIGNS[name]} {args[1]})"
    short = name.split(".")[-1].split("@")[0]
    return f"{short}({', '.join(args)})"


def _interval(side: Sequence[Any]) -> str:
    lo, lo_open, hi, hi_open = side
    left = "(-inf" if lo is None else f"{'(' if lo_open else '['}{lo}"
    right = "inf)" if hi is None else f"{hi}{')' if hi_open else ']'}"
    return f"{left}, {right}"
