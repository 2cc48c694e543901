"""Changed certificates: all have to be rejected.

    python -m tests.benchmarks.proof_mutants [--count 5000] [--seed 0]

Every mutant is checked as it is; with a new checksum; with a new digest and checksum; and with
everything written anew that can be: text, digest, trusted facts, checksum. Then it is a
certificate by itself, which may prove the same by other steps, or another claim that is true as
well: such claims are searched for points where they fail.
"""

import argparse
import copy
import time
from collections import Counter

from tests.plugins.certificate_cases import TRUE, certified
from tests.plugins.mutation_checks import Seal, outcome
from tests.plugins.mutations import mutants

SEALS: tuple[Seal, ...] = ("nothing", "checksum", "digest", "everything")
OUTCOMES = ("rejected", "same claim", "another claim", "false claim")


def main() -> None:
    """Change certificates of all kinds in all ways, and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    started, figures = time.perf_counter(), Counter[tuple[str, str]]()
    each, more = divmod(asked.count, len(TRUE))
    for place, (claim, box) in enumerate(TRUE):
        data = certified(claim, box)
        for name, changed in mutants(data, each + (place < more), asked.seed + place):
            for seal in SEALS:
                found = outcome(data, copy.deepcopy(changed), seal)
                figures[seal, found] += 1
                if found == "false claim":
                    print(f"FALSE: {name}: {changed['claim']['text']}")
    _show(figures, asked.count, time.perf_counter() - started)


def _show(figures: Counter[tuple[str, str]], count: int, spent: float) -> None:
    print(f"{count:,} mutants of {len(TRUE)} certificates, in {spent:.0f} s")
    print(f"{'written anew':14}" + "".join(f"{name:>15}" for name in OUTCOMES))
    for seal in SEALS:
        print(f"{seal:14}" + "".join(f"{figures[seal, name]:15,}" for name in OUTCOMES))


if __name__ == "__main__":
    main()
