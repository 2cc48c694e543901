"""How fits scale from one Dask worker to two, and what limits more.

Each fit does a fixed amount of work: it runs to its end, without a time limit that cuts it. Runs
with one and with two workers alternate, and the quickest of each counts. Where other programs take
the cores, wall times say little: the CPU time of the busiest worker, and of the process that holds
client and scheduler, is what the wall time would be on free cores. The limit follows from the CPU
time that client and scheduler take for each fit, which does not shrink with more workers; what they
take while nothing happens is measured and left out.

    python tests/benchmarks/distribution.py [fits] [rounds]
"""

import sys
import time

import numpy as np
from distributed import Client, LocalCluster

import emlir

POINTS = 60
NOISE = 0.1
IDLE = 5.0
"""Seconds in which nothing is done, to see what that takes."""


def data():
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 5, POINTS)
    return x, 3 * np.exp(-x) + NOISE * rng.normal(size=POINTS)


def run(workers, fits):
    """Return the wall time, the CPU times of this process and of each worker, and the result."""
    x, y = data()
    options = {"bootstrap": True, "strategy": "exact", "time_limit": 1e6}
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        client.run(warm)
        warm()
        before = client.run(time.process_time)
        wall, cpu = time.perf_counter(), time.process_time()
        found = emlir.fit_many(x, y, range(fits), executor=client.get_executor(), **options)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        after = client.run(time.process_time)
        cpu -= idle(wall)
    return wall, cpu, [after[name] - before[name] for name in after], str(found)


def idle(seconds):
    """Return the CPU time that this process takes in so many seconds of doing nothing."""
    start = time.process_time()
    time.sleep(IDLE)
    return (time.process_time() - start) * seconds / IDLE


def warm():
    """Import what a fit needs, so that only fits are measured."""
    emlir.fit_many([1, 2, 3, 4], [2, 8, 18, 32], [0], strategy="exact")


def main(fits=12, rounds=3):
    best = {}
    said = set()
    for workers in (1, 2) * rounds:
        wall, cpu, used, found = run(workers, fits)
        said.add(found)
        best[workers] = min((wall, cpu, used), best.get(workers, (wall, cpu, used)))
        each = " + ".join(f"{seconds:.2f}" for seconds in used)
        print(
            f"{workers} worker(s): {wall:.2f} s wall; CPU: {each} s in workers, "
            f"{cpu:.2f} s in client and scheduler",
            flush=True,
        )
    one, two = best[1], best[2]
    free = (one[1] + max(one[2])) / (two[1] + max(two[2]))
    print(f"the same result every time: {len(said) == 1}")
    print(f"1 to 2 workers: {one[0] / two[0]:.2f} times by the wall, {free:.2f} by CPU time")
    work = sum(two[2])
    print(f"{1e3 * two[1] / fits:.0f} ms of client and scheduler for a fit of {work / fits:.1f} s")
    print(f"limit: {work / two[1]:.0f} workers at work, and no more than there are fits")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
