"""Claims about sin and cos of multiples of pi, as schedules have them, up to where they touch."""

from fractions import Fraction

import pytest
from hypothesis import given, strategies as st
from mpmath import mp, mpf

import emlir
from emlir.claims import Claim, Limits
from emlir_proof.certify.prover import CertificateProver
from emlir_proof.checker import CertificateError, check
from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.knots import sign_of_sine
from emlir_proof.checker.polynomials import Poly, number
from emlir_proof.checker.sexpr import read
from emlir_proof.checker.terms import Terms
from tests.plugins.forgery import forged, rejected
from tests.plugins.point_values import DIGITS, values_at

DECAY = "(1 + cos(pi*(t - 100)/900))/2"
CYCLE = "1/25 + (1 - 1/25)*(1 - cos(pi*t/300))/2"
UNIT = "u in [0, 1]"

CLAIMS = [
    (f"t >= 1000 or {DECAY} > 0", "t in [100, 1000]"),
    (f"{DECAY} > 0", "t in [100, 999]"),
    ("-pi/900*sin(pi*(t - 100)/900)/2 <= 0", "t in [100, 1000]"),
    ("(1 + cos(pi*(1000 - 100)/900))/2 = 0", ""),
    ("(1 + cos(pi))/2 = 0", ""),
    ("sin(pi) = 0 and cos(2*pi) = 1 and cos(0*pi) = 1", ""),
    ("cos(pi/2) = 0 and sin(3*pi/2) = -1 and sin(-pi/2) = -1", ""),
    ("cos(pi/3) = 1/2 and sin(pi/4) = 1/sqrt(2) and cos(5*pi/6) = -sqrt(3)/2", ""),
    ("tan(pi/4) = 1", ""),
    *((f"cos(pi*(2*{k} + 1)) = -1", "") for k in range(7)),
    ("sin(pi*u) >= 0", UNIT),
    ("u <= 0 or u >= 1 or sin(pi*u) > 0", UNIT),
    ("cos(pi*u) >= -1 and cos(pi*u) <= 1", UNIT),
    ("u <= 0 or u >= 1 or -pi*sin(pi*u) < 0", UNIT),
    ("u >= 1 or 1/10 + (9/10)*(1 + cos(pi*u))/2 > 1/10", UNIT),
    ("u <= 0 or (1 + cos(pi*u))/2 < 1", UNIT),
    ("(1 + cos(pi*6*u))/2 >= 0", UNIT),
    ("sin(2*pi*u) <= 0", "u in [1/2, 1]"),
    ("cos(6*pi*u) > -1", "u in (1/6, 1/2)"),
    (f"{CYCLE} <= 1 and {CYCLE} >= 1/25", "t in [0, 300]"),
    ("1 - cos(pi*u/2) >= 0 and (u <= 0 or 1 - cos(pi*u/2) > 0)", UNIT),
    ("cos(pi*u/2) > 0", "u in [0, 1)"),
    ("tan(pi*u) >= 0", "u in [0, 1/2)"),
    ("1 - sqrt(u) >= 0", UNIT),
    ("sin(pi*u) <= pi*u and sin(pi*u) <= pi*(1 - u)", UNIT),
    ("1 - cos(pi*u) <= pi^2*u^2/2", UNIT),
    ("sin(pi*u) >= 2*u", "u in [0, 1/2]"),
    ("(1 + cos(pi*mod(t, 10)/10))/2 > 0", "t in [0, 30]"),
    ("p*(1 + cos(pi*u))/2 <= p", "p in [0, 1], u in [0, 1]"),
    ("sin(pi*u + 7*pi/2) = -cos(pi*u)", "u in (-inf, inf)"),
    ("sin(x) < 1", "x in [0, 1.5707963267948966]"),
    ("sin(x) > 0", "x in (0, 3.14159]"),
    ("where(t < 100, t/100, (1000 - t)/900) <= 1", "t in [0, 1000]"),
]

SHAPES = [
    (emlir.decreasing("cos(pi*u)", "u"), UNIT),
    (emlir.increasing(CYCLE, "t"), "t in [0, 300]"),
    (emlir.decreasing("1 - sqrt(u)", "u"), "u in (0, 1]"),
    (emlir.increasing("tanh(3*u)", "u"), UNIT),
]


@pytest.mark.parametrize(("claim", "box"), [*CLAIMS, *SHAPES])
def test_schedules_are_proved_and_every_checker_accepts(claim, box):
    found = emlir.prove(claim, box or None, time_limit=60)
    assert found.verdict == "proved"
    checked = emlir.check(found.certificate, by=("exact", "z3", "cvc5", "arb"))
    assert checked.accepted, checked.reports


