"""MathML: content read and written back, presentation for pages, and no way out of a name."""

import re
from xml.parsers import expat

import pytest
from hypothesis import given, strategies as st

import emlir
from emlir import emit, parse
from emlir.plugin_api import symbol
from emlir.testing import check_operators, check_round_trip, expressions, symbol_names, truths
from emlir.testing.scale import chain, random_dag
from emlir_codegen.mathml_names import encode, read_name, stands
from emlir_codegen.mathml_reader import _DOCTYPE
from emlir_codegen.mathml_symbols import write_symbol
from tests.plugins.cases import read_cases, small_terms

OPENING = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
PRESENTATION = {"math", "mrow", "mi", "mn", "mo", "mfrac", "msup", "msub", "msqrt", "mtable"}
PRESENTATION |= {"mtr", "mtd", "mtext"}
CHILDREN = {"mfrac": 2, "msup": 2, "msub": 2, "msqrt": 1, "math": 1}


def elements(text):
    """Parse XML; return pairs of every element and the number of elements inside."""
    found, stack = [], [["", 0]]

    def start(name, attributes):
        stack[-1][1] += 1
        stack.append([name, 0])

    parser = expat.ParserCreate("UTF-8")
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: found.append(tuple(stack.pop()))
    parser.Parse(text.encode("utf-8"), True)
    return found


def inside(expr, **options):
    text = emit(expr, "mathml", **options)
    assert text.startswith(OPENING)
    assert text.endswith("</math>")
    return text.removeprefix(OPENING).removesuffix("</math>")


CASES = read_cases("mathml")


@pytest.mark.parametrize(("formula", "content", "presentation"), CASES)
def test_corpus(formula, content, presentation):
    expr = parse(formula)
    assert inside(expr) == content
    assert inside(expr, form="presentation") == presentation
    assert parse(content, "mathml") is expr


ANY = st.one_of(expressions(names=symbol_names()), truths(names=symbol_names()))


@given(ANY)
def test_every_term_is_valid_and_read_back(expr):
    check_round_trip(expr, "mathml")
    elements(emit(expr, "mathml"))


def test_every_operator_is_read_back():
    assert check_operators("mathml") == sum(
        op.family != "leaf" for op in emlir.plugin_api.all_operators()
    )


def test_every_small_term_is_read_back_and_looks_different():
    x, minus, half = emlir.symbols("x"), emlir.const(-1), emlir.const("1/2")
    unary = [lambda t: -t, emlir.sqrt, emlir.ln, abs]
    binary = [emlir.add, emlir.sub, emlir.mul, emlir.div, emlir.power, emlir.eml, emlir.minimum]
    terms = small_terms([x, minus, half], unary, binary)
    assert len(terms) > 2000
    assert all(parse(emit(term, "mathml"), "mathml") is term for term in terms)
    assert len({emit(term, "mathml", form="presentation") for term in terms}) == len(terms)


def test_different_truths_look_different():
    leaves = [symbol("x") < 1, emlir.eq("x", 2), emlir.true()]
    terms = small_terms(leaves, [emlir.not_], [emlir.and_, emlir.or_])
    assert len({emit(term, "mathml", form="presentation") for term in terms}) == len(terms)


@given(ANY)
def test_presentation_is_valid_and_has_the_children_that_its_elements_need(expr):
    found = elements(emit(expr, "mathml", form="presentation"))
    assert {name for name, _ in found} <= PRESENTATION
    for name, count in found:
        assert count == CHILDREN.get(name, count)
        assert count == 0 or name not in ("mi", "mn", "mo", "mtext")


@given(st.lists(symbol_names(), unique=True, min_size=2, max_size=6))
def test_different_names_look_different(names):
    odd = ["x_1", "x1", "alpha", "α", "pi", "e", "a~20~b", "a  b", "a b", "~", "x_", "_x", "x__1"]
    texts = {write_symbol(name) for name in {*names, *odd}}
    texts |= {inside(constant(), form="presentation") for constant in (emlir.e, emlir.pi, emlir.i)}
    assert len(texts) == len({*names, *odd}) + 3


