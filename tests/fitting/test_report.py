"""The page of a fit: complete, well-formed, self-contained, and nothing of the data is markup."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

import emlir
from emlir.fitting import Candidate, Constant, report
from emlir.fitting.report_source import Source
from emlir.plugin_api import symbol
from tests.fitting.quick import use

X = np.linspace(0.5, 6.0, 20)
Y = 3 * X**2
OFFERED = ("3*x^2", "x", "2*x^2 + sin(x)")


@pytest.fixture
def offered(monkeypatch):
    """A search that yields a few formulas at once, in the first variable."""

    def search(problem):
        problem.budget.spend(3, "offering")
        for score, text in enumerate(OFFERED):
            formula = emlir.parse(text).subs({"x": symbol(problem.names[0])})
            yield Candidate(formula, score, "additive", 1, (Constant(3.001, 0.002, "3"),))

    use(monkeypatch, search)


def page_of(result, tmp_path, source=None):
    path = tmp_path / "out.html"
    result.report(path, source)
    return path.read_text(encoding="utf-8")


def parsed(page):
    """The page as XML, which is stricter than HTML."""
    return ElementTree.fromstring(page)


def said(page):
    return "".join(parsed(page).itertext())


ODD = ["<script>alert(1)</script>", "a&b", "\x00\x1b", "\ud800", "]]>", "'\"", "x\u202ey", "%s{0}"]


@pytest.mark.parametrize("name", ODD)
def test_names_are_never_markup(offered, tmp_path, name):
    result = emlir.fit(X, Y, names=[name], y_name=f"y {name}")
    source = Source(f"emlir fit {name}", f"{name}.csv", (name,) * X.size)
    page = page_of(result, tmp_path, source)
    tags = {element.tag for element in parsed(page).iter()}
    assert "script" not in tags
    assert {"math", "svg", "table", "circle"} <= tags
    assert said(page).count(re.sub("[\x00\x1b\ud800]", "\N{REPLACEMENT CHARACTER}", name)) > 5


class Loaded(HTMLParser):
    """Collects what a browser would load or run."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [name for name, _ in attrs if name in ("src", "href") or name[:2] == "on"]
        self.found += [tag] if tag in ("script", "link", "iframe", "img", "object", "base") else []


def loads(page):
    reader = Loaded()
    reader.feed(page)
    return reader.found + re.findall(r"https?:|url\(|@import", page)


def test_the_page_needs_nothing_else(offered, tmp_path):
    page = page_of(emlir.fit(X, Y), tmp_path)
    assert loads(page) == []
    assert page.startswith("<!DOCTYPE html>")
    for bad in ('<img src="a.png"/>', "<p onclick='f()'/>", "@import 'a.css'", "http://a"):
        assert loads(page.replace("</main>", f"{bad}</main>"))


def test_what_the_page_says(offered, tmp_path):
    result = emlir.fit(X, Y, names=["t"], y_name="height", max_size=9)
    text = said(page_of(result, tmp_path))
    for part in (
        *(
            "approximate",
            "additive, standard deviation",
            "20 rows, 1 variable",
            "3*t^2",
            "3 \\cdot",
        ),
        *("3.001", "0.002", "K = ", "Pareto front", "height > 0", "proved over the whole range"),
        *(
            "height grows with t",
            "SHA-256",
            "emlir 0.1.0",
            "Python 3.",
            "numpy 2.",
            "scipy",
            "search",
        ),
        *("3 formulas compared", "stopped: done", "All rows", "Residuals against t"),
    ):
        assert part in text, part


def test_the_call_gives_the_page_again(offered, tmp_path):
    other = np.stack([X, X[::-1] + 1], axis=1)
    options = {"max_size": 9, "units": {"b c": "m"}, "y_unit": "m/s", "y_name": "h"}
    result = emlir.fit(
        other,
        Y,
        seed=4,
        time_limit=7,
        names=["a", "b c"],
        sample_weight=X,
        noise="additive",
        **options,
    )
    page = page_of(result, tmp_path)
    call = parsed(page).findall(".//pre/code")[-1].text
    (tmp_path / "out.html").unlink()
    eval(call, {"emlir": emlir, "X": other, "y": Y, "weights": X})
    again = (tmp_path / "out.html").read_text(encoding="utf-8")
    timeless = [re.sub(r"in [\d.]+ s;", "", text) for text in (page, again)]
    assert timeless[0] == timeless[1]


def test_every_row_has_a_point_and_every_member_a_row(offered, tmp_path):
    result = emlir.fit(X, Y)
    root = parsed(page_of(result, tmp_path))
    groups = [group for group in root.iter("g") if group.get("class") == "points"]
    counts = [len(group.findall("circle")) for group in groups]
    assert counts == [20, 20, 20, 20, len(result.front)]
    chosen = [row for row in root.iter("tr") if row.get("class") == "chosen"]
    assert ["".join(cell.itertext()) for cell in chosen[0]][-1] == "3*x^2"
    assert len(chosen) == 1


def test_many_rows_and_variables(offered, tmp_path):
    rng = np.random.default_rng(0)
    table = rng.uniform(1, 2, (2_000, 8))
    page = page_of(emlir.fit(table, 3 * table[:, 0] ** 2), tmp_path)
    text = said(page)
    assert "1,500 of 2,000 rows are drawn" in text
    assert "The first 500 rows" in text
    assert "Residuals against x6" in text
    assert "Residuals against x7" not in text


def test_relative_residuals_for_multiplicative_noise(monkeypatch, tmp_path):
    use(monkeypatch, lambda problem: iter([Candidate(emlir.parse("3*x^2"), 0.0, "multiplicative")]))
    text = said(page_of(emlir.fit(X, Y * 1.01), tmp_path))
    assert "residual, % of the formula" in text


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([1, 2, 3], [5, 5, 5]),
        ([1, 2, 3], [0, 0, 0]),
        (np.linspace(1, 1.7, 9) * 1e308, np.linspace(-1, 1, 9) * 1e308),
        (np.linspace(1, 2, 9) * 1e-310, np.linspace(1, 2, 9) * 1e-310),
        ([1e-300, 1.0, 1e300], [1e-300, 1.0, 1e300]),
        ([1, 1, 1, 1], [1, 2, 3, 4]),
    ],
)
def test_extreme_data(monkeypatch, tmp_path, x, y):
    use(monkeypatch, lambda problem: iter([Candidate(emlir.parse("x"), 0.0)]))
    page = page_of(emlir.fit(x, y), tmp_path)
    parsed(page)
    assert not re.search(r'="(nan|inf|-inf)|[MLHV ](nan|-?inf)', page)


def test_a_notation_that_is_missing_leaves_text(offered, monkeypatch, tmp_path):
    monkeypatch.setattr(report, "notation", lambda *_, **__: (None, "the plugin is missing"))
    text = said(page_of(emlir.fit(X, Y), tmp_path))
    assert "y = 3*x^2" in text
    assert "the plugin is missing" in text


def test_a_formula_without_a_tree_says_why(monkeypatch, tmp_path):
    use(monkeypatch, lambda problem: iter([Candidate(emlir.parse("floor(x)"), 0.0)]))
    assert "no tree: " in said(page_of(emlir.fit(X, Y), tmp_path))
