"""The block, and the trainer: its methods, controllers, log, checkpoints and experiments."""

import math
from dataclasses import replace
from statistics import fmean

import pytest
import torch

from emlir_equilibrium import EquilibriumProblem
from emlir_equilibrium.block import GROUPS, BlockConfig, EPBlock
from emlir_equilibrium.derivatives import Linearised
from emlir_equilibrium.experiments import EXPERIMENTS
from emlir_equilibrium.experiments.gradients import triangulation
from emlir_equilibrium.experiments.reporting import run, trainer_of
from emlir_equilibrium.experiments.structure import context, knock_out
from emlir_equilibrium.experiments.training import controller, penalties, warm_up
from emlir_equilibrium.gradients.relaxing import relax
from emlir_equilibrium.trainer import (
    BARE,
    Diverged,
    EPTrainer,
    TrainerConfig,
    save_checkpoint,
    sonnets,
)
from emlir_equilibrium.trainer.controllers import Fuse, Gate, ParameterMean, WeightController
from emlir_equilibrium.trainer.log import column
from emlir_equilibrium.trainer.text import corpus_of
from tests.plugins.equilibrium_small import block

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script.*:DeprecationWarning")


class TestBlock:
    @pytest.mark.parametrize("qk_norm", [False, True])
    def test_token_force_agrees_and_j_is_causal(self, qk_norm):
        made, indices, _ = block(1.0, qk_norm=qk_norm)
        problem = made.problem(indices)
        z = problem.z0
        torch.testing.assert_close(problem.token_force(z, z), problem.force(z))
        matrix = Linearised(problem, z).dense().reshape(4, 8, 16, 8, 16)
        ahead = torch.ones(8, 8).triu(1).bool()
        assert float(matrix.permute(0, 1, 3, 2, 4)[:, ahead].abs().max()) == 0
        own = torch.func.jvp(lambda s: problem.token_force(s, z), (z,), (torch.ones_like(z),))[1]
        blocks = matrix.diagonal(dim1=1, dim2=3).sum(2).transpose(1, 2)
        torch.testing.assert_close(own.detach(), blocks)

    def test_a_token_sees_the_context_and_not_the_other_states(self):
        made, indices, _ = block(1.0)
        problem = made.problem(indices)
        z, around = problem.z0, problem.z0 + 1
        whole = problem.token_force(z, around)
        for place in (0, 4, 7):
            mixed = around.clone()
            mixed[:, place] = z[:, place]
            torch.testing.assert_close(whole[:, place], problem.force(mixed)[:, place])

    def test_complex_states_continue_real_ones(self):
        made, indices, targets = block(1.0, qk_norm=True)
        problem = made.problem(indices, targets)
        z = problem.z0
        lifted = torch.complex(z, torch.zeros_like(z))
        torch.testing.assert_close(problem.force(lifted).real, problem.force(z))
        torch.testing.assert_close(problem.loss(lifted).real, problem.loss(z))
        truth = torch.nn.functional.cross_entropy((z @ made.head).flatten(0, 1), targets.flatten())
        torch.testing.assert_close(problem.loss(z), truth)

    def test_the_force_is_the_formula(self):
        made, indices, _ = block(1.0)
        z = made.inputs(indices).detach() + 0.3
        norm = torch.nn.functional.layer_norm
        first = norm(z, (16,), made.norm1_weight, made.norm1_bias)
        query, key, value = (
            (first @ one).unflatten(-1, (2, 8)).transpose(1, 2)
            for one in (made.query, made.key, made.value)
        )
        mixed = torch.nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        attention = mixed.transpose(1, 2).flatten(2) @ made.output
        second = norm(z, (16,), made.norm2_weight, made.norm2_bias)
        inner = torch.nn.functional.gelu(second @ made.up + made.up_bias, approximate="tanh")
        truth = made.inputs(indices) - 2 * z + attention + inner @ made.down + made.down_bias
        torch.testing.assert_close(made.force(z, made.inputs(indices)), truth)

    def test_groups_cover_the_parameters(self):
        names = [name for group in GROUPS.values() for name in group]
        assert sorted(names) == sorted(dict(block()[0].named_parameters()))

    def test_knocked_out_branches(self):
        made, indices, _ = block(1.0)
        bare = made.with_gains(0.0, 0.0)
        z = bare.problem(indices).z0
        x = bare.inputs(indices)
        torch.testing.assert_close(bare.force(z, x), x - 2 * z)
        torch.testing.assert_close(made.with_gains().force(z, x), made.force(z, x))

    @pytest.mark.parametrize(
        "bad", [{"width": 15}, {"heads": 0}, {"epsilon": 0.0}, {"vocabulary": 0}]
    )
    def test_bad_sizes(self, bad):
        with pytest.raises(ValueError):  # noqa: PT011
            BlockConfig(**{"vocabulary": 5, **bad})

    def test_unknown_options(self):
        with pytest.raises(ValueError, match="no option 'depth'"):
            BlockConfig.from_dict({"vocabulary": 5, "depth": 2})


