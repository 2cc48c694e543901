"""emlir schedule compare: the same runs from the same seed, and a log that says what was."""

import dataclasses
import io
import json
import math
import re
import sys

import click
import pytest

import emlir
from emlir.cli import main
from emlir_schedules import Schedule, schedule
from emlir_schedules.compare import Task, compare, five
from emlir_schedules.compare.command import compare_command
from emlir_schedules.compare.records import Trace
from emlir_schedules.compare.table import lines
from tests.plugins.schedule_compare_cases import SMALL, a_comparison, a_run, small

LINE = re.compile(r"schedule=\S+ .*step=\d+ train_loss=\S+ val_loss=\S+ lr=\S+")


@pytest.fixture(scope="session")
def transformers():
    return pytest.importorskip("transformers")


@pytest.fixture
def two():
    return {"line": schedule("linear", total=4), "same": schedule("constant", total=4)}


@pytest.fixture
def command(monkeypatch):
    """Runs the command as ``emlir`` does."""

    @click.group()
    def root():
        pass

    root.add_command(compare_command)
    monkeypatch.setattr(main, "root", root)
    return lambda *words: main.run(["compare", *words])


@pytest.mark.usefixtures("transformers")
class TestRuns:
    def test_the_same_seed_gives_the_same_numbers(self, two):
        assert small(two, seeds=[3]) == small(two, seeds=[3])

    def test_a_seed_stands_alone(self, two):
        both = small(two, seeds=[3, 5])
        assert both.runs[2:] == small(two, seeds=[5]).runs

    def test_seeds_differ_in_weights_and_data(self, two, monkeypatch):
        first, second = small(two, seeds=[0, 1]).of("line")
        assert first.validation.initial != second.validation.initial
        assert first.train.initial != second.train.initial
        monkeypatch.setattr(
            Task, "draw", lambda *given, draw=Task.draw: draw(given[0], 7, *given[2:])
        )
        first, second = small(two, seeds=[0, 1]).of("line")
        assert first.validation.initial != second.validation.initial  # the weights differ

    def test_all_schedules_begin_from_the_same(self, two):
        line, same = small(two).runs
        assert line.validation.initial == same.validation.initial
        assert line.steps[0] == same.steps[0]  # both rates are 1 at first
        assert line.steps[-1] != same.steps[-1]

    def test_the_same_rates_give_the_same_run(self):
        one = schedule("linear", total=4)
        first, second = small({"a": one, "b": Schedule(one.form, one.parameters, 4)}).runs
        assert dataclasses.replace(second, schedule="a") == first

    def test_torchs_own_random_numbers_are_left_alone(self, two):
        import torch

        found = small(two)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(12345)
            before = torch.random.get_rng_state()
            assert small(two) == found
            assert torch.equal(torch.random.get_rng_state(), before)

    def test_a_seed_decides_the_first_weights(self):
        from emlir_schedules.compare.model import classifier

        first, same, other = (
            [weights.sum().item() for weights in classifier(SMALL, seed).parameters()]
            for seed in (0, 0, 1)
        )
        assert first == same != other

    def test_dropout_is_off(self):
        from emlir_schedules.compare.model import classifier

        model, data = classifier(SMALL, 0), SMALL.draw(0, 1)
        model.train()
        first, second = (model(input_ids=data.tokens).logits for _ in range(2))
        assert (first == second).all()
        assert all(layer.p == 0 for layer in model.modules() if hasattr(layer, "p"))

    def test_the_rates_are_the_schedules(self, two):
        for run in small(two, base_rate=0.5).runs:
            rates = [step.lr for step in run.steps]
            assert rates == [0.5 * rate for rate in two[run.schedule]]
            assert run.trace == Trace(
                rates[0], rates[-1], max(rates), run.trace.final, sum(rates) / 4
            )

    def test_a_rate_of_0_changes_nothing(self):
        (run,) = small({"none": schedule("constant", peak=0)}).runs
        assert {step.val_loss for step in run.steps} == {run.validation.initial}

    def test_noise_changes_the_training_loss_only_at_first(self, two):
        plain, noisy = small(two).runs[0], small(two, label_noise=0.5).runs[0]
        assert plain.validation.initial == noisy.validation.initial
        assert plain.train.initial != noisy.train.initial

    def test_the_task_is_learned(self):
        one = {"linear": five(128)["linear"]}
        (run,) = compare(one, steps=128, seeds=[0]).runs
        assert run.validation.initial > 0.65
        assert run.validation.final < 0.05 and run.train.final < 0.05
        assert not run.diverged

    def test_divergence_is_recorded_and_breaks_nothing(self, two):
        wild = {"wild": schedule("formula", text="1e38", total=4), **two}
        found = small(wild, steps=4)
        run = found.of("wild")[0]
        assert run.diverged and len(run.steps) < 4 and not run.steps[-1].is_finite
        assert not any(other.diverged for other in found.runs[1:])
        assert "1 of 1" in "\n".join(lines(found))

    def test_no_schedule(self):
        with pytest.raises(ValueError, match="no schedule to compare"):
            small({})

    def test_progress(self, two):
        told = []
        small(two, progress=lambda *words: told.append(words))
        assert told == [("line, seed 0", 0, 8), ("same, seed 0", 4, 8), ("done", 8, 8)]