FALSE = [
    (f"{DECAY} > 0", "t in [100, 1000]"),
    (f"{DECAY} <= 0", "t in [999, 1000]"),
    ("sin(pi*u) > 0", UNIT),
    ("sin(pi*u) > 0", "u in (0, 1]"),
    ("sin(pi*u) > 0", "u in [0, 1)"),
    ("cos(pi*u) < 1", "u in (0, 2]"),
    ("cos(pi*u) < 1", "u in [0, 2)"),
    ("sin(pi*u) >= 0", "u in [0, 1.000001]"),
    ("sin(pi*u) >= 0", "u in [-1/1000000, 1]"),
    ("sin(pi*u) <= 0", "u in [2, 3]"),
    ("cos(pi*u) >= 0", "u in [0, 0.500001]"),
    ("cos(pi*u) < 1", "u in [1, 2]"),
    ("cos(pi*u) > -1", "u in [0, 2]"),
    ("cos(6*pi*u) > -1", "u in (1/6, 1/2]"),
    ("sin(pi*u + pi/4) >= 0", UNIT),
    ("sin(pi) != 0", ""),
    ("cos(pi) = 1", ""),
    ("sin(pi/2) = -1", ""),
    ("cos(7*pi/2) = 1", ""),
    ("sin(pi/4) = 1/2", ""),
    ("tan(pi/2) >= 0 or tan(pi/2) <= 0", ""),
    ("sin(pi*u + 7*pi/2) = cos(pi*u)", UNIT),
    ("sin(x) < 1", "x in [0, 1.5707963267948967]"),
    ("sin(x) > 0", "x in (0, 3.141592653589794]"),
    ("sin(22*u/7) >= 0", UNIT),
    ("sqrt(u) > 0", UNIT),
]


@pytest.mark.parametrize(("claim", "box"), FALSE)
def test_what_is_false_is_not_proved(claim, box):
    """Without points to refute it, so that nothing but the rules is in the way."""
    prover = CertificateProver(refutes=False)
    assert prover.certified(Claim.of(claim, box or None), Limits(0.5)) is None


# Quarter turns.


def shares():
    return st.fractions(-40, 40, max_denominator=24)


def angle(atoms: Atoms, parts: list[Fraction]) -> Poly:
    """Return a sum of pi and of what has pi in it, or not."""
    pi, x = atoms.pi(), atoms.var("x")
    terms = [pi, number(1), x, atoms.times(pi, x), atoms.times(pi, pi), atoms.exp(x), atoms.sin(x)]
    return sum((t.scaled(c) for t, c in zip(terms, parts, strict=True)), number(0))


angles = st.tuples(shares(), *([st.one_of(st.just(Fraction(0)), shares())] * 6)).map(list)
at_points = st.fractions(-3, 3, max_denominator=9)


@given(angles, at_points, st.booleans())
def test_sines_and_cosines_are_those_of_the_argument(parts, x, pi_first):
    mp.dps = DIGITS
    atoms = Atoms()
    _ = atoms.pi() if pi_first else atoms.var("x")
    t = angle(atoms, parts)
    value, _ = values_at(atoms, t, {"x": x})
    for name in ("sin", "cos"):
        for argument, s in ((t, 1), (-t, -1 if name == "sin" else 1)):
            found, _ = values_at(atoms, getattr(atoms, name)(argument), {"x": x})
            assert abs(found * s - getattr(mp, name)(value)) < mpf(10) ** -30


@pytest.mark.parametrize("twelfths", range(-25, 26))
def test_sines_and_cosines_of_fractions_of_pi(twelfths):
    mp.dps = DIGITS
    atoms = Atoms()
    t = atoms.pi().scaled(Fraction(twelfths, 12))
    for name in ("sin", "cos"):
        found, _ = values_at(atoms, getattr(atoms, name)(t), {})
        assert abs(found - getattr(mp, name)(mp.pi * twelfths / 12)) < mpf(10) ** -30


@given(angles)
def test_equal_waves_have_one_form(parts):
    atoms = Atoms()
    t = angle(atoms, parts)
    quarter = atoms.pi().scaled(Fraction(1, 2))
    sin, cos = atoms.sin(t), atoms.cos(t)
    assert atoms.sin(t + quarter) == cos == atoms.cos(-t)
    assert atoms.cos(t + quarter) == -sin == atoms.sin(-t)
    assert atoms.sin(t.scaled(Fraction(1)) + quarter.scaled(Fraction(4))) == sin
    for wave in (sin, cos):
        for atom in wave.atoms():
            entry = atoms.atoms[atom]
            assert getattr(atoms, entry.kind)(entry.argument) == Poly({((atom, 1),): Fraction(1)})


# Forgeries.

