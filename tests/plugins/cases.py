"""Reading the corpora of formulas with their text in a notation."""

from pathlib import Path

CORPUS = Path(__file__).parent.parent / "corpus"


def read_cases(folder):
    """Return pairs of a formula in infix and its text, from ``cases.txt``."""
    blocks = (CORPUS / folder / "cases.txt").read_text("utf-8").split("====\n")[1:]
    return [tuple(part.rstrip("\n") for part in block.split("----\n")) for block in blocks]


def small_terms(leaves, unary, binary, rounds=2):
    """Return every term of these operators up to a depth, each once."""
    terms = dict.fromkeys(leaves)
    for _ in range(rounds):
        known = list(terms)
        terms.update(dict.fromkeys(op(x) for op in unary for x in known))
        terms.update(dict.fromkeys(op(x, y) for op in binary for x in known for y in leaves))
        terms.update(dict.fromkeys(op(x, y) for op in binary for x in leaves for y in known))
    return list(terms)
