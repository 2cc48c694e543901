"""The graph of an expression as DOT and as SVG, and what a notebook shows."""

import re
from itertools import pairwise
from xml.parsers import expat

import pytest
from hypothesis import given, strategies as st

import emlir
from emlir import emit, parse
from emlir.plugin_api import postorder, symbol
from emlir.testing import expressions, symbol_names, truths
from emlir.testing.scale import chain, random_dag
from emlir.text import notebook
from emlir_codegen import dot, svg
from emlir_codegen.labels import label, visible
from emlir_codegen.layout import GAP, _crossings, _isotonic, place

ANY = st.one_of(expressions(names=symbol_names()), truths(names=symbol_names()))
TITLES = st.one_of(symbol_names(), st.just(""), st.just('"]; evil [label="'))

STRING = r'"((?:[^"\\\x00-\x1f]|\\\\|\\")*)"'
HEAD = re.compile(rf"  graph \[ordering=out(?:, labelloc=t, label={STRING})?\];")
NODE = re.compile(rf"  (n\d+) \[label={STRING}(, shape=box)?\];")
EDGE = re.compile(r"  (n\d+) -> (n\d+);")
ESCAPES = {r"\\": "\\", r"\"": '"', "&amp;": "&"}


def shown(string):
    """What Graphviz shows for a string: no other escape and no other entity may be there."""
    assert not re.search(r"&(?!amp;)", string)
    return re.sub(r'\\[\\"]|&amp;', lambda match: ESCAPES[match[0]], string)


def read_dot(text):
    """Return the title, the labels, which nodes are boxes, and the edges; refuse all else."""
    lines = text.split("\n")
    assert (lines[0], lines[2], lines[-2:]) == (
        "digraph expression {",
        "  node [shape=ellipse];",
        ["}", ""],
    )
    title = HEAD.fullmatch(lines[1])[1]
    nodes = [NODE.fullmatch(line) for line in lines[3:-2] if "->" not in line or "[" in line]
    edges = [EDGE.fullmatch(line) for line in lines[3 + len(nodes) : -2]]
    labels = {node[1]: shown(node[2]) for node in nodes}
    return title, labels, {node[1] for node in nodes if node[3]}, [edge.groups() for edge in edges]


def test_dot_of_a_small_term():
    text = emit(parse("x*x - exp(x)"), "dot", title="a\\b")
    title, labels, boxes, edges = read_dot(text)
    assert shown(title) == "a\\b"
    assert labels == {"n0": "-", "n1": "exp", "n2": "*", "n3": "x"}
    assert boxes == {"n3"}
    assert edges == [("n0", "n2"), ("n0", "n1"), ("n1", "n3"), ("n2", "n3"), ("n2", "n3")]


@given(ANY, TITLES)
def test_dot_is_the_graph_and_no_name_or_title_breaks_out(expr, title):
    found, labels, boxes, edges = read_dot(emit(expr, "dot", title=title))
    order = list(postorder((expr,)))[::-1]
    assert list(labels.values()) == [label(node) for node in order]
    assert boxes == {name for name, node in zip(labels, order, strict=True) if not node.args}
    names = dict(zip(order, labels, strict=True))
    assert edges == [(names[node], names[arg]) for node in order for arg in node.args]
    assert shown(found or "") == visible(title)


@pytest.mark.parametrize(
    "name",
    ['"]; evil [label="', "\\", '\\"', "\\N", "a\nb", "<b>x</b>", "&lt;", "\0", "\ud800", "}"],
)
def test_odd_names_in_dot(name):
    expr = symbol(name) + 1
    assert label(symbol(name)) in read_dot(emit(expr, "dot"))[1].values()
    emit(expr, "dot", title=name).encode("utf-8")


def test_a_dot_writer_that_does_not_escape_is_caught(monkeypatch):
    monkeypatch.setattr(dot, "quote", lambda text: f'"{text}"')
    with pytest.raises((AssertionError, TypeError)):
        read_dot(emit(symbol("x") + 1, "dot", title='"]; evil [label="'))


def test_leaves_that_infix_tells_apart_have_different_labels():
    leaves = [emlir.pi(), symbol("pi"), symbol("1"), emlir.const(1), symbol("`1`"), symbol("+")]
    assert len({label(leaf) for leaf in leaves}) == len(leaves)


@given(st.text(st.characters(exclude_categories=())))
def test_labels_and_titles_are_printable(text):
    assert visible(text).isprintable()
    assert visible(text) == text or not text.isprintable()


def test_dot_has_no_limit():
    assert emit(chain(50_000), "dot").count("->") == 100_000


class Picture:
    """The elements and texts of an SVG text."""

    def __init__(self, text):
        self.elements, self.texts, self.titles, self.open = [], [], [], []
        parser = expat.ParserCreate("UTF-8")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = lambda name: self.open.pop()
        parser.CharacterDataHandler = self.text
        parser.Parse(text.encode("utf-8"), True)

    def start(self, name, attributes):
        self.open.append(name)
        self.elements.append((name, attributes))

    def text(self, text):
        if self.open[-1] == "text":
            self.texts.append(text)
        if self.open[-1] == "title":
            self.titles.append(text)

    def count(self, name):
        return sum(found == name for found, _ in self.elements)


