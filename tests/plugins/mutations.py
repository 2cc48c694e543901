"""Changed certificates: each differs from the one that was made in one place or two."""

import copy
import random
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

Data = dict[str, Any]
Place = tuple[Any, Any]
"""A list or mapping, and where in it."""

NUMBER = re.compile(r"-?[0-9]+(/[0-9]+)?")
PARTS = ("atoms", "polys", "knots", "circles", "cover", "leaves")
OPERATORS = {"ge": "gt", "le": "lt", "gt": "ge", "lt": "le", "add": "sub", "mul": "div"}
OPERATORS |= {"exp": "ln", "ln": "exp", "sin": "cos", "cos": "sin", "min": "max", "max": "min"}
OPERATORS |= {"or": "and", "and": "or", "eq": "ge", "sqrt": "abs", "floor": "abs"}


def mutants(data: Data, count: int, seed: int) -> Iterator[tuple[str, Data]]:
    """Yield changed copies, each with what was changed in it."""
    rng = random.Random(seed)
    while count:
        name = rng.choice(sorted(CHANGES))
        changed = copy.deepcopy(data)
        try:
            CHANGES[name](changed, rng)
        except IndexError:
            continue  # there is nothing of the kind
        if changed != data:
            count -= 1
            yield name, changed


def _places(value: Any, fits: Callable[[Any], bool]) -> list[Place]:
    """Return where in nested lists and mappings something fits."""
    found: list[Place] = []
    stack = [value]
    while stack:
        some = stack.pop()
        items = some.items() if isinstance(some, dict) else enumerate(some)
        for key, inner in items:
            if isinstance(inner, list | dict):
                stack.append(inner)
            if fits(inner):
                found.append((some, key))
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, str) and NUMBER.fullmatch(value) is not None


def _parts(data: Data) -> Data:
    return {key: data[key] for key in PARTS}


def _number(data: Data, rng: random.Random) -> None:
    """A number of the proof, or of the claim, is another one."""
    some, key = rng.choice(_places([_parts(data), data["claim"]], _is_number))
    value = Fraction(some[key])
    tiny = Fraction(rng.choice([1, -1]), 2 ** rng.randint(1, 60))
    changes = [-value, value + 1, value * (1 + tiny), value + tiny, 1 / value if value else value]
    some[key] = str(rng.choice(changes))


def _whole(data: Data, rng: random.Random) -> None:
    """The number of a fact, a polynomial or an atom, or a power, is another one."""
    some, key = rng.choice(_places(_parts(data), lambda v: type(v) is int))
    some[key] += rng.choice([1, -1, 2, -2])


def _truth(data: Data, rng: random.Random) -> None:
    """What was open is closed, or the other way round."""
    some, key = rng.choice(
        _places([data["cover"], data["claim"]["box"]], lambda v: type(v) is bool)
    )
    some[key] = not some[key]


def _dropped(data: Data, rng: random.Random) -> None:
    """A step, a leaf, a cut, a polynomial, an atom or a term is missing."""
    some, key = rng.choice(_places(_parts(data), lambda v: isinstance(v, list)))
    del some[key]


def _doubled(data: Data, rng: random.Random) -> None:
    some, key = rng.choice(_places(_parts(data), lambda v: isinstance(v, list)))
    if isinstance(some, list):
        some.insert(key, copy.deepcopy(some[key]))


def _swapped(data: Data, rng: random.Random) -> None:
    """Two neighbours in a list change places."""
    lists = [(s, k) for s, k in _places([_parts(data), data["claim"]["nodes"]], _is_list)]
    some, key = rng.choice([(s, k) for s, k in lists if len(s[k]) > 1])
    inner = some[key]
    k = rng.randrange(len(inner) - 1)
    inner[k], inner[k + 1] = inner[k + 1], inner[k]


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _ends(data: Data, rng: random.Random) -> None:
    """The ends of a side change places, or one is lost."""
    side = data["claim"]["box"][rng.choice(sorted(data["claim"]["box"]))]
    if rng.random() < 0.5:
        side[0], side[2] = side[2], side[0]
    else:
        side[rng.choice([0, 2])] = None


def _node(data: Data, rng: random.Random) -> None:
    """The claim has another operator."""
    nodes = [node for node in data["claim"]["nodes"] if _short(node) in OPERATORS]
    node = rng.choice(nodes)
    node[0] = node[0].replace(f".{_short(node)}@", f".{OPERATORS[_short(node)]}@")


def _short(node: list[Any]) -> str:
    return str(node[0]).split(".")[-1].split("@")[0]


def _text(data: Data, rng: random.Random) -> None:
    """The printed claim has another character, or one less."""
    text = data["claim"]["text"]
    k = rng.randrange(len(text))
    data["claim"]["text"] = text[:k] + rng.choice(["", "0", "<", " "]) + text[k + 1 :]


def _rule(data: Data, rng: random.Random) -> None:
    """A step is called by the name of another one."""
    steps = [step for leaf in data["leaves"] for step in leaf]
    step = rng.choice(steps)
    pairs = ("above", "below"), ("log_above", "log_below"), ("tangent", "log_above")
    pairs += ("square", "positive"), ("over", "monotone"), ("root", "positive")
    pairs += ("whole_above", "whole_below"), ("inverse_above", "inverse_below")
    others = {a: b for pair in pairs for a, b in (pair, pair[::-1])}
    step[0] = others.get(step[0], "square")


def _kind(data: Data, rng: random.Random) -> None:
    """An atom is another function."""
    atom = rng.choice(data["atoms"])
    atom[0] = rng.choice(["exp", "ln", "sqrt", "recip", "sin", "cos", "abs", "floor", "atan"])


def _header(data: Data, rng: random.Random) -> None:
    """The digest, the format or what is trusted is another one."""
    if rng.random() < 0.5 and data["trusts"]:
        del data["trusts"][rng.choice(sorted(data["trusts"]))]
    else:
        key = rng.choice(["digest", "format"])
        data[key] = data[key][:-1] + rng.choice("0123456789")


def _script(data: Data, rng: random.Random) -> None:
    """A line of the script is missing, is there twice, or has another number or sign."""
    lines = data[rng.choice(["smtlib2", "ladders"])]
    k = rng.randrange(len(lines))
    if rng.random() < 0.3:
        lines[k : k + 1] = rng.choice([[], [lines[k]] * 2])
    else:
        old, new = rng.choice([("0", "1"), ("1", "2"), ("+", "-"), ("<", ">"), (">=", ">")])
        lines[k] = lines[k].replace(old, new, 1)


def _moved(data: Data, rng: random.Random) -> None:
    """The leaves change places."""
    rng.choice(data["leaves"])
    rng.shuffle(data["leaves"])


CHANGES: dict[str, Callable[[Data, random.Random], None]] = {
    "number": _number,
    "whole number": _whole,
    "open and closed": _truth,
    "dropped": _dropped,
    "doubled": _doubled,
    "swapped": _swapped,
    "ends of a side": _ends,
    "node": _node,
    "text": _text,
    "rule": _rule,
    "kind of atom": _kind,
    "header": _header,
    "leaves moved": _moved,
    "script": _script,
}