@pytest.mark.usefixtures("transformers")
class TestLog:
    def test_a_line_for_each_step_and_two_for_each_run(self, two):
        log = io.StringIO()
        found = small({"a line": two["line"]}, log=log)
        *steps, trace, losses = log.getvalue().splitlines()
        assert len(steps) == 4
        assert all(LINE.fullmatch(line.rpartition(" seed=")[0]) for line in steps)
        assert not LINE.search(trace) and not LINE.search(losses)
        (run,) = found.runs
        last = run.steps[-1]
        assert steps[-1] == (
            f"schedule=aline step=3 train_loss={last.train_loss!r} val_loss={last.val_loss!r}"
            f" lr={last.lr!r} seed=0"
        )
        assert trace == (
            "schedule=aline seed=0 lr_trace_start=0.005 lr_trace_end=0.00125"
            f" peak=0.005 final=0.0 mean={run.trace.mean!r}"
        )
        for part in ("initial", "best", "final"):
            assert f" {part}_val_loss={getattr(run.validation, part)!r} " in losses
            assert f" {part}_train_loss={getattr(run.train, part)!r} " in losses
        assert losses.endswith(" diverged=no")


@pytest.fixture
def stops_at(monkeypatch):
    """Ctrl-C in the run of a number."""
    from emlir_schedules.compare import train

    def arrange(number):
        count, real = iter(range(99)), train.train

        def stopping(*given):
            if next(count) == number:
                raise KeyboardInterrupt
            return real(*given)

        monkeypatch.setattr(train, "train", stopping)

    return arrange


@pytest.mark.usefixtures("transformers")
class TestCommand:
    def test_the_five(self, command, capsys):
        assert command("--steps", "2", "--seeds", "4,") == 0
        head, *body, remark = capsys.readouterr().out.splitlines()
        assert head.split()[0] == "schedule"
        assert [line.split()[0] for line in body] == list(five(2))
        assert remark.startswith("1 seed, 2 steps, one synthetic task")

    def test_progress_on_a_terminal_only(self, command, capsys, monkeypatch):
        words = ("--schedule", "linear()", "--steps", "2", "--seeds", "1")
        assert command(*words) == 0
        assert capsys.readouterr().err == ""
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        assert command(*words) == 0
        assert "100%" in capsys.readouterr().err

    def test_json(self, command, capsys):
        words = ("--schedule", "cosine()", "--schedule", "linear(total=9) | scale(0.5)")
        assert command(*words, "--steps", "2", "--seeds", "2", "--match", "peak", "--json") == 0
        found = json.loads(capsys.readouterr().out)
        assert list(found["schedules"]) == ["cosine()", "linear(total=9) | scale(0.5)"]
        assert found["settings"]["seeds"] == [0, 1] and found["settings"]["match"] == "peak"
        assert len(found["runs"]) == 4 and len(found["table"]) == 2
        assert {run["trace"]["peak"] for run in found["runs"]} == {0.005}

    def test_log_and_plot(self, command, capsys, tmp_path):
        pytest.importorskip("matplotlib")
        log, svg, again = (tmp_path / name for name in ("log", "a.svg", "b.svg"))
        words = ("--steps", "2", "--seeds", "1", "--log", str(log), "--plot")
        assert command(*words, str(svg)) == command(*words, str(again)) == 0
        assert len(log.read_text(encoding="utf-8").splitlines()) == 5 * (2 + 2)
        assert svg.read_bytes() == again.read_bytes()
        assert svg.read_text(encoding="utf-8").count("<!-- inverse-sqrt -->") == 1

    def test_a_picture_of_nothing(self, tmp_path):
        pytest.importorskip("matplotlib")
        from emlir_schedules.compare.plot import plot

        plot(a_comparison(a_run(losses=(0.7, math.nan))), tmp_path / "a.PNG")
        assert (tmp_path / "a.PNG").read_bytes().startswith(b"\x89PNG")

    def test_a_run_that_diverged_is_not_in_the_picture(self, tmp_path):
        pytest.importorskip("matplotlib")
        from emlir_schedules.compare.plot import plot

        runs = [a_run("good"), a_run("bad", losses=(0.7, 0.7, 9.0))]
        plot(a_comparison(*runs), tmp_path / "a.svg")
        text = (tmp_path / "a.svg").read_text(encoding="utf-8")
        assert "<!-- good -->" in text and "<!-- bad -->" not in text

    def test_ctrl_c_keeps_what_is_finished(self, command, capsys, stops_at):
        stops_at(6)
        assert command("--steps", "2") == 130
        *body, remark = capsys.readouterr().out.splitlines()
        assert [line.split()[-1] for line in body[1:]] == ["2", "1", "1", "1", "1"]
        assert remark.startswith("2 seeds, 2 steps") and "interrupted" in remark

    def test_ctrl_c_before_a_run_is_finished(self, command, capsys, stops_at):
        stops_at(0)
        assert command("--steps", "2") == 130
        assert "interrupted" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("--seeds", "x"), "write a count, or a list"),
            (("--seeds", "0"), "at least one"),
            (("--steps", "1"), "at least 2 steps"),
            (("--plot", "nowhere/a.png"), "no folder nowhere"),
            (("--plot", "a.gif"), "a picture ends in .png, .svg, .pdf"),
            (("--label-noise", "2"), "from 0 to 1"),
            (("--schedule", "nosuch(1)"), "nosuch"),
        ],
    )
    def test_mistakes(self, command, capsys, words, said):
        assert command(*words) == 2
        assert said in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["torch", "transformers"])
def test_without_what_it_needs(missing, command, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(emlir.MissingDependencyError, match=r"pip install 'emlir\[schedules\]'"):
        compare()
    assert command() == 2
    assert "pip install 'emlir[schedules]'" in capsys.readouterr().err


def test_a_plot_without_matplotlib(command, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert command("--plot", "a.png") == 2
    assert "pip install 'emlir[plots]'" in capsys.readouterr().err
