"""The fast reader of ``eml`` and the grammar that defines the notation are equal."""

import pytest
from hypothesis import given, strategies as st
from lark import Lark, Transformer, v_args
from lark.exceptions import UnexpectedInput, VisitError

import emlir
from emlir.expr import number, symbol
from emlir.expr.numbers import read_number
from emlir.expr.table import find_operator
from emlir.testing import expressions, symbol_names
from emlir.text.eml import read
from emlir.text.grammar import grammar_text
from emlir.text.names import ALIASES, KEYWORDS, is_plain, unquote


@v_args(inline=True)
class Builder(Transformer):
    """The meaning of the grammar, as plainly as can be."""

    def __init__(self):
        super().__init__()
        self.bound = {}

    def number(self, token):
        return number(read_number(token))

    def quoted(self, token):
        return symbol(unquote(token))

    def name(self, token):
        if not is_plain(token) or token in KEYWORDS or token in ALIASES:
            raise ValueError(token)
        try:
            return find_operator(str(token))()
        except LookupError:
            return symbol(str(token))

    def reference(self, token):
        return self.bound[token]

    def call(self, name, *args):
        return find_operator(str(name))(*[arg for arg in args if arg is not None])

    def binding(self, reference, term):
        if reference in self.bound:
            raise ValueError("bound twice")
        self.bound[reference] = term

    def start(self, *parts):
        return parts[-1]


GRAMMAR = Lark(grammar_text("eml"), parser="lalr")


def by_grammar(text):
    """Return what the grammar means by a text, or None if it is wrong."""
    try:
        return Builder().transform(GRAMMAR.parse(text))
    except (UnexpectedInput, VisitError):
        return None


def by_reader(text):
    try:
        return read(text)
    except emlir.ParseError:
        return None


@given(expressions(names=symbol_names()))
def test_equal_on_what_is_written(expr):
    text = emlir.emit(expr, "eml")
    assert by_grammar(text) is expr
    assert by_reader(text) is expr


PIECES = st.sampled_from(
    ["%0", "%1", " = ", "eml", "(", ")", ", ", "1", "-2/3", "1e-3", "x", "`a b`", "\n", "exp", " ",
     "e", "log", ".5", "%", "add(x, 1)", "%0 = eml(1, x)\n", "%1 = exp(%0)\n", "\r\n", "1x", "²"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=10).map("".join))
def test_equal_on_random_texts(text):
    assert by_reader(text) is by_grammar(text)


@given(expressions(), st.data())
def test_equal_after_a_mutation(expr, data):
    text = emlir.emit(expr, "eml")
    place = data.draw(st.integers(0, len(text)))
    mutated = text[:place] + data.draw(PIECES) + text[place + data.draw(st.integers(0, 2)) :]
    assert by_reader(mutated) is by_grammar(mutated)


@pytest.mark.parametrize(
    "text",
    [
        "%0 = eml(1, x)\n%1 = eml(%0, %0)\n%1",
        "%0=exp( x )\n\n  %0  ",
        "eml(eml(1, x), `x y`)",
        "\n\nx\n",
        "x",
    ],
)
def test_equal_on_examples(text):
    assert by_reader(text) is by_grammar(text)
    assert by_reader(text) is not None
