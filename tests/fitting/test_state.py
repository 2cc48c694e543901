"""The state of a fit: kept, read back, never worse, and refused where it does not belong."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import emlir
from emlir.fitting import Candidate, Constant, saver
from emlir.fitting.record import Spent
from emlir.fitting.state import State, _checksum, data_digest, read_state, write_state
from tests.fitting.quick import use

X = np.linspace(0.5, 6.0, 20)
Y = 3 * X**2
PROBLEM = {"data": "d1", "strategy": "exact", "max_size": None}
STATE = State(
    (
        Candidate(
            emlir.parse("3*x^2"), -20.5, "multiplicative", 2, (Constant(3.1, 0.2, "3"),), 0.9
        ),
        Candidate(emlir.parse("x + 1/3"), 7.0),
    ),
    Spent(1200, 1.5),
)


def offer(*pairs, spend=10):
    """A search that yields formulas with their scores."""

    def search(problem):
        for text, score in pairs:
            problem.budget.spend(spend, "offering")
            yield Candidate(emlir.parse(text), score, problem.noises[0])

    return search


def test_what_is_written_is_read_back(tmp_path):
    path = tmp_path / "state.json"
    assert read_state(path, PROBLEM) == State()
    write_state(path, PROBLEM, STATE)
    assert read_state(path, PROBLEM) == STATE
    assert [child.name for child in tmp_path.iterdir()] == ["state.json"]


def test_a_fit_goes_on_from_what_is_known(monkeypatch, tmp_path):
    path, known = tmp_path / "state.json", []
    use(monkeypatch, offer(("3*x^2", 1.0), ("x", 5.0)))
    first = emlir.fit(X, Y, resume=path)
    assert first.earlier is None

    def worse(problem):
        known.extend(problem.known)
        problem.budget.spend(3, "looking on")
        yield Candidate(emlir.parse("x - 3"), 3.0)

    use(monkeypatch, worse)
    second = emlir.fit(X, Y, resume=str(path), seed=5, time_limit=3)
    assert {str(candidate.expression) for candidate in known} == {"3*x^2", "x"}
    assert second.expression is first.expression
    assert {m.expression for m in second.front} == {m.expression for m in first.front}
    assert (second.work, second.earlier.work) == (3, 20)
    assert emlir.fit(X, Y, resume=path).earlier.work == 23


def test_an_interrupt_at_once_gives_what_is_known(monkeypatch, tmp_path):
    path = tmp_path / "state.json"
    use(monkeypatch, offer(("3*x^2", 1.0)))
    emlir.fit(X, Y, resume=path)

    def interrupted(problem):
        raise KeyboardInterrupt
        yield

    use(monkeypatch, interrupted)
    result = emlir.fit(X, Y, resume=path)
    assert (str(result.expression), result.stopped) == ("3*x^2", "interrupted")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"y": Y + 1}, "other data"),
        ({"names": ["z"]}, "other data"),
        ({"sample_weight": X}, "other data"),
        ({"noise": "additive"}, "other options: noise"),
        ({"max_size": 7}, "other options: max_size None, not 7"),
        ({"depth": 7}, "other options: depth"),
        ({"units": {"x": "m"}}, "other options: units"),
        ({"y_unit": "m"}, "other options: units"),
    ],
)
def test_the_state_of_another_fit_is_refused_and_kept(monkeypatch, tmp_path, changed, says):
    path = tmp_path / "state.json"
    use(monkeypatch, offer(("3*x^2", 1.0)))
    emlir.fit(X, Y, resume=path)
    before = path.read_bytes()
    with pytest.raises(emlir.DataError, match=says):
        emlir.fit(X, **{"y": Y, "resume": path, **changed})
    assert path.read_bytes() == before


def damage(document, how):
    if how == "score":
        document["candidates"][0]["score"] = -1e9
    elif how == "node":
        document["nodes"][-1][-1] = 0
    elif how == "version":
        document["emlir_fit"] = 2
    else:
        del document["candidates"]
    return json.dumps(document)


DAMAGED = {
    "score": "changed or damaged",
    "node": "changed or damaged",
    "version": "format 2",
    "missing": "changed or damaged",
}


@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_state_is_refused(tmp_path, how):
    path = tmp_path / "state.json"
    write_state(path, PROBLEM, STATE)
    path.write_text(damage(json.loads(path.read_text()), how))
    with pytest.raises(emlir.DataError, match=DAMAGED[how]):
        read_state(path, PROBLEM)


@pytest.mark.parametrize("content", [b"", b"x,y\n1,2\n", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_a_file_that_is_no_state_is_refused(tmp_path, content):
    path = tmp_path / "state.json"
    path.write_bytes(content)
    with pytest.raises(emlir.DataError, match="no state of a fit"):
        emlir.fit(X, Y, resume=path)
    assert path.read_bytes() == content


def test_a_write_that_fails_leaves_the_old_state(monkeypatch, tmp_path):
    path = tmp_path / "state.json"
    write_state(path, PROBLEM, STATE)
    before = path.read_bytes()

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_state(path, PROBLEM, State())
    assert path.read_bytes() == before
    assert [child.name for child in tmp_path.iterdir()] == ["state.json"]


def test_the_state_is_saved_while_the_search_runs(monkeypatch, tmp_path):
    path, held = tmp_path / "state.json", []

    def search(problem):
        for text in ("x", "3*x^2"):
            yield Candidate(emlir.parse(text), 1.0)
            problem.budget.spend(1, "searching")
            held.append(len(json.loads(path.read_text())["candidates"]))

    use(monkeypatch, search)
    monkeypatch.setattr(saver, "INTERVAL", -1.0)
    emlir.fit(X, Y, resume=path)
    assert held == [1, 2]
    path.unlink()
    held.clear()
    monkeypatch.setattr(saver, "INTERVAL", 1e9)
    emlir.fit(X, Y, resume=path)
    assert held == [0, 0]


def test_a_save_that_fails_is_an_error_at_the_start_and_a_warning_later(monkeypatch, tmp_path):
    with pytest.raises(FileNotFoundError):
        emlir.fit(X, Y, resume=tmp_path / "nowhere" / "state.json")
    path = tmp_path / "folder" / "state.json"
    path.parent.mkdir()

    def search(problem):
        path.unlink()
        path.parent.rmdir()
        yield Candidate(emlir.parse("3*x^2"), 1.0)

    use(monkeypatch, search)
    with pytest.warns(RuntimeWarning, match="the fit was not saved"):
        result = emlir.fit(X, Y, resume=path)
    assert str(result.expression) == "3*x^2"


def test_an_operator_that_is_not_installed_is_named(tmp_path):
    path = tmp_path / "state.json"
    write_state(path, PROBLEM, State((Candidate(emlir.parse("sin(x)"), 1.0),)))
    document = json.loads(path.read_text())
    body = {k: v for k, v in document.items() if k not in ("emlir_fit", "checksum")}
    body["operators"] = {"sin": "elementary.sin@99"}
    path.write_text(json.dumps({"emlir_fit": 1, "checksum": _checksum(body), **body}))
    with pytest.raises(emlir.DataError, match="sin@99"):
        read_state(path, PROBLEM)


def test_a_constant_target_is_kept_too(tmp_path):
    path = tmp_path / "state.json"
    for _ in range(2):
        assert str(emlir.fit(X, np.full(X.size, 0.5), resume=path).expression) == "1/2"


def test_the_digest_of_data():
    columns = {"a": np.array([1.0, 2.0]), "b": np.array([3.0, 4.0])}
    y = np.array([5.0, 6.0])
    digest = data_digest(columns, y, None)
    assert digest.startswith("990646cd6050d36b")
    assert digest == data_digest(columns, y.astype(">f8"), None)
    others = [
        data_digest({"a": columns["a"], "c": columns["b"]}, y, None),
        data_digest({"b": columns["a"], "a": columns["b"]}, y, None),
        data_digest(columns, np.array([5.0, np.nextafter(6.0, 7.0)]), None),
        data_digest(columns, y, np.array([1.5, 0.5])),
        data_digest({"a": columns["a"]}, y, columns["b"]),
    ]
    assert len({digest, *others}) == 6


def test_exact_constants_survive(tmp_path):
    path = tmp_path / "state.json"
    third = emlir.const(Fraction(1, 3)) * emlir.symbols("x")
    write_state(path, PROBLEM, State((Candidate(third, 0.0),)))
    assert read_state(path, PROBLEM).candidates[0].expression is third
