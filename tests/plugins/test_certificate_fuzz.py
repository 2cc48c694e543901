"""False claims through the search for certificates, with the refuter off: none is proved."""

from itertools import islice

from emlir_proof.certify.prover import CertificateProver
from emlir_proof.goal import Goal
from emlir_proof.points import HIGH, refute
from tests.benchmarks.proof_fuzz import false_claims, tried

SEED = 7


def test_false_claims_are_not_proved():
    for false in islice(false_claims(SEED), 60):
        assert tried(false, 0.1) == "not proved", false.claim


def test_the_claims_are_false_and_not_all_alike():
    found = list(islice(false_claims(SEED), 300))
    assert {false.refuted.reason for false in found} == {"false", "undefined"}
    assert len({str(false.claim.expr) for false in found}) > 250
    for false in found:
        assert refute(Goal(false.claim), false.refuted.point, HIGH, 0) is not None
        for name, value in false.refuted.point.items():
            assert false.claim.box[name].contains(value)


def test_a_prover_that_proves_anything_is_noticed(monkeypatch):
    false = next(false_claims(SEED))
    monkeypatch.setattr(CertificateProver, "certified", lambda self, claim, limits: claim)
    assert tried(false, 0.1) == "PROVED"