class TestControllers:
    def test_the_weight_follows_the_residual_within_its_bounds(self):
        made = WeightController()
        assert (made.weight, made.target, made.bounds) == (0.1, 1.5e-3, (0.1, 32.0))
        assert made.update(made.target) == pytest.approx(0.1)
        for _ in range(200):
            made.update(1e-1)
        assert made.weight == 32.0
        for residual in (math.nan, math.inf):
            assert replace(made, weight=1.0).update(residual) > 1.0
        for _ in range(400):
            made.update(1e-9)
        assert made.weight == 0.1
        with pytest.raises(ValueError, match="bounds"):
            WeightController(bounds=(2.0, 1.0))

    def test_the_gate(self):
        made = Gate(1e-2, warm_up=1)
        assert [made.skips(one) for one in (0.0, 1e-2, 2e-2, math.nan)] == [True, False, True, True]
        assert made.rate == 0.75
        assert not Gate(None).skips(9.0)
        assert Gate(None).rate == 0.0

    @pytest.mark.parametrize(
        ("loss", "residual", "word"),
        [(math.nan, 0.0, "finite"), (1.0, 11.0, "residual"), (5.0, 0.0, "lowest")],
    )
    def test_the_fuse(self, loss, residual, word):
        made = Fuse()
        assert made.check(1.0, 1.0) is None
        assert word in made.check(loss, residual)

    def test_the_mean_has_no_bias(self):
        value = torch.full((3,), 2.0, dtype=torch.float64)
        made = ParameterMean({"p": value}, 0.9)
        torch.testing.assert_close(made.values()["p"], value)
        made.update()
        torch.testing.assert_close(made.values()["p"], value)
        value += 1
        made.update()
        with made.applied():
            assert 2.0 < float(value[0]) < 3.0
        assert float(value[0]) == 3.0
        with pytest.raises(ValueError, match="decay"):
            ParameterMean({}, 1.0)


def small(seed=0, scale=0.5, **options):
    return trainer_of(replace(BARE, **options), seed, branch_scale=scale)


