"""Files that are no certificates are rejected, and odd claims cannot be misread."""

from contextlib import suppress

import pytest

import emlir
from emlir_proof.checker import CertificateError, check
from emlir_proof.checker.claims import JOINS, RELATIONS, TABLE
from emlir_proof.checker.grammar import _arguments
from tests.plugins.forgery import forged, number, rejected, sealed

X, Y = ["var", "x"], ["var", "y"]
LOG_X, EXP_X = ["ln", [["1", 0, 1]]], ["exp", [["1", 0, 1]]]
UNIT_BOX = {"x": ["0", False, "1", False]}
SIGNED_BOX = {"x": ["-1", False, "1", False]}
CUBE = [X, number("3"), ["arithmetic.pow@1", 0, 1], number("0"), ["piecewise.ge@1", 2, 3]]


@pytest.mark.parametrize(
    "term",
    [
        ["1", 1, 1, 0, 1],
        ["1", 0, 1, 0, -1],
        ["1", 2, 2],
        ["1", 3, 2],
        ["1", 4, 2],
        ["1", 5, 2],
        ["1", 6, -1],
        ["1", 2, 1, 7, 1],
        ["1", 0, 0],
        ["0", 0, 1],
        ["2/4", 0, 1],
        ["1", 0, True],
        ["1", 0, 1.0],
        ["1", -1, 1],
        ["1", 8, 1],
        ["1", 0],
        [1, 0, 1],
    ],
)
def test_terms_that_are_not_in_normal_form(term):
    argument = [["1", 0, 1]]
    kinds = ["exp", "sqrt", "abs", "cos"]
    atoms = [X, Y, *([kind, argument] for kind in kinds), ["recip", [["1"], ["1", 0, 1]]]]
    atoms.append(["exp", [["1", 1, 1]]])
    assert check(forged([["piecewise.true@1"]], UNIT_BOX, atoms=atoms[:2], polys=[]))
    rejected(
        [["piecewise.true@1"]], UNIT_BOX, "term|order|number|format", atoms=atoms, polys=[[term]]
    )


@pytest.mark.parametrize(
    "atoms",
    [
        [X, X],
        [LOG_X, X],
        [X, ["exp", [["1", 1, 1]]]],
        [X, ["exp", []]],
        [X, ["ln", [["1"]]]],
        [X, ["sqrt", [["4"]]]],
        [X, ["sin", [["-1", 0, 1]]]],
        [X, ["abs", [["2", 0, 1]]]],
        [X, ["floor", [["1"], ["1", 0, 1]]]],
        [X, ["recip", [["1", 0, 1]]]],
        [X, ["recip", [["1"], ["2", 0, 1]]]],
        [X, EXP_X, ["ln", [["1", 1, 1]]]],
        [X, LOG_X, ["exp", [["1", 1, 1]]]],
        [X, ["power", [["1", 0, 1]]]],
        [X, ["pi", ""], ["pi", ""]],
    ],
)
def test_atoms_that_are_not_in_normal_form_or_not_new(atoms):
    rejected([["piecewise.true@1"]], UNIT_BOX, atoms=atoms)


GREATER = [X, number("5"), number("6"), number("0"), ["piecewise.gt@1", 0, 1]]
GREATER += [["piecewise.gt@1", 0, 2], ["piecewise.ge@1", 3, 3]]


@pytest.mark.parametrize(
    "last",
    [
        [["piecewise.or@1", 4, 5, 6]],
        [["piecewise.or@1", 6]],
        [["piecewise.and@1"]],
        [["piecewise.and@1", 0, 1]],
        [["piecewise.not@1", 0], ["piecewise.not@1", 7]],
        [["piecewise.where@1", 0, 4, 6]],
        [["piecewise.where@1", 6, 6, 0]],
        [["piecewise.where@1", 6]],
        [["piecewise.ge@1", 3, 3, 1]],
        [["piecewise.ge@1", 6, 6]],
        [["piecewise.true@1", 4]],
        [["elementary.exp@1", 3, 1], ["piecewise.ge@1", 7, 3]],
        [["elementary.e@1", 3], ["piecewise.ge@1", 7, 3]],
        [["arithmetic.add@1", 3, 3, 1], ["piecewise.ge@1", 7, 3]],
        [["piecewise.ge@1", True, False]],
        [["piecewise.ge@1", -1, -1]],
        [["piecewise.ge@1", 7, 7]],
        [["number", "1_0"], ["piecewise.ge@1", 7, 3]],
        [["number", "1e3"], ["piecewise.ge@1", 7, 3]],
        [["number", "6/4"], ["piecewise.ge@1", 7, 3]],
        [["number", 1], ["piecewise.ge@1", 3, 3]],
        [["number", "1", "x"], ["piecewise.ge@1", 3, 3]],
        [["var", "x", "y"], ["piecewise.ge@1", 3, 3]],
        [["var", "y"], ["piecewise.ge@1", 3, 3]],
        [["arithmetic.sub@2", 3, 3], ["piecewise.ge@1", 7, 7]],
        [["x", 3], ["piecewise.ge@1", 7, 7]],
        [["elementary.exp@1", 3]],
        [[]],
    ],
)
def test_nodes_that_are_no_claim_or_are_not_printed_as_they_are_meant(last):
    honest = forged([*GREATER, ["piecewise.or@1", 4, 6]], SIGNED_BOX)
    assert check(honest) == "((x > 5) or (0 >= 0)) for all x in [-1, 1]"
    rejected([*GREATER, *last], SIGNED_BOX)


