"""Runs a module in another process, with one thread and a limit of wall time."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)


def run_module(module: str, folder: Path, limit: float) -> str:
    """Run ``python -m module folder``; return what went wrong, or nothing."""
    command = [sys.executable, "-m", module, str(folder)]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | ONE_THREAD,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"still running after {limit:.0f} s"
    last = done.stderr.strip().splitlines()[-1:] or [""]
    return f"exit code {done.returncode} {last[0]}".strip() if done.returncode else ""
