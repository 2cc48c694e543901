"""Plots: everything stays in the picture, axes say what they mean."""

import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, strategies as st

from emlir.fitting.plot_scale import steps
from emlir.fitting.plots import BOTTOM, LEFT, RIGHT, TOP, Axis, Series, plot

finite = st.floats(allow_nan=False, allow_infinity=False)
anything = st.floats()


def draw(x, y, log=False, kind="points"):
    return plot(Axis("time", log), Axis("height", log), [Series(x, y, kind)], "a picture")


def circles(picture):
    return [
        (float(c.get("cx")), float(c.get("cy")))
        for c in ElementTree.fromstring(picture).iter("circle")
    ]


def labels(picture):
    return [text.text for text in ElementTree.fromstring(picture).iter("text")]


def number(label):
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
    power = re.fullmatch("10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", label)
    return 10.0 ** int(power[1].translate(digits)) if power else float(label.translate(digits))


@given(st.lists(st.tuples(anything, anything), max_size=12), st.booleans())
def test_points_stay_inside(points, log):
    x, y = [a for a, _ in points], [b for _, b in points]
    places = circles(draw(x, y, log))
    drawn = [all(math.isfinite(v) and (v > 0 or not log) for v in point) for point in points]
    assert len(places) == sum(drawn)
    assert all(LEFT - 0.1 <= a <= RIGHT + 0.1 and TOP - 0.1 <= b <= BOTTOM + 0.1 for a, b in places)
    assert not re.search("nan|inf", draw(x, y, log, "line"))


@given(st.lists(finite, min_size=2, max_size=8, unique=True))
def test_order_is_kept(values):
    values.sort()
    places = circles(draw(values, values))
    assert [a for a, _ in places] == sorted(a for a, _ in places)
    assert [b for _, b in places] == sorted((b for _, b in places), reverse=True)


@given(st.floats(-1e5, 1e5), st.floats(1e-10, 1e5))
def test_steps_are_few_and_inside(low, width):
    found = steps(low, low + width)
    slack = 1e-12 * (abs(low) + width)
    assert 2 <= len(found) <= 8
    assert all(low - slack <= step <= low + width + slack for step in found)


@pytest.mark.parametrize(
    ("values", "log", "shown"),
    [
        ([0, 10], False, {"0", "2", "10"}),
        ([-1.5, 1.5], False, {"−1", "0", "1"}),
        ([1e-7, 1e3], True, {"10⁻⁶", "0.01", "100"}),
        ([0.2, 9.0], True, {"0.2", "1", "5"}),
        ([5.0, 5.2], True, {"5", "5.1"}),
    ],
)
def test_labels_of_ticks(values, log, shown):
    assert shown <= set(labels(draw(values, values, log)))


@pytest.mark.parametrize(
    ("values", "label"),
    [
        ([1e8, 3e8], "time / 10⁸"),
        ([-2e-9, 1e-9], "time / 10⁻⁹"),
        ([1.0, 2.0], "time"),
        ([1e308, -1e308], "time / 10³⁰⁸"),
        ([0.0, 0.0], "time"),
    ],
)
def test_powers_of_ten_stand_beside_the_axis(values, label):
    assert label in labels(draw(values, values))


def test_ticks_stand_where_their_values_are():
    for values, log in (([2.0, 9.0], False), ([0.01, 700.0], True)):
        root = ElementTree.fromstring(draw(values, values, log))
        ticks = [
            (float(t.get("x")), number(t.text))
            for t in root.iter("text")
            if t.get("y") == f"{BOTTOM + 16}"
        ]
        (start, _), (stop, _) = circles(draw(values, values, log))
        inner = math.log10 if log else float
        low, high = map(inner, values)
        for place, value in ticks:
            wanted = start + (inner(value) - low) / (high - low) * (stop - start)
            assert place == pytest.approx(wanted, abs=0.2)
        assert len(ticks) >= 4


def test_a_line_is_interrupted():
    picture = draw([1, 2, 3, 4, 5], [1, 2, math.nan, 4, 5], kind="line")
    line = next(p for p in ElementTree.fromstring(picture).iter("path") if p.get("class") == "line")
    assert re.sub("[ 0-9.]", "", line.get("d")) == "MLML"


def test_names_and_titles_are_text():
    picture = plot(Axis("<b>" + "x" * 90), Axis("&"), [Series([1], [1], titles=["<i>"])], "</svg>")
    assert {"&", "<b>" + "x" * 44 + "…"} <= set(labels(picture))
    assert [t.text for t in ElementTree.fromstring(picture).iter("title")] == ["</svg>", "<i>"]