class TestTraining:
    def test_the_methods_take_the_same_steps_at_rest(self):
        losses = {}
        for method in ("ep", "implicit", "bptt"):
            made = small(method=method, free_steps=120, nudged_steps=100, scale=0.2, lr=1e-2)
            losses[method] = [row.loss for row in run(made, 6)]
        for method in ("ep", "bptt"):
            assert losses[method] == pytest.approx(losses["implicit"], abs=1e-6)
        assert losses["ep"][-1] < losses["ep"][0] - 0.05

    def test_without_correction_they_differ(self):
        truth = [row.loss for row in run(small(method="implicit"), 12)]
        control = [row.loss for row in run(small(estimator="vf"), 12)]
        assert abs(control[-1] - truth[-1]) > 1e-3

    @pytest.mark.slow
    @pytest.mark.parametrize("seed", [0, 1])
    def test_the_loss_of_ep_is_that_of_implicit(self, seed):
        """The toy run: 100 steps of Adam at 3e-3, T1 = 60, T2 = 40."""
        ends = [
            fmean(row.loss for row in run(small(seed, method=one), 100, seed)[-10:])
            for one in ("ep", "implicit")
        ]
        assert ends[0] == pytest.approx(ends[1], abs=1e-3)

    def test_runs_repeat(self):
        first, second = (run(trainer_of(TrainerConfig(), 3), 4, 3) for _ in range(2))
        assert first == second

    def test_the_gate_skips_the_task_and_the_penalty_stays(self):
        made = small(gate=1e-12)
        before = {name: one.detach().clone() for name, one in made.parameters.items()}
        rows = run(made, 2)
        assert rows[-1].skip_rate == 1.0
        assert all(torch.equal(one.detach(), before[name]) for name, one in made.parameters.items())
        penalised = small(gate=1e-12, penalty="jacreg")
        run(penalised, 1)
        assert not torch.equal(penalised.block.output.detach(), before["output"])
        assert torch.equal(penalised.block.head.detach(), before["head"])

    def test_bptt_has_no_gate(self):
        assert run(small(method="bptt", gate=1e-12), 1)[0].skip_rate == 0.0

    def test_the_controller_raises_the_weight_and_the_log_says_so(self):
        made = small(penalty="resreg", controlled=True, residual_target=1e-12)
        rows = run(made, 3)
        weights = column(rows, "lam")
        assert weights[0] == 0.1 and weights == sorted(weights) and weights[-1] > 0.1
        assert rows[0].lam_max == 32.0
        fixed = run(small(penalty="resreg", controlled=False, weight=2.0), 2)
        assert column(fixed, "lam") == [2.0, 2.0]
        assert fixed[0].lam_max is None

    def test_penalties_lower_what_they_measure(self):
        made = small(penalty="jacreg", controlled=False, weight=30.0, lr=1e-2)
        rows = run(made, 8)
        assert rows[-1].res < run(small(lr=1e-2), 8)[-1].res

    def test_cosines_are_of_the_task_alone(self):
        """With a penalty in the gradient they would not be 1."""
        made = small(
            penalty="jacreg",
            controlled=False,
            weight=10.0,
            eig_coefficient=1.0,
            eig_margin=0.5,
            free_steps=150,
            nudged_steps=120,
            cosine_every=1,
        )
        assert column(run(made, 3), "cos") == pytest.approx([1, 1, 1], abs=1e-6)

    def test_measurements_are_made_when_due(self):
        made = small(
            cosine_every=2, spectrum_every=2, self_cos_every=3, validate_every=1, free_steps=80
        )
        rows = run(made, 3)
        assert [row.cos is None for row in rows] == [False, True, False]
        assert [row.self_cos is None for row in rows] == [False, True, True]
        assert [row.rho is None for row in rows] == [False, True, False]
        assert all(row.val_loss is not None for row in rows)
        assert rows[0].re_mu < 0 < rows[0].rho < 1

    def test_the_fuse_stops_and_puts_back(self):
        made = small(fuse=True, lr=1e-2)
        run(made, 1)
        safe = {name: one.clone() for name, one in made._safe.items()}
        with torch.no_grad():
            made.block.output.fill_(math.nan)
        with pytest.raises(Diverged, match="finite"):
            made.step(*made.validation)
        for name, one in made.parameters.items():
            assert torch.equal(one.detach(), safe[name])
        with pytest.raises(Diverged, match="step 1"):
            made.step(*made.validation)
        assert run(made, 3) == []

    def test_the_mean_of_parameters_validates(self):
        made = small(lr=1e-1)
        run(made, 6)
        before = made.block.head.detach().clone()
        assert made.validation_loss(mean=True) != made.validation_loss()
        assert torch.equal(made.block.head.detach(), before)
        with pytest.raises(ValueError, match="no validation"):
            EPTrainer(made.block).validation_loss()

    @pytest.mark.parametrize(
        "bad",
        [
            *({"method": "sgd"}, {"estimator": "x"}, {"penalty": "l2"}, {"lr": 0.0}),
            *({"lr": math.inf}, {"free_steps": 0}, {"nudged_steps": 2.5}, {"gate": -1.0}),
            *({"gate": math.nan}, {"weight": math.nan}, {"eig_margin": math.nan}),
            *({"eig_coefficient": -1.0}, {"warm_up": -3}, {"cosine_every": -1}),
        ],
    )
    def test_bad_options(self, bad):
        (name,) = bad
        with pytest.raises(ValueError, match=name):
            TrainerConfig(**bad)


