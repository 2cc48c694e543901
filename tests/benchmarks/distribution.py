"""How fits scale from one Dask worker to two, and what limits more.

Each fit does a fixed amount of work: it runs to its end, without a time limit that cuts it. Runs
with one and with two workers alternate, and the quickest of each counts, since other programs
only ever make them slower. The limit follows from the CPU time that does not shrink with more
workers: that of the process that holds client and scheduler.

    python tests/benchmarks/distribution.py [fits] [rounds]
"""

import sys
import time

import numpy as np
from distributed import Client, LocalCluster

import emlir

POINTS = 60
NOISE = 0.05


def data():
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 5, (POINTS, 2))
    return x, 2.5 * x[:, 0] ** 2 / x[:, 1] * (1 + NOISE * rng.normal(size=POINTS))


def run(workers, fits):
    """Return the wall time, the CPU time of this process, that of all fits, and what was found."""
    x, y = data()
    options = {"bootstrap": True, "strategy": "exact", "time_limit": 1e6}
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        client.run(warm)
        before = client.run(time.process_time)
        wall, cpu = time.perf_counter(), time.process_time()
        found = emlir.fit_many(x, y, range(fits), executor=client.get_executor(), **options)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        after = client.run(time.process_time)
    return wall, cpu, sum(after.values()) - sum(before.values()), str(found)


def warm():
    """Import what a fit needs, so that only fits are measured."""
    emlir.fit([1, 2, 3, 4], [2, 8, 18, 32], strategy="exact")


def main(fits=12, rounds=3):
    best = {1: None, 2: None}
    said = set()
    for _ in range(rounds):
        for workers in best:
            *figures, found = run(workers, fits)
            said.add(found)
            best[workers] = min(figures, best[workers] or figures)
            print(
                f"{workers} worker(s): {figures[0]:6.2f} s wall, {figures[2]:6.2f} s CPU in "
                f"workers, {figures[1]:5.2f} s CPU in client and scheduler",
                flush=True,
            )
    one, two = best[1], best[2]
    print(f"the same result every time: {len(said) == 1}")
    print(f"speed-up from 1 to 2 workers: {one[0] / two[0]:.2f}")
    print(f"limit from CPU time that is not shared: {(one[1] + one[2]) / one[1]:.0f} times")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