ODD_NAMES = ["x</ci><ci>y", "]]>", "<!-- -->", "&amp;", "&#0;", "\0", "\ud83d\ude00", "\ud800"]
ODD_NAMES += [" ", " x", "x ", "a  b", "a\tb", "a\r\nb", "\xa0", "\uffff", "~", "a~20~b", '"', "π"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_no_name_is_more_than_a_name(name):
    expr = symbol(name) + symbol("z")
    assert elements(emit(expr, "mathml")) == [("plus", 0), ("ci", 0), ("ci", 0), *END]
    check_round_trip(expr, "mathml")
    shown = elements(emit(expr, "mathml", form="presentation"))
    assert len(shown) == 5


END = [("apply", 3), ("math", 1)]


def test_a_writer_that_does_not_escape_is_caught(monkeypatch):
    monkeypatch.setattr("emlir_codegen.mathml_names.escape", lambda text: text)
    expr = symbol("x</ci><ci>y") + symbol("z")
    assert parse(emit(expr, "mathml"), "mathml") is parse("x + y + z")


@given(symbol_names())
def test_names_are_encoded_injectively(name):
    assert read_name(encode(name), encoded=True) == name
    assert not stands(name) or read_name(name, encoded=False) == name


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("<ci> x </ci>", "x"),
        ("<ci>a\n  b</ci>", "`a b`"),
        ("<ci type='real'>x<!-- y -->1</ci>", "x1"),
        ("<ci><![CDATA[a<b]]></ci>", "`a<b`"),
        ("<ci>&#x3b1;</ci>", "α"),
        ("<cn>0.1</cn>", "1/10"),
        ("<cn> -2.50e-3 </cn>", "-1/400"),
        ("<cn type='real' base='10'>+.5</cn>", "1/2"),
        ("<cn type='integer'>-007</cn>", "-7"),
        ("<cn type='rational'> 6 <sep/> -4 </cn>", "-3/2"),
        ("<cn type='e-notation'>1.5<sep/>-3</cn>", "3/2000"),
        ("<apply><plus/><ci>a</ci><ci>b</ci><ci>c</ci></apply>", "a + b + c"),
        ("<apply><plus/><ci>a</ci></apply>", "a"),
        ("<apply><times/><ci>a</ci><ci>b</ci><ci>c</ci></apply>", "a*b*c"),
        ("<apply><max/><ci>a</ci><ci>b</ci><ci>c</ci></apply>", "max(max(a, b), c)"),
        ("<apply><minus/><cn>1</cn></apply>", "-1"),
        ("<apply><leq/><cn>0</cn><ci>x</ci><cn>1</cn></apply>", "0 <= x and x <= 1"),
        ("<apply><and/><true/><false/><true/></apply>", "true and false and true"),
        ("<apply><root/><ci>x</ci></apply>", "sqrt(x)"),
        ("<apply><root/><degree><cn>2</cn></degree><ci>x</ci></apply>", "sqrt(x)"),
        ("<apply><root/><degree><cn>3</cn></degree><ci>x</ci></apply>", "x^(1/3)"),
        ("<apply><root/><degree><ci>n</ci></degree><ci>x</ci></apply>", "x^(1/n)"),
        ("<apply><log/><ci>x</ci></apply>", "ln(x)/ln(10)"),
        ("<apply><log/><logbase><ci>b</ci></logbase><ci>x</ci></apply>", "ln(x)/ln(b)"),
        ("<apply><ceiling/><ci>x</ci></apply>", "-floor(-x)"),
        ("<apply><sec/><ci>x</ci></apply>", "1/cos(x)"),
        ("<apply><csc/><ci>x</ci></apply>", "1/sin(x)"),
        ("<apply><cot/><ci>x</ci></apply>", "cos(x)/sin(x)"),
        ("<apply><sech/><ci>x</ci></apply>", "1/cosh(x)"),
        ("<apply><csch/><ci>x</ci></apply>", "1/sinh(x)"),
        ("<apply><coth/><ci>x</ci></apply>", "1/tanh(x)"),
        ("<apply><arcsec/><ci>x</ci></apply>", "acos(1/x)"),
        ("<apply><arccsc/><ci>x</ci></apply>", "asin(1/x)"),
        ("<apply><arcsech/><ci>x</ci></apply>", "acosh(1/x)"),
        ("<apply><arccsch/><ci>x</ci></apply>", "asinh(1/x)"),
        ("<apply><arccoth/><ci>x</ci></apply>", "atanh(1/x)"),
        ("<apply><csymbol cd='emlir'> eml </csymbol><cn>1</cn><ci>x</ci></apply>", "eml(1, x)"),
        ("<apply><csymbol cd='emlir'>add</csymbol><cn>1</cn><ci>x</ci></apply>", "1 + x"),
        ("<csymbol cd='emlir'>pi</csymbol>", "pi"),
        (
            "<piecewise><otherwise><ci>z</ci></otherwise><piece><ci>x</ci><true/></piece>"
            "<piece><ci>y</ci><false/></piece></piecewise>",
            "where(true, x, where(false, y, z))",
        ),
        ("<semantics><ci>x</ci><annotation>y</annotation></semantics>", "x"),
        (
            "<math><semantics><mrow><mi>x</mi><mspace/></mrow><annotation encoding='TeX'>x"
            "</annotation><annotation-xml encoding='MathML-Content'><ci>x</ci></annotation-xml>"
            "<annotation-xml encoding='MathML-Content'><foo/></annotation-xml></semantics></math>",
            "x",
        ),
        (
            "<math><semantics><ci>x</ci><annotation-xml encoding='other'><a><b/></a>t"
            "</annotation-xml></semantics></math>",
            "x",
        ),
        ("<?xml version='1.0' encoding='UTF-16'?><!-- c --><?go on?><ci>é</ci><!-- d -->", "é"),
        ("\ufeff<pi/>\n", "pi"),
        ("<!-- <!DOCTYPE a> --><pi/>", "pi"),
        (
            "<m:math xmlns:m='http://www.w3.org/1998/Math/MathML'><m:apply><m:sin/><m:ci>x</m:ci>"
            "</m:apply></m:math>",
            "sin(x)",
        ),
        ("<apply><times/><ci id='a'>x</ci><share href='#a'/></apply>", "x*x"),
    ],
)
def test_what_others_write(text, formula):
    assert parse(text, "mathml") is parse(formula)


