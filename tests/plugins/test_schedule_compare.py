"""The comparison of schedules: its task, schedules, records and table."""

import json
import math

import pytest

from emlir_schedules import schedule
from emlir_schedules.compare import Task, five
from emlir_schedules.compare.matching import all_matched
from emlir_schedules.compare.records import Losses, Trace
from emlir_schedules.compare.settings import Settings
from emlir_schedules.compare.table import Figure, lines, rows
from tests.plugins.schedule_compare_cases import SMALL, a_comparison, a_run


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
