"""Plateau classes: constructed logs of each class, damaged logs, and logs with columns missing."""

import csv
import json
import random
from dataclasses import dataclass

import pytest
from hypothesis import given, settings, strategies as st

from emlir_equilibrium import plateaus
from emlir_equilibrium.plateaus import SEEN, plateau
from tests.amounts import MANY

ROWS = 80


def log(rows=ROWS, **changes):
    """A healthy log with columns replaced: values, or functions of the row."""
    columns = {
        "step": lambda k: k,
        "loss": lambda k: 4 - 0.02 * k,
        "val_loss": lambda k: 4.1 - 0.02 * k,
        "res": 8e-4,
        "cos": 0.985,
        "skip_rate": 0.02,
        "lam": 0.5,
        "lam_max": 32.0,
        "rho": 0.97,
        "re_mu": -0.3,
        "self_cos": 0.6,
    } | changes
    return {
        name: [value(k) if callable(value) else value for k in range(rows)]
        for name, value in columns.items()
        if value is not None
    }


CASES = {
    "healthy": log(),
    "healthy flat near the control": (log(loss=2.0, val_loss=2.05), 2.0),
    "invalid pinned": log(res=1.5e-2, skip_rate=0.9, lam=32.0, cos=0.02, loss=3.0, val_loss=3.0),
    "invalid bptt and controller": log(res=7e-2, lam=32.0, skip_rate=None, cos=None),
    "invalid nan": log(loss=lambda k: 3.0 if k < 70 else float("nan")),
    "invalid unstable": log(rho=1.044, re_mu=0.44),
    "invalid skipped": log(res=None, skip_rate=0.8),
    "over_contracted": (log(res=3e-6, loss=2.6, val_loss=2.62, cos=0.999), 1.7),
    "over_contracted pinned": log(res=3e-6, loss=2.6, val_loss=2.62, lam=32.0),
    "controller_fight self_cos": log(self_cos=-0.27, loss=2.4, val_loss=2.4, cos=None),
    "controller_fight self_cos between": log(self_cos=-0.27, loss=2.4, val_loss=2.4, cos=0.7),
    "healthy noise of small batches": log(self_cos=-0.27, cos=0.9999),
    "controller_fight cos": log(cos=-0.045),
    "controller_fight k": log(k=4133.0),
    "controller_fight swings": log(lam=lambda k: 0.2 if k % 2 else 8.0),
    "undecided flat": log(loss=2.4, val_loss=2.4),
    "undecided no res": log(res=None),
    "undecided no gradients": log(cos=None, self_cos=None),
    "undecided between": log(res=5e-3),
    "undecided over-contraction or wrong gradients": (
        log(res=3e-6, loss=2.6, val_loss=2.62, cos=None, self_cos=None),
        1.7,
    ),
    "undecided pinned, no gradients": log(res=3e-6, loss=2.6, lam=32.0, cos=None, self_cos=None),
    "undecided skips": log(skip_rate=0.3),
}


@pytest.mark.parametrize("name", CASES)
def test_each_class_is_recognised(name):
    case = CASES[name]
    columns, control = case if isinstance(case, tuple) else (case, None)
    report = plateau(columns, control)
    assert report.label == name.split(" ")[0]
    assert report.status == ("inconclusive" if report.label == "undecided" else "ok")
    json.dumps(report.to_json(), allow_nan=False)


def late(good, bad, start=140):
    """A value that changes within the tail, which is the last 50 of 200 rows."""
    return lambda k: good if k < start else bad


MIXTURES = {
    "res at the end": {"res": late(8e-4, 5e-2, 190)},
    "res for a part": {"res": late(8e-4, 5e-2, 180)},
    "res at the very end": {"res": late(8e-4, 5e-2, 195)},
    "res now and then": {"res": lambda k: 5e-2 if k % 5 < 2 else 8e-4},
    "res not finite in between": {"res": lambda k: float("nan") if 165 < k < 180 else 8e-4},
    "res recovers": {"res": late(5e-2, 8e-4, 190)},
    "cos at the end": {"cos": late(0.985, -0.1, 190)},
    "cos seldom": {"cos": lambda k: (-0.1 if k == 170 else 0.99) if k % 10 == 0 else None},
    "nudge at the end": {"skip_rate": late(0.0, 0.9, 190)},
    "spectrum at the end": {"rho": late(0.97, 1.04, 190), "re_mu": late(-0.3, 0.4, 190)},
    "weight at the end": {"lam": late(0.5, 32.0, 185)},
    "norm ratio at the end": {"k": late(1.0, 4133.0, 190)},
    "two runs": {"step": lambda k: k if k < 170 else k - 170},
}


@pytest.mark.parametrize("name", MIXTURES)
def test_a_tail_that_is_not_of_one_kind_is_undecided(name):
    falling = {"loss": lambda k: 4 - 0.01 * k, "val_loss": lambda k: 4.1 - 0.01 * k}
    report = plateau(log(200, **falling, **MIXTURES[name]))
    assert (report.label, report.status) == ("undecided", "inconclusive")
    assert report.signs["loss_falls"], "nothing else keeps it from being healthy"
    assert plateau(log(200, **falling)).label == "healthy"


def test_over_contraction_that_ends_is_undecided():
    columns = log(200, res=late(3e-6, 5e-2, 190), loss=2.6, val_loss=2.62, cos=0.999)
    assert plateau(columns, 1.7).label == "undecided"


