"""Attacks on the exact checker: certificates written by hand that would show what is false."""

import pytest

from emlir_proof.checker import check
from tests.plugins.forgery import forged, number, rejected

X, Y = ["var", "x"], ["var", "y"]
LOG_X, EXP_X = ["ln", [["1", 0, 1]]], ["exp", [["1", 0, 1]]]
UNIT_BOX = {"x": ["0", False, "1", False]}
SIGNED_BOX = {"x": ["-1", False, "1", False]}
HALF_OPEN = {"x": ["0", True, "1", False]}


def test_an_honest_one_is_accepted():
    """What is rejected below differs from this in one thing."""
    nodes = [X, number("2"), ["arithmetic.pow@1", 0, 1], number("0"), ["piecewise.ge@1", 2, 3]]
    honest = forged(nodes, SIGNED_BOX, atoms=[X], polys=[[["1", 0, 1]]], leaves=[[["square", 0]]])
    assert check(honest) == "((x ^ 2) >= 0) for all x in [-1, 1]"


CUBE = [X, number("3"), ["arithmetic.pow@1", 0, 1], number("0"), ["piecewise.ge@1", 2, 3]]


def test_an_atom_twice_in_a_term():
    """x x was squared to x^3."""
    twice = [["1", 0, 1, 0, 1]]
    rejected(CUBE, SIGNED_BOX, "normal form", atoms=[X], polys=[twice], leaves=[[["square", 0]]])


CORNER = [
    *(X, Y, number("0"), ["arithmetic.add@1", 0, 1], ["piecewise.gt@1", 0, 2]),
    *(["piecewise.le@1", 3, 2], ["piecewise.or@1", 4, 5]),
]


def test_a_bound_that_is_only_not_shown_to_be_in_the_part():
    """Where x + y > 0, x rises from 0, which some points of the part have: no x > 0."""
    square = {"x": ["0", False, "1", False], "y": ["0", False, "1", False]}
    polys = [[["-1", 0, 1], ["-1", 1, 1]], [["1", 0, 1]]]
    leaf = [["combine", [["1"]]], ["combine", []], ["monotone", 1, 0, 0, 5, 6, 1]]
    cover = [["cut", 0, False], ["leaf", 0], ["leaf", 1]]
    rejected(CORNER, square, "leaf 0", atoms=[X, Y], polys=polys, leaves=[leaf, []], cover=cover)


def test_a_part_that_is_a_segment_only_by_formal_derivatives():
    """x + ln(x) - ln(2 x) has a constant derivative, and at 0 the logarithms cancel in form."""
    nodes = [X, ["elementary.ln@1", 0], number("2"), ["arithmetic.mul@1", 2, 0]]
    nodes += [["elementary.ln@1", 3], ["arithmetic.add@1", 0, 1], ["arithmetic.sub@1", 5, 4]]
    nodes += [number("0"), ["piecewise.lt@1", 6, 7], number("69/100"), ["arithmetic.sub@1", 0, 9]]
    nodes += [["arithmetic.pow@1", 10, 2], number("1/10"), ["piecewise.ge@1", 11, 12]]
    nodes += [["piecewise.or@1", 8, 13]]
    polys = [
        [["1", 0, 1], ["1", 1, 1], ["-1", 2, 1]],
        [["3761/10000"], ["-69/50", 0, 1], ["1", 0, 2]],
        [["-1", 1, 1], ["1", 2, 1]],
    ]
    steps = [["combine", [["31/5000"]]], ["log_above", 2, "69/100", 3]]
    steps += [["combine", [["2", 2], ["2", 4]]], ["combine", [["3761/10000"]]]]
    parts = {"atoms": [X, LOG_X, ["ln", [["2", 0, 1]]]], "polys": polys}
    parts["knots"] = [["69/100", "19937/10000", "9969/5000"]]
    parts["cover"] = [["cut", 0, False], ["leaf", 0], ["leaf", 1]]
    parts["leaves"] = [[], [*steps, ["monotone", 1, 0, 0, 5, 6, 1]]]
    rejected(nodes, HALF_OPEN, "segment", **parts)


TRUE = [["piecewise.true@1"]]


def test_an_open_cut_has_its_zero_in_the_other_part():
    """x > 0 on the part above a cut at 0, and x < 0 on the part below: what of x = 0?"""
    nodes = [X, number("0"), ["piecewise.ne@1", 0, 1]]
    for closed in (True, False, 1, None, "open"):
        cover = [["cut", 0, closed], ["leaf", 0], ["leaf", 1]]
        rejected(
            nodes,
            SIGNED_BOX,
            "leaf",
            atoms=[X],
            polys=[[["1", 0, 1]]],
            cover=cover,
            leaves=[[], []],
        )


@pytest.mark.parametrize(
    ("inner", "relation", "bound"),
    [
        (["arithmetic.div@1", 0, 0], "ge", 1),
        (["arithmetic.sub@1", 0, 0], "ge", 2),
        (["elementary.ln@1", 0], "lt", 1),
        (["elementary.sqrt@1", 0], "ge", 2),
    ],
)
def test_what_cancels_is_still_to_be_defined(inner, relation, bound):
    """x/x is 1, ln(x) - ln(x) is 0 and sqrt(x)^2 is x only where they are defined."""
    nodes = [X, number("1"), number("0"), inner, ["arithmetic.sub@1", 3, 3]]
    if inner[0] == "arithmetic.sub@1":
        nodes[4] = ["arithmetic.div@1", 3, 3]
    nodes += [["piecewise.ge@1", 4, 2]]
    rejected(nodes, SIGNED_BOX, "does not show")


