"""The trainer's files and its fuse: what a run goes on with, what is refused, what is put back."""

import csv
import pickle
from dataclasses import asdict, fields
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from emlir_equilibrium.block import BlockConfig, EPBlock
from emlir_equilibrium.experiments.structure import knock_out
from emlir_equilibrium.fingerprints import fingerprint
from emlir_equilibrium.trainer import (
    COLUMNS,
    CsvLog,
    Diverged,
    EPTrainer,
    LogRow,
    TrainerConfig,
    load_checkpoint,
    read_checkpoint,
    save_checkpoint,
    sonnets,
)
from emlir_equilibrium.trainer.controllers import Fuse

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script.*:DeprecationWarning")
PLACES = 4


def trainer(log=None, **options):
    """One of a small block, with short phases."""
    corpus = sonnets(letters_only=True)
    size = BlockConfig(27, width=8, heads=2, context=PLACES, epsilon=0.2, branch_scale=0.5)
    config = TrainerConfig(**{"free_steps": 20, "nudged_steps": 10, "gate": None} | options)
    validation = corpus.validation_batch(4, PLACES)
    return EPTrainer(EPBlock(size), config, validation=validation, log=log)


def batches(count):
    return list(sonnets(letters_only=True).batches(count, 4, PLACES))


def parameters(of):
    return {name: one.detach().clone() for name, one in of.parameters.items()}


class TestLog:
    def test_columns_are_the_fields(self):
        assert tuple(COLUMNS) == tuple(one.name for one in fields(LogRow))

    def test_the_file_reads_back(self, tmp_path):
        path = tmp_path / "log.csv"
        log = CsvLog(path)
        log.add(LogRow(0, loss=0.1, res=1e-3))
        log.add(LogRow(1, cos=-0.25))
        with path.open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert list(rows[0]) == list(COLUMNS)
        assert float(rows[0]["loss"]) == 0.1 and rows[0]["cos"] == ""
        assert float(rows[1]["cos"]) == -0.25 and rows[1]["loss"] == ""

    def test_a_trainer_writes_it(self, tmp_path):
        trainer(tmp_path / "log.csv").train(batches(2))
        assert len((tmp_path / "log.csv").read_text(encoding="utf-8").splitlines()) == 3

    def test_a_run_that_goes_on_keeps_its_rows(self, tmp_path):
        """Also rows from after the checkpoint, and one that was cut, do not stay."""
        whole, path, saved = (tmp_path / name for name in ("whole.csv", "log.csv", "c.pt"))
        trainer(whole).train(batches(5))
        first = trainer(path)
        first.train(batches(3)[:2])
        save_checkpoint(first, saved)
        first.step(*batches(3)[2])
        with path.open("a", encoding="utf-8") as file:
            file.write("3,0.1")
        load_checkpoint(saved, path).train(batches(5)[2:])
        assert path.read_bytes() == whole.read_bytes()

    def test_another_file_is_not_gone_on_with(self, tmp_path):
        path = tmp_path / "other.csv"
        path.write_text("a,b\n1,2\n", encoding="utf-8")
        with pytest.raises(ValueError, match="not a log of this trainer"):
            CsvLog(path, 3)
        assert path.read_text(encoding="utf-8") == "a,b\n1,2\n"
        with pytest.raises(FileNotFoundError):
            CsvLog(tmp_path / "none.csv", 3)


class Runs:
    """What a pickle may do when it is read carelessly."""

    def __reduce__(self):
        return pytest.fail, ("code of a checkpoint was run",)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    path = tmp_path_factory.mktemp("checkpoints") / "c.pt"
    made = trainer(warm_up=2, weight=2.0)
    made.train(batches(3))
    save_checkpoint(made, path, sonnets(letters_only=True).vocabulary)
    return path


