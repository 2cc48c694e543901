"""Each report draws itself; what the picture shows is what the report says."""

import subprocess
import sys
from dataclasses import replace

import pytest

from emlir_equilibrium import abscissa, correct, hopf_margin, jac_norm, leading_eigs, solve
from emlir_equilibrium.drawing import draw
from emlir_equilibrium.experiments.reporting import made
from emlir_equilibrium.gradients.comparing import Agreement
from emlir_equilibrium.gradients.sweeping import LrSweepReport, Move
from emlir_equilibrium.gradients.triangulating import TriangulationReport
from emlir_equilibrium.pictures import Picture, bars
from emlir_equilibrium.plateaus import plateau
from emlir_equilibrium.report import Report
from emlir_equilibrium.symbolic import certified_contraction, krawczyk, prove_stability
from tests.plugins.equilibrium_zoo import rotation

ROTATION = rotation(1.044, 1.3)
RATES = {"x": "x^2 - p", "y": "x - y"}


def sweep():
    moves = (Move("vf", 0.1, -0.5, 1e-3), Move("vf", 1.0, None, None), Move("bptt", 0.1, -1.0, 0.1))
    return LrSweepReport(status="ok", method="sweep", loss=3.0, moves=moves)


def triangulation():
    agreements = (
        Agreement("vf", "all", 0.5, 1.1, 0.5),
        Agreement("vf", "head", 1.0, 1.0, 0.0),
        Agreement("asymep", "all", 1.0, 1.0, 1e-15),
    )
    return TriangulationReport(status="ok", method="t", reference="implicit", agreements=agreements)


REPORTS = {
    "solve": lambda: solve(ROTATION),
    "correct": lambda: correct(ROTATION),
    "leading_eigs": lambda: leading_eigs(ROTATION),
    "hopf_margin": lambda: hopf_margin(ROTATION),
    "abscissa": lambda: abscissa(ROTATION),
    "jac_norm": lambda: jac_norm(ROTATION),
    "plateau": lambda: plateau([{"step": k, "loss": 3.0, "res": 1e-3} for k in range(9)]),
    "refused": lambda: plateau([]),
    "krawczyk": lambda: krawczyk(RATES, {"x": (1, 2), "y": (1, 2), "p": (2, 2)}),
    "proof": lambda: prove_stability({"x": "p - x"}, "p in [0, 1]", {"x": "p"}),
    "contraction": lambda: certified_contraction({"x": "-x"}, {"x": (-1, 1)}),
    "experiment": lambda: made("a", "why?", [{"n": 1, "b": 0.5, "c": None, "d": "x"}], "m"),
    "no rows": lambda: made("a", "why?", [], "m"),
    "lr_sweep": sweep,
    "triangulation": triangulation,
}


@pytest.mark.parametrize("name", REPORTS)
def test_each_report_draws_itself(name, tmp_path):
    report = REPORTS[name]()
    figure = report.plot(tmp_path / "one.svg")
    assert len(figure.axes) == len(report.picture().panels)
    report.plot(tmp_path / "two.svg")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_eigenvalues_are_where_they_are():
    report = leading_eigs(ROTATION)
    flow, step = report.picture().panels
    assert (0.0, 0.0, 1.0) in step.circles
    assert flow.series[0].x == tuple(one.mu.real for one in report.leading)
    assert step.series[0].y == tuple(one.multiplier.imag for one in report.leading)


def test_discs_are_as_wide_as_in_the_report():
    report = hopf_margin(ROTATION)
    radii = [circle[2] for circle in report.picture().panels[0].circles]
    assert radii == [report.leading_flow.radius, report.leading_map.radius]


def test_a_group_without_an_agreement_has_no_bar():
    gaps, ratios = triangulation().picture().panels
    assert gaps.names == ("all", "head")
    assert [one.x for one in gaps.series] == [(0.0, 1.0), (0.0,)]
    assert [one.y for one in ratios.series] == [(1.1, 1.0), (1.0,)]


def test_a_value_without_a_known_error_is_not_drawn():
    known = draw(Picture("t", (bars({"a": 1.0, "b": 2.0}, "", (0.1, float("inf"))),)))
    assert len(known.axes[0].patches) == 1


def test_an_eigenvalue_without_an_interval_has_no_disc():
    report = leading_eigs(ROTATION)
    lost = replace(
        report, leading=tuple(replace(one, radius=float("inf")) for one in report.leading)
    )
    assert len(lost.plot().axes[0].patches) == 0


def test_a_step_without_a_loss_is_not_drawn():
    vf, bptt = sweep().picture().panels[0].series
    assert (vf.x, vf.y, bptt.y) == ((0.1,), (-0.5,), (-1.0,))


def test_a_report_of_a_plugin_shows_its_figures():
    import dataclasses

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Own(Report):
        size: float
        name: str
        sure: bool

    (panel,) = Own(status="ok", method="m", size=-2.0, name="n", sure=True).picture().panels
    assert (panel.names, panel.series[0].y) == (("size",), (-2.0,))


@pytest.mark.parametrize(
    ("path", "error"), [("a.doc", ValueError), ("gone/a.png", FileNotFoundError)]
)
def test_a_path_that_will_not_do(path, error, tmp_path):
    with pytest.raises(error):
        plateau([]).plot(tmp_path / path)


def test_without_matplotlib_the_extra_is_named():
    code = (
        "import sys; sys.modules['matplotlib'] = None; sys.modules['matplotlib.figure'] = None\n"
        "from emlir_equilibrium.plateaus import plateau\n"
        "import emlir\n"
        "try: plateau([]).plot()\n"
        "except emlir.MissingDependencyError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "emlir[plots]" in done.stdout