@pytest.mark.parametrize(
    ("kind", "argument"),
    [
        ("ln", [["1", 0, 1]]),
        ("sqrt", [["1", 0, 1]]),
        ("recip", [["1"], ["-2", 0, 1]]),
        ("asin", [["2", 0, 1]]),
    ],
)
def test_no_step_uses_what_is_not_shown_to_be_defined(kind, argument):
    if kind == "recip":
        argument = [["-1/2"], ["1", 0, 1]]
    atoms, polys = [X, [kind, argument]], [[["1", 1, 1]], argument, [["1", 0, 1], ["1", 1, 1]]]
    steps = [["square", 0], ["positive", 0], ["turn", "sin", 0, 1], ["size", 0, 1]]
    steps += [["whole", 0, 1], ["tangent", 0, "0"], ["addition", "sin", 0, 0], ["root", 1]]
    steps += [["inverse_range", "atan", 0, 1], ["square", 2]]
    for step in steps:
        if step == ["root", 1] and kind != "sqrt":
            continue
        rejected(
            TRUE,
            SIGNED_BOX,
            "defined",
            atoms=atoms,
            polys=polys,
            knots=[["0", "1", "1"]],
            leaves=[[step]],
        )


def test_a_cut_may_not_use_what_is_undefined_on_its_part():
    cover = [["cut", 0, True], ["leaf", 0], ["leaf", 1]]
    rejected(
        TRUE,
        SIGNED_BOX,
        "defined",
        atoms=[X, LOG_X],
        polys=[[["1", 1, 1]]],
        cover=cover,
        leaves=[[], []],
    )


@pytest.mark.parametrize(
    "steps",
    [
        [["combine", [["-1", 0]]]],
        [["combine", [["1", 2]]]],
        [["combine", [["1", -1]]]],
        [["combine", [[1, 0]]]],
        [["combine", [["1", "0"]]]],
        [["combine", [["1", 0.0]]]],
        [["combine", [["1", True]]]],
        [["combine", [["1", 0]], 1]],
        [["combine"]],
        [["check", 0]],
        [["place", 0, 0, 1]],
        [["__init__", 0]],
        [["size", 0, 2]],
        [["size", 0, True]],
        [["square", 9]],
        [["square", -1]],
        [["tangent", 0, "1"]],
        [["tangent", 0, 0]],
        [["chord", 0, 0, 0]],
        [["chord", 0, 1, 0]],
        [["above", 0, 1]],
        [["over", 0, 0, 1]],
        [["whole_below", 0, 1]],
        [["whole_above", 1, 0]],
        [["circle_number", "2"]],
        [["circle_number", "22/7/1"]],
        [["turn", "tan", 0, 1]],
        [["turn", 0, 0, 1]],
        [["bend", "sin", 0, "0", [0], 1]],
        [["bend", "sin", 0, "0", [1, 0], 1]],
        [["bend", "sin", 0, "1", [0, 1], 1]],
        [["inverse_above", "atan", 0, "0", 1]],
        [["inverse_range", "sin", 0, 1]],
        [["monotone", 0, 0, 1, 0, 0, 1]],
        [["monotone", 0, -1, 0, 0, 0, 1]],
        [["monotone", 0, 1, 0, 0, 0, 1]],
        [["monotone", 0, 0, 0, 0, 0, -1]],
        [[]],
        ["combine"],
        [None],
    ],
)
def test_steps_that_do_not_follow(steps):
    polys = [[["1", 0, 1]], [["1/2"], ["1", 0, 1]]]
    parts = {"atoms": [X, EXP_X], "polys": polys, "leaves": [steps]}
    parts["knots"], parts["circles"] = [["0", "1", "1"]], [["0", "0", "0", "1", "1"]]
    assert check(forged(TRUE, UNIT_BOX, **{**parts, "leaves": [[]]}))
    rejected(TRUE, UNIT_BOX, **parts)


@pytest.mark.parametrize(
    "knot",
    [
        ["1", "2718281829/1000000000", "3"],
        ["1", "2", "2718281828/1000000000"],
        ["1", "3", "2"],
        ["0", "0", "1"],
        ["-5000", "-1", "1"],
        ["5000", "1", "2"],
        ["1", "2"],
        ["1", "2", "3", "4"],
        [1, 2, 3],
        ["1", "2", "inf"],
    ],
)
def test_knots_that_are_wrong(knot):
    assert check(
        forged(
            TRUE,
            UNIT_BOX,
            knots=[
                [
                    "1",
                    "2718281828/1000000000".replace("2718281828/1000000000", "679570457/250000000"),
                    "3",
                ]
            ],
        )
    )
    rejected(TRUE, UNIT_BOX, knots=[knot])


@pytest.mark.parametrize(
    "circle",
    [
        ["1", "0", "4/5", "1/2", "1"],
        ["1", "4/5", "1", "3/5", "1"],
        ["1", "1", "4/5", "1/2", "1"],
        ["-1", "4/5", "1", "1/2", "1"],
        ["9999", "-1", "1", "-1", "1"],
    ],
)
def test_circles_that_are_wrong(circle):
    assert check(forged(TRUE, UNIT_BOX, circles=[["1", "4/5", "1", "1/2", "1"]]))
    rejected(TRUE, UNIT_BOX, circles=[circle])
