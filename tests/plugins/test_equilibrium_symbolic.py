"""Dynamics given as expressions: conditions, surfaces and proofs against known systems."""

import copy
import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st

import emlir
from emlir import eq, parse, prove
from emlir.plugin_api import number
from emlir_equilibrium.symbolic import (
    Dynamics,
    certified_contraction,
    characteristic_polynomial,
    hopf_surface,
    krawczyk,
    prove_stability,
    recheck,
    routh_hurwitz,
    symbolic_jacobian,
)
from emlir_equilibrium.symbolic.dynamics import tidy
from emlir_equilibrium.symbolic.routh import hurwitz_amounts, hurwitz_claim
from tests.amounts import MANY

BRUSSELATOR = {"x": "a + x^2*y - b*x - x", "y": "b*x - x^2*y"}
AT_REST = {"x": "a", "y": "b/a"}
NAGUMO = {"v": "v - v^3/3 - w + current", "w": "eps*(v + a - b*w)"}
RING = {"x": "-x - tanh(g*z)", "y": "-y - tanh(g*x)", "z": "-z - tanh(g*y)"}
ORIGIN = {"x": 0, "y": 0, "z": 0}
RING_BOX = "x in [-9, 9], y in [-9, 9], z in [-9, 9]"
RIVALS = {"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"}  # Strogatz 6.4: a saddle at (1, 1)


def entries(*rows):
    return tuple(tuple(number(Fraction(one)) for one in row) for row in rows)


# the pieces


def test_the_jacobian_has_a_row_for_each_rate_in_the_order_of_the_states():
    found = symbolic_jacobian({"y": "x*y", "x": "k*x + y"})
    assert [[str(one) for one in row] for row in found] == [["x", "y"], ["1", "k"]]


def test_the_characteristic_polynomial_is_that_of_numpy():
    rows = [[1, 2, 0, -1], [3, -1, 1, 2], [0, 5, -2, 1], [1, 1, 1, 4]]
    found = [float(one.number) for one in characteristic_polynomial(entries(*rows))]
    np.testing.assert_allclose(found, np.poly(np.array(rows, float))[1:], rtol=1e-12)


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda: Dynamics.of({}), ValueError, "at least one state variable"),
        (lambda: Dynamics.of("x - y"), TypeError, "rates by state variable, not str"),
        (lambda: Dynamics.of({"x": "x > 0"}), TypeError, "not the truth"),
        (lambda: characteristic_polynomial(entries([1, 2])), ValueError, "square"),
        (lambda: characteristic_polynomial(entries(*[[0] * 7] * 7)), ValueError, "at most 6"),
        (lambda: hopf_surface({"x": "-x"}), ValueError, "2, 3 or 4 state variables, not 1"),
        (lambda: routh_hurwitz({f"x{k}": f"-x{k}" for k in range(5)}), ValueError, "at most 4"),
        (lambda: prove_stability(BRUSSELATOR, "a in [1, 2]", AT_REST), ValueError, "for b"),
        (lambda: krawczyk({"x": "x - k"}, {"x": (0, 1)}), ValueError, "no interval for k"),
        (lambda: krawczyk({"x": "x"}, {"x": (0, "inf")}), ValueError, "infinite end"),
        (lambda: krawczyk({"x": "abs(x) - 1"}, {"x": (0, 2)}), ValueError, "abs, which may make"),
        (lambda: certified_contraction({"x": "-max(x, 0)"}, {}), ValueError, "max, which may"),
        (lambda: certified_contraction(RING, RING_BOX), ValueError, "no bounded interval for g"),
        (lambda: certified_contraction({"x": "-x"}, {}, "3"), ValueError, "one of inf, 1, 2"),
        (lambda: certified_contraction({"x": "-x"}, {}, weights=[0]), ValueError, "positive"),
        (lambda: certified_contraction({"x": "-x"}, {}, weights="best"), ValueError, "'auto'"),
    ],
)
def test_what_does_not_fit_is_refused(act, error, message):
    with pytest.raises(error, match=message):
        act()


