"""Fits on a real Dask cluster of two worker processes, one of which is killed at work."""

import os
import signal
import time

import numpy as np
import pytest

import emlir
from emlir.fitting import Budget, tasks
from emlir.plugin_api import run_tasks

X = np.linspace(0.5, 6.0, 20)
Y = 3 * X**2
OPTIONS = {"strategy": "exact", "bootstrap": True, "seeds": range(3)}


@pytest.fixture(scope="module")
def client():
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    )
    with cluster, distributed.Client(cluster) as connected:
        yield connected


def where(task):
    """Say which process does the task, a tenth of a second after it began."""
    time.sleep(0.1)
    return task * task, os.getpid()


def kill_a_worker(client):
    """Kill the process of one worker, as a machine that fails would."""
    workers = client.run(os.getpid)
    os.kill(next(iter(workers.values())), signal.SIGKILL)
    return set(workers.values())


def distributed_error():
    return pytest.importorskip("distributed").KilledWorker


def told(found):
    """What a result says, without the time that it took."""
    return str(found), [(r.expression, r.r2, r.work, r.seed, r.stopped) for r in found.results]


def test_two_workers_share_the_tasks(client):
    done = list(run_tasks(where, range(8), client.get_executor()))
    assert [result for result, _ in done] == [k * k for k in range(8)]
    processes = {process for _, process in done}
    assert len(processes) == 2 and os.getpid() not in processes


def test_a_killed_worker_loses_nothing(client):
    run = run_tasks(where, range(20), client.get_executor(), Budget(60.0))
    done = [next(run)]
    before = kill_a_worker(client)
    done.extend(run)
    assert [result for result, _ in done] == [k * k for k in range(20)]
    assert {process for _, process in done} & before


@pytest.mark.parametrize("attempts", [1, 3])
def test_what_dask_gives_up_is_given_to_it_again(client, attempts, monkeypatch):
    monkeypatch.setattr(tasks, "ATTEMPTS", attempts)
    monkeypatch.setattr(client.cluster.scheduler, "allowed_failures", 0)
    run = run_tasks(where, range(12), client.get_executor(), Budget(60.0))
    done = [next(run)]
    kill_a_worker(client)
    if attempts == 1:
        with pytest.raises(distributed_error(), match="died"):
            done.extend(run)
    else:
        done.extend(run)
        assert [result for result, _ in done] == [k * k for k in range(12)]


def test_fits_are_the_same_on_the_cluster_with_a_worker_killed(client):
    killed = []

    def kill_once(doing, work):
        if work and not killed:
            killed.append(kill_a_worker(client))

    here = emlir.fit_many(X, Y, **OPTIONS)
    there = emlir.fit_many(X, Y, executor=client.get_executor(), progress=kill_once, **OPTIONS)
    assert killed
    assert told(there) == told(here)
