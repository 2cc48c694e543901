"""emlir schedule compare: the same runs from the same seed, and records that say what was."""

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
from emlir_schedules.compare.matching import all_matched
from emlir_schedules.compare.records import Comparison, Losses, Run, Step, Trace
from emlir_schedules.compare.settings import Settings
from emlir_schedules.compare.table import Figure, lines, rows

LINE = re.compile(r"schedule=\S+ .*step=\d+ train_loss=\S+ val_loss=\S+ lr=\S+")
SMALL = Task(vocabulary=16, length=4, train_rows=64, validation_rows=32, batch=16)


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


def small(schedules=None, **options):
    return compare(schedules, **{"steps": 4, "seeds": [0], "task": SMALL, **options})


def a_run(name="a", seed=0, losses=(0.7, 0.6, 0.5)):
    rest = losses[1:]
    steps = tuple(Step(k, loss, loss, 0.1) for k, loss in enumerate(rest))
    return Run(
        name, seed, Trace(0.1, 0.1, 0.1, 0.1, 0.1), steps, Losses.of(losses), Losses.of(rest)
    )


def a_comparison(*runs, stopped="done", **options):
    settings = Settings(**{"steps": 2, "seeds": (0, 1, 2), **options})
    names = {run.schedule: schedule("constant", total=2) for run in runs}
    return Comparison(names, settings, runs, stopped)


class TestTask:
    data = staticmethod(lambda **options: Task().draw(**{"seed": 0, "steps": 8, **options}))

    def test_the_marker_decides_and_the_classes_are_balanced(self):
        data = self.data()
        for tokens, labels in (
            (data.tokens, data.labels),
            (data.validation_tokens, data.validation_labels),
        ):
            assert ((tokens == 1).sum(1) == labels).all()
            assert labels.sum() * 2 == len(labels)
            assert tokens.min() == 1
            assert tokens.max() == 63

    def test_no_row_is_in_both(self):
        data = self.data()
        train, other = (
            {tuple(row) for row in part.tolist()} for part in (data.tokens, data.validation_tokens)
        )
        assert len(train) == 2048 and len(other) == 128 and not train & other

    def test_too_few_tokens_for_different_rows(self):
        with pytest.raises(ValueError, match="too few different rows"):
            Task(vocabulary=4, length=3).draw(0, 1)

    def test_rows_that_were_there_are_drawn_anew(self):
        few = Task(vocabulary=5, length=3, train_rows=32, validation_rows=8, batch=8)
        data = few.draw(0, 1)
        assert (
            len({tuple(row) for row in (*data.tokens.tolist(), *data.validation_tokens.tolist())})
            == 40
        )
        assert ((data.tokens == 1).sum(1) == data.labels).all()

    def test_a_seed_decides(self):
        assert (self.data().tokens == self.data().tokens).all()
        assert (self.data().tokens != self.data(seed=1).tokens).any()
        assert (self.data().order == self.data().order).all()

    @pytest.mark.parametrize("noise", [0, 0.1, 0.3333, 1])
    def test_noise_flips_training_labels_and_nothing_else(self, noise):
        plain, noisy = self.data(), self.data(label_noise=noise)
        assert (plain.labels != noisy.labels).sum() == round(noise * 2048)
        for name in ("tokens", "validation_tokens", "validation_labels", "order"):
            assert (getattr(plain, name) == getattr(noisy, name)).all(), name

    def test_all_rows_are_used_before_one_comes_again(self):
        order = SMALL.draw(0, 8).order
        assert order.shape == (8, 16)
        for part in order.view(2, 64).tolist():
            assert sorted(part) == list(range(64))
        assert order[:4].tolist() != order[4:].tolist()