def test_arguments_are_counted_as_the_operators_count_them():
    for op in emlir.expr.table.all_operators():
        name = f"{op.qualified_name}@{op.version}"
        if name in TABLE or name in RELATIONS or (name in JOINS and name != "piecewise.where@1"):
            assert len(_arguments(name, 9)) == op.arity, name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("exp", "exp"),
        ("höhe", "höhe"),
        ("and", '"and"'),
        ("#1", '"#1"'),
        ("x in [0, 9] and y", '"x in [0, 9] and y"'),
        ("2", '"2"'),
        ("", '""'),
        ("\ud800", '"\\ud800"'),
        ('"x"', '"\\"x\\""'),
        ("a\nb", '"a\\nb"'),
    ],
)
def test_odd_names_cannot_be_taken_for_something_else(name, shown):
    nodes = [["var", name], ["piecewise.ge@1", 0, 0]]
    text = check(forged(nodes, {name: ["0", False, "1", False]}))
    assert text == f"({shown} >= {shown}) for all {shown} in [0, 1]"
    assert text.encode()


@pytest.mark.parametrize(
    "side",
    [
        ["1", False, "0", False],
        ["0", True, "0", False],
        ["0", False, "0", True],
        ["0", 0, "1", 1],
        ["0", None, "1", None],
        [0, False, 1, False],
        ["-inf", False, "1", False],
        ["nan", False, "1", False],
        ["0.0", False, "1", False],
        ["0", False, "1"],
        ["0", False, "1", False, False],
        "0001",
        None,
    ],
)
def test_sides_that_are_empty_or_none(side):
    rejected([X, ["piecewise.ge@1", 0, 0]], {"x": side})


TRUE = [["piecewise.true@1"]]


@pytest.mark.parametrize(
    "cover",
    [
        [],
        [["cut", 0, True]],
        [["cut", 0, True], ["leaf", 0]],
        [["leaf", 0], ["leaf", 0]],
        [["cut", 0, True], ["leaf", 0], ["leaf", 0]],
        [["leaf", 1]],
        [["leaf", -1]],
        [["leaf", "0"]],
        [["leaf", 0.0]],
        [["leaf", False]],
        [["leaf", float("inf")]],
        [["part", 0]],
        [["leaf"]],
        ["leaf"],
        [["cut", 1, True], ["leaf", 0]],
        {"leaf": 0},
    ],
)
def test_covers_that_leave_something_out(cover):
    assert check(forged(TRUE, UNIT_BOX))
    rejected(TRUE, UNIT_BOX, atoms=[X], polys=[[["1", 0, 1]]], cover=cover)


def test_powers_that_no_machine_can_hold_are_refused():
    for base in ("2", "2/3"):
        nodes = [number(base), number("10000000000"), ["arithmetic.pow@1", 0, 1]]
        rejected([*nodes, ["piecewise.ge@1", 2, 0]], {}, "too large")
    nodes = [
        X,
        number("1"),
        ["arithmetic.add@1", 0, 1],
        number("1000000"),
        ["arithmetic.pow@1", 2, 3],
    ]
    rejected([*nodes, ["piecewise.ge@1", 4, 1]], UNIT_BOX, "too large")


def nested(depth):
    found = []
    for _ in range(depth):
        found = [found]
    return found


@pytest.mark.parametrize("value", [None, True, 0, 1.5, [], {}, nested(500), [[[]]], {"x": 1}])
def test_parts_of_another_kind_are_rejected(value):
    parts = (
        "format",
        "claim",
        "digest",
        "atoms",
        "polys",
        "knots",
        "circles",
        "cover",
        "leaves",
        "trusts",
    )
    for part in parts:
        data = forged(CUBE, SIGNED_BOX)
        data[part] = value
        if part not in ("trusts", "digest"):
            with suppress(Exception):  # it may be so odd that it cannot be sealed
                data = sealed(data)
        with pytest.raises(CertificateError):
            check(data)


@pytest.mark.parametrize("data", [None, [], 0, {}, [1], {"format": "emlir certificate 1"}])
def test_what_is_no_certificate_is_rejected(data):
    with pytest.raises(CertificateError):
        check(data)
