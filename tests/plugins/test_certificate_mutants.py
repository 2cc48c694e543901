"""Changed certificates are rejected; with new checksums too, unless they prove the same."""

import copy

import pytest
from hypothesis import given, strategies as st

from emlir.claims import Claim
from emlir_proof.certify.nodes import claim_of
from emlir_proof.checker import CertificateError, check
from emlir_proof.checker.bundle import checksum
from tests.plugins.certificate_cases import FEW, TRUE, certified
from tests.plugins.mutation_checks import outcome
from tests.plugins.mutations import CHANGES, mutants

cases = st.sampled_from(FEW)
seeds = st.integers(0, 10**6)


@given(cases, seeds)
def test_changed_certificates_are_rejected(case, seed):
    data = certified(*case)
    for _, changed in mutants(data, 5, seed):
        with pytest.raises(CertificateError, match=r"format|checksum"):
            check(changed)


@given(cases, seeds, st.sampled_from(["checksum", "digest"]))
def test_with_a_new_checksum_they_are_rejected_or_prove_the_same(case, seed, seal):
    data = certified(*case)
    for name, changed in mutants(data, 5, seed):
        assert outcome(data, changed, seal) in ("rejected", "same claim"), name


@given(cases, seeds)
def test_with_all_written_anew_they_are_rejected_or_prove_what_no_point_refutes(case, seed):
    data = certified(*case)
    for name, changed in mutants(data, 5, seed):
        assert outcome(data, changed, "everything") != "false claim", name


@pytest.mark.parametrize(("claim", "box"), FEW)
def test_every_step_is_needed(claim, box):
    """No step is there for nothing: without any of them the claim does not follow."""
    data = certified(claim, box)
    for leaf, steps in enumerate(data["leaves"]):
        for place in range(len(steps)):
            fewer = copy.deepcopy(data)
            del fewer["leaves"][leaf][place]
            fewer["checksum"] = checksum(fewer)
            with pytest.raises(CertificateError):
                check(fewer)


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_each_kind_of_change_happens(name):
    found = {kind for case in FEW for kind, _ in mutants(certified(*case), 20, 0)}
    assert name in found


@pytest.mark.parametrize(("claim", "box"), TRUE)
def test_claims_are_read_back_from_the_nodes(claim, box):
    assert claim_of(certified(claim, box)["claim"]) == Claim.of(claim, box or None)