class TestFive:
    @pytest.mark.parametrize("steps", [2, 3, 32, 128])
    def test_all_rise_from_0_to_1_in_the_same_steps(self, steps):
        found = five(steps)
        assert list(found) == ["eml", "cosine", "linear", "inverse-sqrt", "constant"]
        warm = max(1, steps // 8)
        for one in found.values():
            rates = one.trace()
            assert one.total == steps == len(rates)
            assert rates[0] == 0 and rates[warm] == 1 == max(rates)
            assert list(rates[: warm + 1]) == sorted(rates[: warm + 1])
            assert list(rates[warm:]) == sorted(rates[warm:], reverse=True)

    def test_the_first_one_has_the_shape_of_eml(self):
        one = five(32)["eml"]
        assert one(2) == pytest.approx(math.expm1(0.5) / math.expm1(1))
        end = math.exp(-2) - math.log(2)
        assert one(18) == pytest.approx((math.exp(-1) - math.log(1.5) - end) / (1 - end))

    def test_the_others_are_what_they_are_called(self):
        found = {name: one(16) for name, one in five(32).items()}  # a warm-up of 4, 12 of 28 done
        assert found["cosine"] == pytest.approx((1 + math.cos(math.pi * 12 / 28)) / 2)
        assert found["linear"] == pytest.approx(16 / 28)
        assert found["inverse-sqrt"] == pytest.approx(math.sqrt(4 / 16))
        assert found["constant"] == 1

    def test_too_short(self):
        with pytest.raises(ValueError, match="at least 2 steps"):
            five(1)


class TestMatching:
    @pytest.mark.parametrize("what", ["mean", "area"])
    def test_mean_rates_become_equal(self, what):
        found = all_matched(five(32), 32, what)
        assert found["eml"] == five(32)["eml"]
        mean = found["eml"].trace().mean()
        assert [one.trace().mean() for one in found.values()] == pytest.approx([mean] * 5)

    def test_final_rates_become_equal(self):
        given = {"a": schedule("linear", total=9, final=0.25), "b": schedule("constant", total=9)}
        assert all_matched(given, 9, "final")["b"](3) == 0.25

    def test_a_final_rate_of_0_is_refused(self):
        with pytest.raises(ValueError, match="the final of eml is 0"):
            all_matched(five(32), 32, "final")


class TestRecords:
    def test_trace(self):
        trace = Trace.of(schedule("linear", total=4), 4, 0.5)
        assert trace == Trace(0.5, 0.125, 0.5, 0.0, 0.3125)

    def test_a_rate_that_is_undefined_is_an_error_before_training(self):
        with pytest.raises(ValueError, match="the rate is nan at step 3"):
            Trace.of(schedule("formula", text="sqrt(2 - t)", total=4), 4, 1)

    def test_a_rate_after_training_may_be_undefined(self):
        trace = Trace.of(schedule("formula", text="sqrt(3 - t)", total=4), 4, 1)
        assert math.isnan(trace.final) and trace.lr_trace_end == 0

    def test_losses(self):
        assert Losses.of([0.7, 0.5, 0.6]) == Losses(0.7, 0.5, 0.6)
        found = Losses.of([math.nan, 0.7, math.inf])
        assert math.isnan(found.initial) and (found.best, found.final) == (0.7, math.inf)

    @pytest.mark.parametrize(
        ("losses", "diverged"),
        [
            ((0.7, 0.6), False),
            ((0.7, 1.3), False),
            ((0.7, 1.5), True),
            ((0.7, 1.5, 0.6), False),
            ((0.7, math.nan), True),
            ((0.7, math.inf), True),
        ],
    )
    def test_divergence(self, losses, diverged):
        assert a_run(losses=losses).diverged is diverged

    def test_json_has_no_nan(self):
        data = a_comparison(a_run(losses=(0.7, math.nan))).to_json()
        assert json.loads(json.dumps(data, allow_nan=False)) == data
        assert data["runs"][0]["validation"]["final"] is None
        assert data["runs"][0]["diverged"] is True

    @pytest.mark.parametrize(
        "options",
        [
            {"steps": 0},
            {"base_rate": 0},
            {"base_rate": math.inf},
            {"base_rate": math.nan},
            {"seeds": ()},
            {"seeds": (1, 1)},
            {"seeds": (-1,)},
            {"label_noise": 1.1},
            {"label_noise": math.nan},
            {"match": "sum"},
        ],
    )
    def test_settings_out_of_range(self, options):
        with pytest.raises(ValueError, match=r"at least|above|part|match"):
            Settings(**options)


class TestTable:
    def test_mean_and_deviation_of_the_runs_that_did_not_diverge(self):
        runs = [a_run(seed=k, losses=(0.7, 0.4, end)) for k, end in enumerate((0.1, 0.2, 9.0))]
        (row,) = rows(a_comparison(*runs))
        assert row.final == Figure(pytest.approx(0.15), pytest.approx(0.1 / math.sqrt(2)))
        assert (row.runs, row.diverged, row.mean_lr) == (3, 1, 0.1)
        assert row.cells[2] == "0.150 ± 0.0707" and row.cells[-1] == "1 of 3"

    def test_nothing_is_said_where_all_diverged(self):
        (row,) = rows(a_comparison(a_run(losses=(0.7, math.nan))))
        assert row.cells[2:] == ("-", "-", "-", "1 of 1")

    def test_columns_are_aligned(self):
        head, *body, _ = lines(a_comparison(a_run("a"), a_run("a longer one")))
        assert {len(line) for line in body} == {len(head)}

    @pytest.mark.parametrize(
        ("seeds", "options", "said"),
        [
            (
                2,
                {},
                "2 seeds, 2 steps, one synthetic task; differences below the deviation show",
            ),
            (1, {}, "1 seed, 2 steps, one synthetic task; differences of single runs show nothing"),
            (2, {"label_noise": 0.2}, "20% of the training labels flipped"),
            (2, {"match": "mean"}, "mean of the rates made equal"),
            (2, {"stopped": "interrupted"}, "interrupted;"),
        ],
    )
    def test_what_it_rests_on_is_said(self, seeds, options, said):
        runs = [a_run(seed=seed) for seed in range(seeds)]
        assert said in list(lines(a_comparison(*runs, **options)))[-1]


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
    assert "pip install 'emlir[schedules]'" in capsys.readouterr().err
