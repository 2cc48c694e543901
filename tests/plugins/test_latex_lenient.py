"""LaTeX that others wrote: readings, notes, refusals, and what sympy prints."""

import random
import warnings

import mpmath
import pytest
from hypothesis import given, strategies as st

import emlir
from emlir import emit, parse
from emlir.plugin_api import symbol
from emlir.testing import expressions, symbol_names, truths
from emlir_latex.lenient import read_lenient
from emlir_latex.lenient_words import KEYWORDS
from tests.plugins.cases import CORPUS, read_cases


def refusals():
    path = CORPUS / "latex_lenient" / "refusals.txt"
    for row in path.read_text("utf-8").splitlines()[1:]:
        *text, place, words = row.split(" | ")
        shown = " | ".join(text).replace("⏎", "\n")
        yield "" if shown == "<>" else shown, *map(int, place.split(":")), words


@pytest.mark.parametrize(("text", "formula", "notes"), read_cases("latex_lenient"))
def test_corpus(text, formula, notes):
    reading = read_lenient(text)
    assert reading.expr is parse(formula)
    assert [f"{note.column}: {note.message}" for note in reading.notes] == notes.splitlines()


@pytest.mark.parametrize(("text", "line", "column", "words"), list(refusals()))
def test_refusals(text, line, column, words):
    with pytest.raises(emlir.ParseError) as caught:
        read_lenient(text)
    assert (caught.value.line, caught.value.column) == (line, column), caught.value
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("log", "formula"), [("ln", "ln(x)"), ("log10", "ln(x)/ln(10)"), ("log2", "ln(x)/ln(2)")]
)
def test_the_option_says_what_log_means_and_a_note_repeats_it(log, formula):
    reading = read_lenient(r"\log x", log=log)
    assert reading.expr is parse(formula)
    assert len(reading.notes) == 1
    assert read_lenient(r"\log_3 x + \ln x", log=log).notes == ()


def test_log_can_be_refused_and_the_option_is_checked():
    with pytest.raises(emlir.ParseError, match="has no base"):
        read_lenient(r"x + \log x", log="error")
    assert read_lenient(r"\log_2 x", log="error").notes == ()
    with pytest.raises(ValueError, match="log10"):
        read_lenient("x", log="natural")


def test_guesses_of_one_text_do_not_reach_another():
    assert len(read_lenient("e^x + e").notes) == 1
    assert read_lenient("x").notes == ()
    with pytest.raises(emlir.ParseError):
        read_lenient("e +")
    assert read_lenient("x").notes == ()


def test_notes_count_lines():
    note = read_lenient("x +\n  e").notes[0]
    assert (note.line, note.column) == (2, 3)


@pytest.mark.parametrize(
    ("opening", "close"),
    [("(", ")"), (r"\left[", r"\right]"), ("{", "}"), (r"\sqrt{", "}"), ("x^{", "}")],
)
def test_depth(opening, close):
    read_lenient(opening * 20_000 + "y" + close * 20_000)


def test_deep_arguments_and_long_rows():
    read_lenient(r"\frac1" * 5_000 + "x")
    read_lenient(r"\sin" * 5_000 + " x")
    read_lenient(" + ".join(["|x|"] * 5_000))
    read_lenient("|1+" * 2_000 + "x" + "|" * 2_000)
    read_lenient("-" * 5_000 + "x")


PARTS = r"""
x y e i f \alpha \pi 2 1.5 .5 . + - * / ^ _ { } ( ) [ ] | < = , & \\ \sin \log \max \frac \sqrt
\left( \right) \left| \right| \lfloor \rfloor \text{a b} \text{if} \text{otherwise} \mathrm{e}
\begin{cases} \end{cases} \bmod \cdot \operatorname{asin} \lnot \land \, $ % ! ' \foo \left \mathrm
""".split()


def refusal(text):
    try:
        read_lenient(text)
    except emlir.ParseError as error:
        return error
    return None


@given(st.lists(st.sampled_from(PARTS), max_size=12))
def test_any_text_is_read_or_refused(parts):
    text = " ".join(parts)
    error = refusal(text)
    assert error is None or (error.line == 1 and 1 <= error.column <= len(text) + 1)


@given(st.text(alphabet=st.characters(), max_size=12))
def test_odd_characters_are_no_traceback(text):
    error = refusal(text)
    assert error is None or error.show().endswith("^")


def same(left, right):
    """Whether two values agree, but for rounding; None is no value to compare."""
    if left is None or right is None:
        return None
    return abs(left - right) <= 1e-6 * max(1, abs(left), abs(right))