class TestCheckpoints:
    def test_a_run_goes_on_as_if_it_had_not_stopped(self, checkpoint):
        whole = trainer(warm_up=2, weight=2.0)
        rows = whole.train(batches(6))
        second = load_checkpoint(checkpoint)
        assert [asdict(row) for row in second.train(batches(6)[3:])] == [
            asdict(row) for row in rows[3:]
        ]
        assert second.validation_loss(mean=True) == whole.validation_loss(mean=True)
        assert read_checkpoint(checkpoint)["vocabulary"].startswith(" abc")

    def test_a_blown_fuse_stays_blown(self, tmp_path):
        made = trainer()
        made.fuse.blown = "the loss is not finite"
        save_checkpoint(made, tmp_path / "c.pt")
        with pytest.raises(Diverged, match="not finite"):
            load_checkpoint(tmp_path / "c.pt").step(*batches(1)[0])

    def test_a_file_stays_whole_until_the_next_one_is(self, checkpoint, tmp_path, monkeypatch):
        path = tmp_path / "c.pt"
        path.write_bytes(checkpoint.read_bytes())

        def interrupted(held, to):
            Path(to).write_bytes(b"half")
            raise KeyboardInterrupt

        monkeypatch.setattr(torch, "save", interrupted)
        with pytest.raises(KeyboardInterrupt):
            save_checkpoint(trainer(), path)
        assert load_checkpoint(path).steps == 3

    @pytest.mark.parametrize("content", ["no", "", "step,loss\n0,4.05\n1,3.9\n", "c", "(((("])
    def test_text_is_refused(self, tmp_path, content):
        path = tmp_path / "x.pt"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(ValueError, match="not a checkpoint"):
            read_checkpoint(path)

    def test_other_files_are_refused(self, tmp_path, checkpoint):
        path = tmp_path / "x.pt"
        content = checkpoint.read_bytes()
        for damaged in (content[: len(content) // 2], content[:-40], pickle.dumps(Runs())):
            path.write_bytes(damaged)
            with pytest.raises(ValueError, match="not a checkpoint"):
                read_checkpoint(path)
        for held in ({"a": 1}, torch.ones(2), Runs()):
            torch.save(held, path)
            with pytest.raises(ValueError, match="not a checkpoint"):
                read_checkpoint(path)
        with pytest.raises(FileNotFoundError):
            read_checkpoint(tmp_path / "none.pt")

    @pytest.mark.parametrize(
        "change",
        [
            {"block": None},
            {"dtype": "load"},
            {"trainer": {"method": "sgd"}},
            {"state": {}},
            {"mean": {"steps": 1, "totals": {}}},
            {"optimizer": 3},
        ],
    )
    def test_damaged_parts_are_told(self, tmp_path, checkpoint, change):
        path = tmp_path / "x.pt"
        torch.save({**read_checkpoint(checkpoint), **change}, path)
        with pytest.raises(ValueError, match="is a damaged checkpoint"):
            load_checkpoint(path)


class TestFuse:
    """A step that ruins the parameters: it is the next one that notices."""

    def ruined(self, made, batch):
        for group in made.optimizer.param_groups:
            group["lr"] = 1e6
        made.step(*batch)
        with pytest.raises(Diverged, match="above the lowest"):
            made.step(*batch)

    def test_the_first_step_is_undone(self):
        made = trainer()
        start, batch = parameters(made), batches(1)[0]
        self.ruined(made, batch)
        assert all(torch.equal(one, start[name]) for name, one in parameters(made).items())
        assert made.validation_loss(mean=True) == made.validation_loss()

    def test_a_later_step_is_undone_with_the_mean(self, checkpoint):
        made = load_checkpoint(checkpoint)
        start, loss, mean = parameters(made), made.validation_loss(), made.mean.state()
        self.ruined(made, batches(4)[3])
        assert all(torch.equal(one, start[name]) for name, one in parameters(made).items())
        assert made.validation_loss() == loss and made.mean.steps == mean["steps"] > 0
        for name, one in made.mean.totals.items():
            assert torch.equal(one, mean["totals"][name])

    def test_without_it_a_gradient_that_is_not_finite_is_not_taken(self, monkeypatch):
        made = trainer(fuse=False)
        start = parameters(made)
        monkeypatch.setattr(
            "emlir_equilibrium.trainer.training.jacreg", lambda *_, **__: made.block.head.sum() / 0
        )
        made.train(batches(2))
        assert all(torch.equal(one, start[name]) for name, one in parameters(made).items())

    def test_an_experiment_after_training_that_stopped_is_inconclusive(self, monkeypatch):
        monkeypatch.setattr(Fuse, "check", lambda self, *_: setattr(self, "blown", "why") or "why")
        report = knock_out(steps=1)
        assert report.status == "inconclusive"
        assert "training stopped before its end: why" in report.notes


def test_a_fingerprint_of_a_run_that_does_not_settle_is_not_sure():
    assert fingerprint(trainer(free_steps=80), 2).status == "ok"
    report = fingerprint(trainer(free_steps=5), 2)
    assert report.residual > 1e-2 and report.map == "stable"
    assert report.status == "inconclusive" and "does not settle" in " ".join(report.notes)


def test_the_example_leaves_what_the_commands_read(tmp_path, monkeypatch):
    """One step; the report at its end and the text that it writes are left out."""
    path = Path(__file__).parents[2] / "docs" / "examples" / "ept.py"
    spec = spec_from_file_location("ept_example", path)
    example = module_from_spec(spec)
    spec.loader.exec_module(example)
    monkeypatch.setattr(example, "grad_triangulate", lambda problem: SimpleNamespace(table=str))
    monkeypatch.setattr(example, "written", lambda trainer, vocabulary, text: text)
    folder = tmp_path / "new"
    made = example.main(1, folder)
    assert load_checkpoint(folder / "checkpoint.pt").steps == made.steps == 1
    lines = (folder / "log.csv").read_text(encoding="utf-8").splitlines()
    (row,) = csv.DictReader(lines)
    assert all(row[name] for name in ("val_loss", "res", "cos", "rho", "re_mu", "self_cos"))
