"""run_tasks: order, lost tasks, broken executors, time, interrupts."""

import os
import signal
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import pytest

from emlir.fitting import Budget, OutOfTimeError
from emlir.fitting.tasks import ATTEMPTS, run_tasks

DaskError = type("KilledWorker", (Exception,), {"__module__": "distributed.scheduler"})


class Scripted(Executor):
    """Runs a task at once, or does with it what the script of its argument says."""

    def __init__(self, script=()):
        self.script = {argument: list(events) for argument, events in dict(script).items()}
        self.given, self.futures = [], []

    def submit(self, call, function, argument, ticket):
        assert ticket not in [other for _, other in self.given]
        self.given.append((argument, ticket))
        future = Future()
        self.futures.append(future)
        event = self.script[argument].pop(0) if self.script.get(argument) else "run"
        if event == "cancel":
            future.cancel()
            future.set_running_or_notify_cancel()
        elif event == "refuse":
            raise BrokenProcessPool("gone")
        elif isinstance(event, BaseException):
            future.set_exception(event)
        elif event == "run":
            try:
                future.set_result(call(function, argument, ticket))
            except LookupError as error:
                future.set_exception(error)
        return future

    @property
    def arguments(self):
        return [argument for argument, _ in self.given]


def square(x):
    return x * x


def angry(x):
    if x == 2:
        raise LookupError("two")
    return x


def gather(run, seen):
    """Add to ``seen`` one by one, so that it holds what came before an error."""
    for result in run:
        seen.append(result)


def dies_once(argument):
    """Kill the process that runs this, the first time that it is asked to."""
    k, marker = argument
    if k == 3 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return k * k


def sleepy(seconds):
    time.sleep(seconds)
    return os.getpid()


@pytest.fixture(scope="module")
def pool():
    with ProcessPoolExecutor(2) as executor:
        yield executor


def test_here():
    assert list(run_tasks(square, range(5))) == [0, 1, 4, 9, 16]
    assert list(run_tasks(square, [])) == list(run_tasks(square, [], Scripted())) == []


def test_in_processes(pool):
    assert list(run_tasks(square, range(20), pool)) == [k * k for k in range(20)]
    assert os.getpid() not in set(run_tasks(sleepy, [0.01] * 4, pool))


def test_the_results_come_in_order():
    with ThreadPoolExecutor(4) as threads:
        order = list(run_tasks(lambda k: time.sleep(0.02 * (4 - k)) or k, range(4), threads))
    assert order == [0, 1, 2, 3]


@pytest.mark.parametrize("loss", ["cancel", DaskError("killed")], ids=["cancelled", "killed"])
def test_a_lost_task_is_given_again(loss):
    executor = Scripted({1: [loss, loss]})
    assert list(run_tasks(square, range(3), executor)) == [0, 1, 4]
    assert sorted(executor.arguments) == [0, 1, 1, 1, 2]


def test_a_task_that_is_always_lost_is_an_error():
    executor = Scripted({1: [DaskError("killed")] * 9})
    with pytest.raises(DaskError):
        list(run_tasks(square, range(3), executor))
    assert executor.arguments.count(1) == ATTEMPTS


@pytest.mark.parametrize("event", [BrokenProcessPool("gone"), "refuse"], ids=["later", "at once"])
def test_a_broken_executor_is_replaced_by_this_process(event):
    executor = Scripted({1: [event], 2: [event]})
    with pytest.warns(RuntimeWarning, match="broken .*run in this process") as warned:
        assert list(run_tasks(square, range(4), executor)) == [0, 1, 4, 9]
    assert len(warned) == 1
    assert executor.arguments == [0, 1, 2, 3]


def test_a_process_that_is_killed_loses_nothing(tmp_path):
    tasks = [(k, tmp_path / "killed") for k in range(12)]
    with ProcessPoolExecutor(2) as broken, pytest.warns(RuntimeWarning, match="broken"):
        assert list(run_tasks(dies_once, tasks, broken)) == [k * k for k in range(12)]
    assert (tmp_path / "killed").exists()


@pytest.mark.parametrize("where", ["here", "scripted", "processes"])
def test_the_error_of_a_task_comes_in_its_place(where, pool):
    executor = {"here": None, "scripted": Scripted(), "processes": pool}[where]
    run, seen = run_tasks(angry, range(4), executor), []
    with pytest.raises(LookupError, match="two"):
        gather(run, seen)
    assert seen == [0, 1]
    if where == "scripted":
        assert executor.arguments == [0, 1, 2, 3]


def test_the_error_of_a_task_is_no_loss():
    executor = Scripted({1: [ValueError("own")]})
    with pytest.raises(ValueError, match="own"):
        list(run_tasks(square, range(3), executor))
    assert executor.arguments == [0, 1, 2]


@pytest.mark.parametrize("executor", [None, Scripted({2: ["wait"], 3: ["wait"]})])
def test_what_has_not_begun_is_cancelled_when_the_time_is_over(executor):
    budget = Budget(1e9)
    run = run_tasks(square, range(4), executor, budget, "waiting")
    assert [next(run), next(run)] == [0, 1]
    budget.time_limit = 0.0
    with pytest.raises(OutOfTimeError, match="waiting"):
        next(run)
    if executor is not None:
        assert [future.cancelled() for future in executor.futures] == [False, False, True, True]


def test_what_has_not_begun_is_cancelled_on_an_interrupt():
    def interrupt(doing, work):
        if len(seen) == 1:
            raise KeyboardInterrupt

    executor, seen = Scripted({1: ["wait"], 2: ["wait"]}), []
    run = run_tasks(square, range(3), executor, Budget(1e9, interrupt))
    with pytest.raises(KeyboardInterrupt):
        gather(run, seen)
    assert [future.cancelled() for future in executor.futures] == [False, True, True]


def test_closing_the_iterator_cancels_the_rest():
    executor = Scripted({1: ["wait"]})
    run = run_tasks(square, range(2), executor)
    assert next(run) == 0
    run.close()
    assert executor.futures[1].cancelled()