def value(expr, point, semantics):
    """Return a finite value that is far from overflow and no edge of a domain, else None."""
    found, status = emlir.evaluate(expr, point, semantics=semantics, status=True)
    value_ = complex(found[()])
    sure = status[()] == 0 and max(abs(value_.real), abs(value_.imag)) < 1e300
    return value_ if sure else None


def points(random_, *, complex_):
    def coordinate():
        return random_.randint(-3000, 3000) / 1021

    names = "x y z a b x_1 alpha".split()
    return [
        {name: complex(coordinate(), coordinate() if complex_ else 0) for name in names}
        for _ in range(3)
    ]


def real_points(random_):
    return [
        {name: at.real for name, at in point.items()} for point in points(random_, complex_=False)
    ]


@given(expressions(names=st.sampled_from(("x", "y"))), st.integers(0, 9))
def test_canonical_text_has_the_same_value(expr, seed):
    text = emit(expr, "latex")
    if "aligned" in text:
        return
    found = read_lenient(text).expr
    for point in points(random.Random(seed), complex_=True):
        at = {name: point[name] for name in ("x", "y")}
        assert same(value(expr, at, "complex"), value(found, at, "complex")) is not False


@given(symbol_names())
def test_symbols_have_the_names_of_canonical_text(name):
    if name.strip().rstrip(".,:; ") not in KEYWORDS:
        assert read_lenient(emit(symbol(name), "latex")).expr is symbol(name)


@given(truths(names=st.sampled_from(("x", "y"))))
def test_canonical_truths_are_read(expr):
    text = emit(expr, "latex")
    if "aligned" not in text:
        assert read_lenient(text).expr.sort == "truth"


def by_emlir(made, found, random_):
    """Compare with sympy's expression as emlir reads it, where it does, at complex points."""
    from emlir_sympy import from_sympy

    try:
        expected = from_sympy(made)
    except emlir.InexpressibleError:
        return []
    return [
        same(value(expected, point, semantics), value(found, point, semantics))
        for semantics, at in (
            ("real", real_points(random_)),
            ("complex", points(random_, complex_=True)),
        )
        for point in at
    ]


def by_mpmath(made, found, random_):
    """Compare with mpmath at real points; sympy misprints products with Mod for it."""
    import sympy as sp

    from tests.plugins.sympy_random import NAMES

    try:
        function = None if made.has(sp.Mod) else sp.lambdify(NAMES, made, "mpmath")
    except KeyError:  # complex infinity, which has() does not find everywhere
        return []
    values = [(point, value(found, point, "real")) for point in real_points(random_)]
    return [
        same(_mpmath_value(function, point), ours)
        for point, ours in values
        if function is not None and ours is not None
    ]


def _mpmath_value(function, point):
    try:
        found = complex(function(*map(mpmath.mpf, point.values())))
    except (ZeroDivisionError, TypeError, ValueError, OverflowError, NameError):
        return None
    return found if mpmath.isfinite(found) else None


def judge(seed, spoil=lambda expr: expr):
    """Return how many of 500 were read, compared, and wrong."""
    from tests.plugins.sympy_random import expression

    random_ = random.Random(seed)
    read = compared = 0
    wrong = []
    for _ in range(500):
        made, text = expression(random_)
        try:
            found = spoil(read_lenient(text).expr)
        except emlir.ParseError:
            continue
        read += 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            verdicts = by_emlir(made, found, random_) + by_mpmath(made, found, random_)
        compared += any(verdict is not None for verdict in verdicts)
        if False in verdicts:
            wrong.append(text)
    return read, compared, wrong


SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_sympy_prints_is_read_with_the_same_value_or_refused(seed):
    read, compared, wrong = judge(seed)
    assert wrong == []
    assert read >= 480
    assert compared >= 350


@pytest.mark.slow
def test_a_wrong_reading_would_be_found():
    def spoil(expr):
        return expr.subs({"x": "y"}) if "x" in expr.symbols else expr

    _, _, wrong = judge(1, spoil)
    assert len(wrong) > 50


def column_of_error(text):
    """Return where a text is wrong, 1 if it can be read; any other error is a defect."""
    try:
        read_lenient(text)
    except emlir.ParseError as error:
        return error.column
    return 1


def test_damaged_text_is_read_or_refused_with_a_place():
    source = random.Random(5)
    texts = [text for text, *_ in read_cases("latex_lenient")]
    pieces = [
        *r"\{}()[]|_^&$,.+-/ xe1",
        r"\text{and,}",
        r"\frac",
        r"\sqrt",
        "_{}",
        r"\left",
        r"\sin",
    ]
    for _ in range(4000):
        text = source.choice(texts)
        for _ in range(source.randint(1, 3)):
            at = source.randint(0, len(text))
            text = text[:at] + source.choice(pieces) + text[at + source.randint(0, 2) :]
        assert 1 <= column_of_error(text) <= len(text) + 1, text