PROLOGS = st.lists(
    st.sampled_from([" ", "\n", "<?a ?>", "<?a -->?>", "<!-- -->", "<!-- ?> <!DOCTYPE -->", "-->"])
)


@given(PROLOGS, st.booleans())
def test_the_parser_never_sees_a_document_type(pieces, has_type):
    """What our pattern finds is what the parser would find, so no entity is ever defined."""
    text = "".join(pieces) + ("<!DOCTYPE m>" if has_type else "") + "<ci>x</ci>"
    seen = []
    parser = expat.ParserCreate("UTF-8")
    parser.StartDoctypeDeclHandler = lambda *declared: seen.append(declared)
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError:
        return
    assert bool(seen) == (_DOCTYPE.match(text) is not None) == has_type


def test_many_comments_before_no_document_type_take_no_time():
    assert _DOCTYPE.match("<!-- -->" * 20_000 + "<a/>") is None


def refusal(text):
    """Return the error that a text gives, or None; any other exception is a failure."""
    try:
        parse(text, "mathml")
    except emlir.ParseError as error:
        return error
    return None


def check_place(text):
    error = refusal(text)
    if error is not None:
        lines = text.split("\n")
        assert 1 <= error.line <= len(lines)
        assert 1 <= error.column <= len(lines[error.line - 1]) + 1


@given(st.text(st.sampled_from("<>/&;#\"'= \n\0\ud800éxmathcipluy0!-[]?"), max_size=60))
def test_any_text_is_read_or_refused_with_a_place(text):
    check_place(text)


@given(expressions(names=symbol_names()), st.data())
def test_damaged_text_is_read_or_refused_with_a_place(expr, data):
    text = emit(expr, "mathml")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    put = data.draw(st.sampled_from(["", "<", "é\n", "</apply>", "<sep/>", "<ci>x</ci>"]))
    check_place(text[:start] + put + text[end:])


def test_shared_parts_are_written_once():
    x = symbol("x")
    for k in range(40):
        x = x * (x + k)
    text = emit(x, "mathml")
    assert text.count("<share ") == 39
    assert len(re.findall(' id="', text)) == 39
    assert len(text) < 5_000
    assert parse(text, "mathml") is x
    assert "share" not in emit(parse("(x + 1)*(x + 1)"), "mathml")


def test_shared_pieces():
    x = parse("where(x < 1, x, 2)")
    for _ in range(8):
        x = emlir.where(x < 1, x, x + 1)
    assert '<piecewise id="p1">' in emit(x, "mathml")
    assert parse(emit(x, "mathml"), "mathml") is x


@pytest.mark.parametrize("expr", [chain(30_000), random_dag(20_000, seed=1)])
def test_deep_and_large_terms(expr):
    assert parse(emit(expr, "mathml"), "mathml") is expr


def test_deep_text_of_any_kind_is_refused_without_recursion():
    for word in ("apply", "semantics", "annotation", "mrow", "math", "a"):
        with pytest.raises(emlir.ParseError):
            parse(f"<{word}>" * 100_000, "mathml")


def test_a_deep_presentation_within_the_limit():
    term = symbol("x")
    for _ in range(90_000):
        term = -term
    assert emit(term, "mathml", form="presentation").count("<mrow>") > 90_000


def test_a_presentation_that_is_too_large_is_refused():
    term = symbol("x")
    for _ in range(17):
        term = term * term
    with pytest.raises(emlir.TooLargeError, match="content"):
        emit(term, "mathml", form="presentation")


def test_forms():
    with pytest.raises(ValueError, match=r"content and presentation, not 'tex'"):
        emit(symbol("x"), "mathml", form="tex")
    with pytest.raises(emlir.ParseError, match="presentation"):
        parse(emit(parse("x + 1"), "mathml", form="presentation"), "mathml")


def test_numbers_of_any_size_are_exact():
    for text in ("1e20000", "1e-20000", "12345678901234567890.123456789"):
        check_round_trip(emlir.const(text), "mathml")