# Routh and Hurwitz


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_the_conditions_are_exact_for_products_of_known_roots(size):
    roots = [Fraction(-1), Fraction(-1, 2), Fraction(-3), Fraction(-2)][:size]
    good = [number(one) for one in np.poly(roots)[1:]]
    bad = [number(one) for one in np.poly([*roots[:-1], Fraction(1, 100)])[1:]]
    edge = [number(one) for one in np.poly([*roots[:-1], Fraction(0)])[1:]]
    assert prove(hurwitz_claim(good), {}).verdict == "proved"
    assert prove(hurwitz_claim(bad), {}).verdict == "refuted"
    assert prove(hurwitz_claim(edge), {}).verdict == "refuted"


sizes = st.integers(2, 4)
eighths = st.integers(-24, 24).map(lambda k: Fraction(k, 8))


@settings(max_examples=MANY, deadline=None)
@given(sizes.flatmap(lambda n: st.lists(eighths, min_size=n * n, max_size=n * n)), st.booleans())
def test_the_conditions_agree_with_eigenvalues(values, shifted):
    size = int(len(values) ** 0.5)
    rows = [values[k : k + size] for k in range(0, len(values), size)]
    if shifted:  # so that about half are stable
        rows = [[one - 3 * (i == j) for j, one in enumerate(row)] for i, row in enumerate(rows)]
    top = np.linalg.eigvals(np.array(rows, float)).real.max()
    assume(abs(top) > 1e-6)
    amounts = hurwitz_amounts(characteristic_polynomial(entries(*rows)))
    assert all(one.number > 0 for one in amounts) == (top < 0)
    if any(one.number < 0 for one in amounts):  # what ``unstable_somewhere`` relies on
        assert top > 0


def test_the_brusselator_is_stable_exactly_below_its_surface():
    below = prove_stability(BRUSSELATOR, "a in [1, 2], b in [1, 3/2]", AT_REST)
    assert (below.verdict, below.status, below.at_equilibrium) == ("stable", "ok", True)
    assert len(below.certificates) == 2
    assert all(emlir.check(one, by=("exact",)).accepted for one in below.certificates)
    above = prove_stability(BRUSSELATOR, "a in [1, 2], b in [1, 6]", AT_REST)
    assert above.verdict == "unstable_somewhere"
    a, b = above.point["a"], above.point["b"]
    assert b > 1 + a * a
    on = prove_stability(BRUSSELATOR, {"a": (1, 1), "b": (2, 2)}, AT_REST)
    assert (on.verdict, on.point) == ("not_stable_somewhere", {"a": 1, "b": 2})
    json.dumps(above.to_json(), allow_nan=False)


def test_the_ring_is_stable_up_to_two():
    assert prove_stability(RING, "g in [0, 2)", ORIGIN).verdict == "stable"
    at_end = prove_stability(RING, "g in [0, 2]", ORIGIN)
    assert (at_end.verdict, at_end.point) == ("not_stable_somewhere", {"g": 2})
    beyond = prove_stability(RING, "g in [0, 3]", ORIGIN)
    assert beyond.verdict == "unstable_somewhere" and beyond.point["g"] > 2


def test_a_place_that_is_no_equilibrium_is_said_to_be_none():
    found = prove_stability({"x": "1 - x", "y": "-y"}, {}, {"x": 0, "y": 0})
    assert found.verdict == "stable" and found.at_equilibrium is False and found.notes
    open_one = prove_stability({"x": "k - x"}, {"x": (0, 1)})
    assert open_one.at_equilibrium is None and open_one.notes


# Hopf surfaces