@pytest.mark.parametrize(
    ("name", "value"), [("res", -1e-3), ("cos", 1.7), ("skip_rate", 3), ("rho", -1.0)]
)
def test_what_a_column_cannot_hold_counts_as_not_measured(name, value):
    report = plateau(log(**{name: value}))
    assert name in report.missing and report.figures[name] is None
    assert any(f"{name} has {ROWS} cells that are no numbers from" in one for one in report.notes)
    assert plateau(log(cos=1 + 1e-12)).label == "healthy"


def test_classes_do_not_hang_on_a_single_row():
    """Warm-up rows and a few bad rows in the tail change nothing."""
    noisy = log(res=lambda k: 1.5e-2 if k < 40 or k == 75 else 8e-4)
    assert plateau(noisy).label == "healthy"


def test_what_is_not_logged_is_not_claimed():
    assert "gradients are right" in plateau(log()).notes[0]
    report = plateau(log(cos=None))
    assert report.label == "healthy" and "are right" not in report.notes[0]


def test_missing_columns_are_named():
    report = plateau(log(rho=None, self_cos=None))
    assert report.label == "healthy" and report.missing == ("rho", "self_cos")
    assert "no evidence from rho, self_cos" in " ".join(report.notes)
    assert report.signs["self_cosine_negative"] is None
    emptied = log(self_cos=lambda k: 0.5 if k < 10 else None)
    assert "self_cos" in plateau(emptied).missing  # nothing in the part that counts


def test_files_tables_and_rows_give_the_same(tmp_path):
    columns = log(val_loss=lambda k: 3.0 if k % 5 == 0 else None)
    path = tmp_path / "log.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(
            ["" if one is None else one for one in row]
            for row in zip(*columns.values(), strict=True)
        )
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    @dataclass
    class Row:
        step: int
        res: float

    found = plateau(columns)
    for same in (path, str(path), rows):
        assert plateau(same).to_json() == found.to_json()
    pandas = pytest.importorskip("pandas")
    assert plateau(pandas.DataFrame(columns)).to_json() == found.to_json()
    assert plateau([Row(k, 2e-2) for k in range(9)]).label == "invalid"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", "the file is empty"),
        ("\n \n", "the file is empty"),
        ("step,loss\n", "there are no rows"),
        ("step,loss\n1,2\n", "1 rows are too few"),
        ("a,b\n" + "1,2\n" * 9, "no column can be used"),
        ("loss,loss\n" + "1,2\n" * 9, "named twice"),
        ("loss\n" + "abc\n" * 9, "9 cells that are no numbers: 'abc'"),
        ("\x00\x01\ufffd", "no rows"),
    ],
)
def test_unusable_files_are_refused_with_a_reason(tmp_path, text, note):
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    report = plateau(path)
    assert (report.status, report.label) == ("refused", "undecided")
    assert note in " ".join(report.notes)


def test_ragged_rows_and_bad_cells_are_reported(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("step,res,cos,loss\n" + "1,1e-3,0.99\n" * 5 + "2,1e-3,x,2,9\n" * 5)
    report = plateau(path)
    assert "10 rows have not 4 cells" in report.notes
    assert any(
        "cos has 5 cells that are no numbers from -1 to 1: 'x'" in note for note in report.notes
    )


def test_what_is_no_log_is_refused():
    for wrong in (3, None, [1, 2], {"loss": "text"}, {"loss": 1.0}):
        with pytest.raises(TypeError):
            plateau(wrong)
    with pytest.raises(OSError, match="nowhere"):
        plateau("nowhere.csv")


cells = st.one_of(st.none(), st.floats(), st.text(max_size=6), st.integers(-(10**400), 10**400))


@settings(max_examples=MANY, deadline=None)
@given(
    st.dictionaries(st.sampled_from([*SEEN, "k", "other", ""]), st.lists(cells, max_size=12)),
    st.one_of(st.none(), st.floats()),
)
def test_no_content_makes_it_raise(columns, control):
    report = plateau(columns, control)
    assert report.label in (
        "healthy",
        "invalid",
        "over_contracted",
        "controller_fight",
        "undecided",
    )
    json.dumps(report.to_json(), allow_nan=False)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("logs") / "log.csv"
    path.write_bytes(b"step,res,loss\n" + content)
    assert plateau(path).label


def test_thresholds_lie_between_the_published_good_and_bad_figures():
    assert 0.0 < plateaus.RES_TINY < plateaus.RES_TARGET < plateaus.RES_INVALID <= 1.5e-2
    assert 0.26 < plateaus.COS_LOW < plateaus.COS_HIGH < 0.964
    assert 1 < plateaus.K_LARGE < 30 and -0.27 < plateaus.SELF_COS_BAD < 0.957
    assert 0 < plateaus.FAR_ABOVE < 2.4037 - 1.6953


def test_random_noise_around_a_class_keeps_it():
    noise = random.Random(0)
    for name, case in CASES.items():
        columns, control = case if isinstance(case, tuple) else (case, None)
        if "nan" in name or name == "controller_fight swings":
            continue
        moved = {
            key: [one * (1 + 0.004 * noise.uniform(-1, 1)) for one in column]
            for key, column in columns.items()
            if key != "lam"
        }
        kept = {"lam": columns["lam"]} if "lam" in columns else {}
        assert plateau({**moved, **kept}, control).label == name.split(" ")[0]
