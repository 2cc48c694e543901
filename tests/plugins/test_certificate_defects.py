"""A defective prover believes that it has succeeded; the checker does not."""

import json

import pytest

from emlir.claims import Claim, Limits
from emlir_proof.certify import prover, write
from emlir_proof.certify.nodes import claim_of
from emlir_proof.certify.prover import CertificateProver
from emlir_proof.certify.search import Search
from emlir_proof.checker import CertificateError, check
from emlir_proof.smtlib import with_script
from tests.plugins import defective_lemmas, defective_waves, defective_writing
from tests.plugins.certificate_defects import DEFECTS
from tests.plugins.forgery import sealed

LIMITS = Limits(30.0)
"""Far more than a search needs that ends with success."""
GIVEN_UP = Limits(0.2)
"""Enough to see that without the defect there is no quick proof of a false claim."""

LISTED = defective_lemmas, defective_waves, defective_writing
"""They list their defects when they are imported."""
by_name = pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)


def believed(defect):
    """What the defective prover writes; it has to end with success."""
    with pytest.MonkeyPatch.context() as patch:
        defect.seed(patch)
        patch.setattr(write, "_trusted", lambda data: {})
        search = Search(Claim.of(defect.claim, defect.box or None), LIMITS)
        assert search.run() is True
        patch.setattr(write, "with_script", _scripted)
        return sealed(json.loads(json.dumps(write.written(search))))


def _scripted(data):
    """Add the script; what the rules reject has none, and is rejected for more than that."""
    try:
        return with_script(data)
    except CertificateError:
        return {**data, "smtlib2": [], "ladders": []}


@by_name
def test_what_a_defective_prover_believes_is_rejected(defect):
    data = believed(defect)
    claim = Claim.of(defect.claim, defect.box or None)
    if claim_of(data["claim"]) == claim:
        with pytest.raises(CertificateError) as rejected:
            check(data)
        assert "script" not in str(rejected.value) or data["smtlib2"]
    else:  # a proof, but of another claim
        assert check(data) == data["claim"]["text"]


@by_name
def test_a_defective_prover_proves_nothing(defect):
    claim, data = Claim.of(defect.claim, defect.box or None), believed(defect)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prover, "written", lambda search: data)
        patch.setattr(Search, "run", lambda self: True)
        assert CertificateProver(refutes=False).certified(claim, LIMITS) is None


@by_name
def test_without_the_defect_only_true_claims_are_proved(defect):
    claim = Claim.of(defect.claim, defect.box or None)
    limits = LIMITS if defect.is_true else GIVEN_UP
    found = CertificateProver(refutes=False).certified(claim, limits)
    assert (found is not None) == defect.is_true


def test_there_are_enough_of_them():
    names = [defect.name for defect in DEFECTS]
    assert len(set(names)) == len(names) >= 30