def test_the_hopf_surface_of_the_brusselator():
    surface = hopf_surface(BRUSSELATOR, AT_REST, "a > 0")
    assert tidy(surface.solved_for("b") - parse("1 + a^2")) is number(0)
    assert str(surface.frequency_squared) == "a^2"
    assert surface.latex("b") == r"b = a^{2} + 1, \quad a^{2} > 0"
    with pytest.raises(ValueError, match="not linear in a"):
        surface.solved_for("a")


def test_the_hopf_point_of_fitzhugh_nagumo():
    surface = hopf_surface(NAGUMO, {"w": "(v + a)/b"}, "b > 0")
    on = surface.at({"v": "-sqrt(1 - eps*b)"}, "1 - eps*b > 0")
    assert on.residual is number(0)
    assert prove(eq(on.frequency_squared, parse("eps - eps^2*b^2")), "eps in [0, 1], b in [0, 1]")
    values = {"a": parse("0.7"), "b": parse("0.8"), "eps": parse("0.08")}
    current = parse("w - v + v^3/3").subs({"w": parse("(v + a)/b")})
    lo, hi = emlir.enclose(current.subs({"v": parse("-sqrt(1 - eps*b)")}).subs(values), {})
    assert lo <= hi and abs(lo - 0.331281337455) < 1e-12 and hi - lo < 1e-14
    lo, hi = emlir.enclose(on.frequency.subs(values), {})
    assert abs(lo - 0.2755068) < 1e-7 and hi - lo < 1e-14


def test_the_hopf_surface_of_the_ring_and_of_four_states():
    surface = hopf_surface(RING, ORIGIN)
    assert str(surface.equation) == "8 - g^3 = 0" and str(surface.frequency_squared) == "3"
    assert prove(surface.equation, {"g": (2, 2)}).verdict == "proved"
    assert prove(surface.equation, {"g": ("1.9", 2)}).verdict == "refuted"
    four = {"x": "p*x - 2*y", "y": "2*x + p*y", "u": "-u", "w": "-3*w"}
    made = hopf_surface(four)
    assert made.at({"p": 0}).residual is number(0)
    assert made.at({"p": 0}).frequency_squared is number(4)
    assert made.at({"p": "1/10"}).residual is not number(0)


# contraction


def test_the_ring_contracts_below_one_and_nothing_is_said_above():
    for norm in ("inf", "1"):
        below = certified_contraction(RING, f"{RING_BOX}, g in [0, 99/100]", norm)
        assert below.verdict == "certified" and -0.0101 < below.measure <= -0.0099
        assert certified_contraction(RING, f"{RING_BOX}, g in [0, 3/2]", norm).verdict == (
            "inconclusive"
        )
    proved = certified_contraction(RING, f"{RING_BOX}, g in [0, 1)", by="certificate")
    assert proved.verdict == "certified" and len(proved.certificates) == 3
    assert all(emlir.check(one, by=("exact",)).accepted for one in proved.certificates)
    failed = certified_contraction(RING, f"{RING_BOX}, g in [0, 1]", by="certificate")
    assert (failed.verdict, failed.status) == ("inconclusive", "inconclusive")
    assert failed.point["g"] == 1  # where the measure is 0; the ring is stable there
    assert "says nothing about stability" in failed.notes[0]


def test_no_measure_ever_says_unstable():
    growing = certified_contraction({"x": "x", "y": "2*y"}, {})
    assert growing.verdict == "inconclusive" and growing.measure == 2.0
    assert "unstable" not in json.dumps(growing.to_json())


def test_weights_show_what_plain_norms_do_not():
    skew = {"x": "-x + 10*y", "y": "-y + x/40"}
    for norm in ("inf", "1", "2"):
        assert certified_contraction(skew, {}, norm).verdict == "inconclusive"
        for by in ("enclosure", "certificate"):
            found = certified_contraction(skew, {}, norm, "auto", by=by)
            assert found.verdict == "certified" and found.weights == (1, 20)


