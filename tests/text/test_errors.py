"""Malformed text in every notation: each case has its place and words that help."""

from pathlib import Path

import pytest

import emlir

CORPUS = Path(__file__).parents[1] / "corpus" / "errors"


def cases():
    for path in sorted(CORPUS.glob("*.txt")):
        for row in path.read_text(encoding="utf-8").splitlines():
            if row and not row.startswith("# "):
                *formula, place, words = row.split(" | ")
                text = " | ".join(formula).replace("⏎", "\n")
                yield path.stem, "" if text == "<>" else text, *map(int, place.split(":")), words


CASES = list(cases())


@pytest.mark.parametrize(("syntax", "text", "line", "column", "words"), CASES)
def test_errors(syntax, text, line, column, words):
    with pytest.raises(emlir.ParseError) as caught:
        emlir.parse(text, syntax)
    error = caught.value
    assert (error.line, error.column) == (line, column), error
    assert words in error.message
    assert isinstance(error, ValueError)
    assert error.show().endswith("^")
