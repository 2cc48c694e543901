"""emlir check, and emlir prove with a certificate: exit codes, JSON, and clear complaints."""

import json

import pytest

from emlir.cli import main

CLAIM = ["exp(x) >= 1 + x", "--where", "x in [-1, 1]"]
STATEMENT = "(exp(x) >= (1 + x)) for all x in [-1, 1]"


def run(capsys, *words):
    code = main.run(list(words))
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.out, captured.err


@pytest.fixture
def proof(tmp_path, capsys):
    file = tmp_path / "proof.json"
    code, out, err = run(capsys, "prove", *CLAIM, "--certificate", str(file))
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "proved: exp(x) >= 1 + x for x in [-1, 1]"
    assert out.splitlines()[1].endswith("in one part, accepted by the exact checker")
    assert "  it trusts E2: exp(u) >= 1 + u" in out.splitlines()
    return file


def test_a_certificate_is_accepted(proof, capsys):
    code, out, err = run(capsys, "check", str(proof), "--by", "exact")
    assert (code, err) == (0, "")
    first, second, *_, last = out.splitlines()
    assert first == f"claim: {STATEMENT}"
    assert second.startswith("  exact: accepted in ")
    assert last == "accepted"


def test_json_says_who_accepts(proof, capsys):
    code, out, _ = run(capsys, "check", str(proof), "--by", "exact", "--json")
    data = json.loads(out)
    assert code == 0
    assert data["accepted"] is True
    assert data["statement"] == STATEMENT
    assert [report["checker"] for report in data["reports"]] == ["exact"]
    assert set(data["trusts"]) == {"E1", "E2", "E3"}


def test_prove_says_in_json_what_it_proved(capsys):
    code, out, _ = run(capsys, "prove", *CLAIM, "--json")
    data = json.loads(out)
    assert (code, data["verdict"], data["statement"]) == (0, "proved", STATEMENT)
    assert data["bytes"] > 100


def test_a_changed_certificate_is_rejected(proof, capsys):
    proof.write_text(
        proof.read_text().replace('["1", false]', '["2", false]').replace("[-1, 1]", "[-1, 2]")
    )
    code, out, err = run(capsys, "check", str(proof), "--by", "exact")
    assert (code, err) == (1, "")
    assert "exact: REJECTED" in out
    assert "the checksum does not fit" in out
    assert out.splitlines()[-1] == "rejected"


def test_a_rejection_is_in_json_too(proof, capsys):
    data = json.loads(proof.read_text())
    proof.write_text(json.dumps({**data, "leaves": []}))
    code, out, _ = run(capsys, "check", str(proof), "--by", "exact", "--json")
    found = json.loads(out)
    assert (code, found["accepted"]) == (1, False)
    assert found["reports"][0]["accepted"] is False


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "holds no certificate"),
        ("{", "holds no certificate"),
        ("[]", "it has no claim"),
        ("{}", "it has no claim"),
        ('{"claim": {"text": "1 > 0"}, "digest": "0"}', "it has no trusts"),
        ('{"claim": {}, "digest": "", "trusts": {}, "leaves": []}', "text of the claim"),
        ('{"digest": "1", "digest": "2"}', "an entry is there twice"),
        ("[" * 100_000, "holds no certificate"),
        ("\x00\xff", "holds no certificate"),
    ],
)
def test_a_file_that_is_no_certificate(tmp_path, capsys, text, complaint):
    file = tmp_path / "odd.json"
    file.write_bytes(text.encode("latin-1"))
    code, out, err = run(capsys, "check", str(file), "--by", "exact")
    assert (code, out) == (2, "")
    assert complaint in err
    assert str(file) in err


def test_a_missing_file_and_a_missing_checker(proof, capsys):
    code, _, err = run(capsys, "check", str(proof.with_name("none.json")))
    assert code == 2
    assert "none.json" in err
    code, _, err = run(capsys, "check", str(proof), "--by", "exakt")
    assert code == 2
    assert "exakt" in err


def test_nothing_is_saved_of_what_is_not_proved(tmp_path, capsys):
    for claim, code in (("x > 0", 1), ("2^(10^10) > 0", 0)):
        file = tmp_path / "proof.json"
        box = ["--where", "x in [0, 1]"] if "x" in claim else []
        assert run(capsys, "prove", claim, *box, "--certificate", str(file))[0] == code
        assert not file.exists()