quarters = st.integers(-8, 8).map(lambda k: Fraction(k, 4))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(quarters, min_size=9, max_size=9), st.lists(st.integers(1, 5), min_size=3, max_size=3)
)
def test_measures_are_never_below_the_true_ones(values, weights):
    rows = np.array(values, float).reshape(3, 3) - 2 * np.eye(3)
    system = {
        name: " + ".join(f"({value:.2f})*{other}" for value, other in zip(row, "xyz", strict=True))
        for name, row in zip("xyz", rows, strict=True)
    }
    scaled = np.diag(weights) @ rows @ np.diag(1 / np.array(weights, float))
    off = np.abs(scaled) - np.diag(np.abs(np.diag(scaled)))
    truth = {
        "inf": (np.diag(scaled) + off.sum(1)).max(),
        "1": (np.diag(scaled) + off.sum(0)).max(),
        "2": np.linalg.eigvalsh((scaled + scaled.T) / 2)[-1],
    }
    for norm, value in truth.items():
        found = certified_contraction(system, {}, norm, weights)
        assert value - 1e-9 <= found.measure <= value + 1e-9
        if found.verdict == "certified":
            assert np.linalg.eigvals(rows).real.max() < 0


@pytest.mark.parametrize("norm", ["inf", "1", "2"])
def test_bounds_hold_for_all_parameters_of_the_box(norm):
    system = {"x": "-x + k*y", "y": "k*x - y"}  # measure k - 1 in each norm
    for parts in (1, 64):
        assert certified_contraction(system, {"k": (0, 2)}, norm, parts=parts).measure >= 1
    found = certified_contraction(system, {"k": (0, "0.75")}, norm)
    assert found.verdict == "certified" and found.measure >= -0.25


# Krawczyk


def test_known_counts_of_fixed_points():
    cases = [
        ({"x": "cos(x) - x"}, {"x": (0, 1)}, "unique", 1),
        ({"x": "x^2 + 1"}, {"x": (-9, 9)}, "none", 0),
        ({"x": "x^2 - 2"}, {"x": (-2, 2)}, "several", 2),
        (RIVALS, {"x": ("-0.3", "3.4"), "y": ("-0.3", "2.4")}, "several", 4),
        (
            BRUSSELATOR,
            {"x": ("0.1", 5), "y": (-5, 5), "a": ("1.3", "1.3"), "b": (2, "2.1")},
            "unique",
            1,
        ),
    ]
    for system, box, verdict, count in cases:
        found = krawczyk(system, box)
        assert (found.verdict, found.count) == (verdict, count)
        assert recheck(json.loads(json.dumps(found.certificate))) == (verdict, count)
        json.dumps(found.to_json(), allow_nan=False)


def test_a_parameter_may_be_an_interval():
    box = {"v": (-3, 3), "w": (-3, 3), "current": ("0.33", "0.34")}
    box |= {name: (value, value) for name, value in (("a", "0.7"), ("b", "0.8"), ("eps", "0.08"))}
    found = krawczyk(NAGUMO, box)
    assert found.verdict == "unique"
    at_hopf = -np.sqrt(1 - 0.064)
    assert float(found.roots[0]["v"].lo) < at_hopf < float(found.roots[0]["v"].hi)


@pytest.mark.parametrize(
    ("rate", "box"),
    [("x^2", (-1, 2)), ("x", (0, 1)), ("x^2 - 2*x + 1", (0, 3)), ("1/x", (-1, 1))],
)
def test_double_zeros_and_zeros_at_the_edge_stay_undecided(rate, box):
    found = krawczyk({"x": rate}, {"x": box}, parts=60)
    assert (found.verdict, found.count, found.status) == ("undecided", None, "inconclusive")
    assert recheck(found.certificate) == ("undecided", None)


sixteenths = st.integers(-48, 48).map(lambda k: Fraction(2 * k + 1, 32))