@given(ANY, TITLES)
def test_svg_is_valid_and_has_a_node_for_every_part(expr, title):
    picture = Picture(emit(expr, "svg", title=title))
    assert {name for name, _ in picture.elements} <= {"svg", "title", "path", "g", "rect", "text"}
    assert not any(
        key.startswith("on") or "href" in key for _, at in picture.elements for key in at
    )
    assert picture.count("rect") == picture.count("text") == expr.dag_size
    assert picture.titles[:1] == ([visible(title)] if title else picture.titles[:1])
    wanted = sorted(svg._short(label(node)) for node in postorder((expr,)))
    assert sorted(picture.texts) == wanted


@given(ANY)
def test_everything_is_inside_the_picture(expr):
    picture = Picture(emit(expr, "svg"))
    width, height = (float(picture.elements[0][1][key]) for key in ("width", "height"))
    for name, attributes in picture.elements:
        if name == "rect":
            x, y, w, h = (float(attributes[key]) for key in ("x", "y", "width", "height"))
            assert 0 <= x <= x + w <= width
            assert 0 <= y <= y + h <= height


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "]]>", "&", '"', "\0", "\ud800", "\uffff"]
)
def test_odd_names_in_svg(name):
    picture = Picture(emit(symbol(name) + 1, "svg", title=name))
    assert picture.titles[0] == visible(name)
    assert picture.count("rect") == 3


def test_an_svg_writer_that_does_not_escape_is_caught(monkeypatch):
    monkeypatch.setattr(svg, "escape", lambda text: text)
    with pytest.raises((AssertionError, expat.ExpatError)):
        test_odd_names_in_svg("<script>alert(1)</script>")


def test_long_labels_are_cut_and_kept_as_tooltips():
    name = "v" * 100
    picture = Picture(emit(symbol(name), "svg"))
    assert picture.texts == ["v" * 23 + "…"]
    assert picture.titles == [name]


def test_large_graphs_are_refused():
    assert Picture(emit(random_dag(200, seed=0), "svg")).count("rect") > 200
    with pytest.raises(emlir.TooLargeError, match="dot has no limit"):
        emit(chain(1_000), "svg")


def test_the_picture_is_the_same_every_time():
    expr = parse("exp(-x^2)*sin(3*x + 1)").diff("x")
    assert emit(expr, "svg") == emit(expr, "svg")


def layers_of(expr):
    return place(expr, {node: 20.0 + 8 * len(label(node)) for node in postorder((expr,))})


def end_of(lane):
    """Follow a lane down to the part that it leads to."""
    while lane.node is None:
        (lane,) = lane.below
    return lane.node


@given(ANY)
def test_edges_lead_to_the_arguments_in_their_order(expr):
    layers = layers_of(expr)
    assert [each.node for each in layers[0]] == [expr]
    for k, layer in enumerate(layers):
        for each in layer:
            assert each.layer == k
            assert all(lower in layers[k + 1] for lower in each.below)
            if each.node is not None:
                assert tuple(map(end_of, each.below)) == each.node.args


@given(ANY)
def test_nothing_in_a_layer_overlaps(expr):
    for layer in layers_of(expr):
        for left, right in pairwise(layer):
            assert right.x - left.x >= (left.width + right.width) / 2 + GAP - 1e-6


@pytest.mark.parametrize(
    "formula",
    ["a - b", "(a - b)/(c - d)", "where(a < b, c - d, f^g)", "x*exp(x)", "a + exp(b + exp(c + d))"],
)
def test_graphs_that_can_be_drawn_without_crossings_are(formula):
    layers = layers_of(parse(formula))
    assert _crossings(layers) == 0
    for layer in layers:
        for each in layer:
            ends = [lower.x for lower in each.below]
            assert ends == sorted(ends)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=8))
def test_isotonic_fit(values):
    fitted = _isotonic(values)
    assert all(a <= b + 1e-9 for a, b in pairwise(fitted))
    assert sum(fitted) == pytest.approx(sum(values), abs=1e-6)
    best = sum((a - b) ** 2 for a, b in zip(fitted, values, strict=True))
    mean = sum(values) / len(values)
    for other in (sorted(values), [mean] * len(values)):
        assert best <= sum((a - b) ** 2 for a, b in zip(other, values, strict=True)) + 1e-6


def test_what_a_notebook_shows():
    expr = parse("x^2/2")
    assert expr._repr_latex_() == r"$\displaystyle \frac{x^{2}}{2}$"
    assert expr._repr_svg_() == emit(expr, "svg")


def test_what_is_too_large_is_left_to_the_plain_text():
    assert chain(notebook.MAX_LATEX)._repr_latex_() is None
    assert chain(500)._repr_latex_().startswith(r"$\displaystyle \begin{aligned}")
    assert chain(500)._repr_svg_() is None


@pytest.mark.parametrize("error", [emlir.UnknownNameError, emlir.PluginError, RuntimeError])
def test_a_notebook_never_sees_an_error(monkeypatch, error):
    def fail(expr, syntax):
        raise error(syntax)

    monkeypatch.setattr(notebook, "emit", fail)
    assert symbol("x")._repr_latex_() is None
    assert symbol("x")._repr_svg_() is None