X, PI = ["var", "x"], ["pi", []]
TRUE = [["piecewise.true@1"]]
BOX = {"x": ["0", False, "1", False]}
OPEN = {"x": ["0", True, "1", True]}
HALF_OPEN = {"x": ["0", True, "1", False]}
OTHER_HALF = {"x": ["0", False, "1", True]}
BETWEEN = [
    ["circle_number", "3"],
    ["combine", [["1", 2], ["3"]]],
    ["combine", [["1", 3, 0]]],
    ["combine", [["1", 3, 1]]],
]
"""Facts 2 to 5: pi > 3, pi > 0, and what 0 <= x and x <= 1 say of pi x."""
TWICE = [
    ["combine", [["1", 5], ["1", 3]]],
    ["combine", [["2", 3, 0]]],
    ["combine", [["2", 3, 1]]],
]
"""Facts 6 to 8: pi x is below two pi, and 2 pi x between 0 and two pi."""


def test_an_honest_one_is_accepted():
    for rule, box in (("arch", BOX), ("arch", OPEN), ("crest", OPEN)):
        steps = [*BETWEEN, *TWICE, [rule, 4, 5 if rule == "arch" else 6]]
        assert check(forged(TRUE, box, atoms=[PI, X], leaves=[steps]))


@pytest.mark.parametrize(
    ("box", "step"),
    [
        (BOX, ["arch", 0, 1]),
        (BOX, ["arch", 5, 5]),
        (BOX, ["arch", 4, 4]),
        (BOX, ["arch", 4, 6]),
        (BOX, ["arch", 4, 3]),
        (BOX, ["arch", 0, 5]),
        (BOX, ["arch", 7, 8]),
        (BOX, ["arch", 4, 9]),
        (BOX, ["arch", 4, -1]),
        (BOX, ["arch", 4, True]),
        (BOX, ["arch", 4]),
        (BOX, ["arch", 4, 5, 1]),
        (BOX, ["crest", 4, 6]),
        (OPEN, ["crest", 4, 5]),
        (OPEN, ["crest", 5, 6]),
        (OPEN, ["crest", 0, 1]),
        (HALF_OPEN, ["crest", 7, 8]),
        (OTHER_HALF, ["crest", 7, 8]),
        (BOX, ["root_positive", 0]),
        (BOX, ["root_positive", 99]),
        (BOX, ["_is_before", 4, 5]),
    ],
)
def test_premises_that_do_not_fit(box, step):
    """Other numbers of pi, other angles, the bounds on x alone, and what is not strict."""
    steps = [*BETWEEN, *TWICE, step]
    rejected(TRUE, box, "step 7", atoms=[PI, X], leaves=[steps])


@pytest.mark.parametrize("kind", ["sin", "cos"])
@pytest.mark.parametrize(
    "argument",
    [
        [["1", 0, 1]],
        [["1/2", 0, 1]],
        [["-1/5", 0, 1]],
        [["1/6", 0, 1]],
        [["1/4", 0, 1]],
        [["3/8", 0, 1]],
        [["1/2", 0, 1], ["1", 1, 1]],
        [["-1/4", 0, 1], ["1", 1, 1]],
        [["1/4", 0, 1], ["-1", 1, 1]],
        [["1/3", 0, 1], ["1", 0, 1, 1, 1]],
    ],
)
def test_waves_that_are_not_in_normal_form(kind, argument):
    """An atom that is another one, or a number, would have two values to choose from."""
    rejected(TRUE, BOX, "normal form", atoms=[PI, X, [kind, argument]])


def test_other_atoms_are_not_turned():
    """A quarter of anything but pi alone stays in the argument."""
    rest = [["1", 0, 1, 1, 1], ["5", 0, 2], ["7", 1, 1]]
    for kind in ("sin", "cos"):
        assert check(forged(TRUE, BOX, atoms=[PI, X, [kind, rest]]))


@pytest.mark.parametrize("turned", ["(- x_0)", "(+ x_0 (* (/ 1.0 2.0) circle_number))"])
def test_names_in_the_script_are_of_functions_in_normal_form(turned):
    """What is called the sine of t_2 is that atom, not the negative of one, and no cosine."""
    terms = Terms(Atoms(), ["x"])
    terms.declare("circle_number")
    terms.declare("x_0")
    terms.define("t_1", [], "Real", "x_0")
    terms.declare("s_1")
    terms.define("t_2", [], "Real", read(turned)[0])
    with pytest.raises(CertificateError, match="normal form"):
        terms.declare("s_2")


def test_the_sign_of_a_sine_near_pi():
    mp.dps = DIGITS
    for digits in (3, 10, 30):
        scale = 10**digits
        below = Fraction(int(mp.floor(mp.pi * scale)), scale)
        assert sign_of_sine(below) == 1
        assert sign_of_sine(below + Fraction(1, scale)) == -1
    assert sign_of_sine(Fraction(0)) == 0