@settings(max_examples=MANY, deadline=None)
@given(
    st.lists(sixteenths, min_size=1, max_size=3, unique=True), st.integers(-3, 2), st.integers(1, 5)
)
def test_counts_agree_with_the_roots_of_polynomials(roots, lo, width):
    product = "*".join(f"(x - ({root}))" for root in roots)
    inside = sorted(root for root in roots if lo < root < lo + width)
    found = krawczyk({"x": product}, {"x": (lo, lo + width)}, parts=128)
    assert found.count == len(inside)  # no root is at an end
    places = sorted(float(one["x"].middle) for one in found.roots)
    np.testing.assert_allclose(places, [float(one) for one in inside], atol=1e-9)


@settings(max_examples=MANY // 3, deadline=None)
@given(st.lists(st.integers(-8, 8), min_size=4, max_size=4), sixteenths, sixteenths, st.booleans())
def test_verdicts_agree_with_numeric_roots_in_the_plane(slopes, p, q, curved):
    a, b, c, d = slopes
    assume(abs(a * d - b * c) >= 4)
    x, y = f"(x - ({p}))", f"(y - ({q}))"
    bend = f" + tanh({x})*{y}/8" if curved else ""
    system = {"x": f"({a})*{x} + ({b})*{y}{bend}", "y": f"({c})*{x} + ({d})*{y}"}
    found = krawczyk(system, {"x": (-2, 2), "y": (-2, 2)}, parts=16)
    inside = abs(p) < 2 and abs(q) < 2
    if not curved and found.verdict != "undecided":
        assert found.count == int(inside)
    if inside and found.verdict != "undecided":
        assert found.count >= 1
        assert any(one["x"].contains(p) and one["y"].contains(q) for one in found.roots)
    assert not (found.verdict == "undecided" and not curved and max(abs(p), abs(q)) < 1.5)


def _falsified(certificate, change):
    made = copy.deepcopy(certificate)
    change(made)
    return made


def _first(tree, kind):
    """The first node of a kind."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if node["kind"] == kind:
            return node
        waiting += node.get("parts", [])
        waiting += [node["inner"]] if "inner" in node else []
    raise AssertionError(f"no {kind}")


def _wider(made):
    made["roots"][0]["box"]["x"] = ["-2", "2"]


def _emptied(made):
    node = _first(made["tree"], "inside")
    node.clear()
    node["kind"] = "empty"


DEFECTS = {
    "a root is left out": lambda made: made["roots"].pop(),
    "a root is there twice": lambda made: made["roots"].append(made["roots"][0]),
    "a root's box is too wide": _wider,
    "a root's matrix is another": lambda made: made["roots"][0].update(matrix=[["0"]]),
    "a part with a root is called empty": _emptied,
    "the wrong root": lambda made: _first(made["tree"], "inside").update(root=0),
    "another system": lambda made: made.update(rates={"x": "x^2 + 2"}),
    "a larger box": lambda made: made["box"].update(x=["-200", "2"]),
    "no tree": lambda made: made.pop("tree"),
    "an unknown kind": lambda made: made.update(tree={"kind": "fine"}),
    "all of it inside": lambda made: made.update(tree={"kind": "inside", "root": 0}),
    "all of it empty": lambda made: made.update(tree={"kind": "empty"}),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_certificate_that_is_changed_is_refused(name):
    certificate = krawczyk({"x": "x^2 - 2"}, {"x": (-2, 2)}).certificate
    assert recheck(certificate) == ("several", 2)
    with pytest.raises(ValueError, match=r"."):
        recheck(_falsified(certificate, DEFECTS[name]))


def test_a_root_outside_the_box_does_not_count():
    system = {"x": "x^2 - 2"}
    root = krawczyk(system, {"x": (0, 2)}).certificate["roots"][0]
    made = {**krawczyk(system, {"x": (0, 1)}).certificate, "roots": [root]}
    with pytest.raises(ValueError, match="root's box is not in the box"):
        recheck(made)