class TestMargins:
    def test_they_are_those_of_the_corrected_state(self):
        made, indices, targets = block(1.0)
        problem = made.problem(indices, targets)
        found = EPTrainer._margin(problem, relax(problem, None, 100)[0])
        values = torch.linalg.eigvals(Linearised(problem, relax(problem, None, 2000)[0]).dense())
        assert found.re_mu == pytest.approx(float(values.real.max()), abs=1e-8)
        assert found.rho == pytest.approx(float((1 + 0.2 * values).abs().max()), abs=1e-8)

    def test_there_are_none_without_a_rest(self):
        problem = EquilibriumProblem(lambda z: 1 + z * z, torch.zeros(1, 1).double())
        assert EPTrainer._margin(problem, problem.z0) is None


class TestText:
    def test_the_sonnets(self):
        letters = sonnets(letters_only=True)
        assert letters.vocabulary == " abcdefghijklmnopqrstuvwxyz"
        assert len(sonnets().vocabulary) > 50
        assert len(letters.training) > 8 * len(letters.validation) > 8000

    def test_targets_are_the_next_characters(self):
        corpus = corpus_of("abcdefghij" * 10)
        for indices, targets in corpus.batches(3, batch=4, context=5):
            assert torch.equal((indices + 1) % 10, targets)
        with pytest.raises(ValueError, match="too short"):
            corpus_of("ab").validation_batch()


class TestExperiments:
    def test_the_names(self):
        assert list(EXPERIMENTS)[:7] == [
            "triangulation",
            "lr-sweep",
            "controller",
            "warm-up",
            "penalties",
            "knock-out",
            "context",
        ]

    @pytest.mark.parametrize("name", ["lr-sweep", "t2", "profile"])
    def test_small_runs(self, name):
        report = EXPERIMENTS[name](steps=2)
        assert report.name == name and report.rows
        assert all(tuple(row) == report.columns for row in report.rows)
        assert len(report.table().splitlines()) == len(report.rows) + 1
        report.to_json()

    def test_t2_helps(self):
        report = EXPERIMENTS["t2"](steps=1, horizons=(5, 40))
        gaps = [row["1-cos"] for row in report.rows if row["method"] == "asymep"]
        assert gaps[0] > 10 * gaps[1]

    @pytest.mark.slow
    def test_triangulation_of_a_run_and_of_files(self, tmp_path):
        quick = {"methods": ("vf", "asymep")}
        report = triangulation(checkpoints=1, **quick)
        whole = {row["method"]: row for row in report.rows if row["group"] == "all"}
        assert whole["asymep"]["cos"] > 0.999 > whole["vf"]["cos"]
        assert set(whole) == {"vf", "asymep", "bptt@150", "bptt@400"}
        assert whole["asymep"]["self_cos"] == pytest.approx(whole["bptt@400"]["self_cos"], abs=1e-2)
        save_checkpoint(trainer_of(TrainerConfig()), tmp_path / "c.pt")
        assert triangulation(paths=[tmp_path / "c.pt"], **quick).rows == report.rows

    @pytest.mark.slow
    def test_arms(self):
        assert [row["arm"] for row in controller(steps=1).rows][:3] == ["ep", "implicit", "bptt"]
        gated = {row["arm"]: row for row in warm_up(steps=3, first=3).rows}
        assert gated["warm-up"]["skip_rate"] == 1.0 and gated["neither"]["skip_rate"] == 0.0
        assert len(penalties(steps=1, weights=(0.1, 1.0)).rows) == 4

    def test_knocked_out_attention_mixes_nothing(self):
        rows = knock_out(steps=1).rows
        mixing = {(row["attention"], row["feed_forward"]): row["mixing"] for row in rows}
        assert mixing[0.0, 1.0] < 1e-7 < 0.01 < mixing[1.0, 1.0]

    def test_context(self):
        rows = context(steps=1, lengths=(1, 4)).rows
        assert [row["context"] for row in rows] == [1, 4]
        assert rows[-1]["gap"] == 0.0
        assert all(row["omega"] >= row["alpha"] for row in rows)


def test_a_block_on_its_own_log(tmp_path):
    corpus = sonnets(letters_only=True)
    made = EPTrainer(EPBlock(BlockConfig(27)), log=tmp_path / "log.csv")
    rows = made.train(corpus.batches(1))
    assert rows == made.log.rows
