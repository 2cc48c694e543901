"""What a GPU can do: eml by CUDA's own exp and log, in a kernel with nothing else to do."""

import time

import torch
import triton
import triton.language as tl
from triton.language.extra import libdevice

ROUNDS = 256
LENGTH = 512
BLOCKS = 16_384


@triton.jit
def run_rounds(out, rounds, kind: tl.constexpr, length: tl.constexpr):
    """A chain of eml whose values stay near -1."""
    at = tl.program_id(0) * length + tl.arange(0, length)
    value = -1.0 / (1.0 + tl.arange(0, length).to(kind))
    for _ in range(rounds):
        value = libdevice.exp(value) - libdevice.log(value * value + 4.0)
    tl.store(out + at, value)


def eml_rate(dtype: str, repeats: int = 10) -> float:
    """Evaluations of eml a second, the best of some runs; float64 runs an eighth of the rounds."""
    rounds = ROUNDS if dtype == "float32" else ROUNDS // 8
    out = torch.empty(BLOCKS * LENGTH, dtype=getattr(torch, dtype), device="cuda")
    kind = tl.float32 if dtype == "float32" else tl.float64
    times = []
    for _ in range(repeats + 1):
        torch.cuda.synchronize()
        start = time.perf_counter()
        run_rounds[(BLOCKS,)](out, rounds, kind, LENGTH, num_warps=4, enable_fp_fusion=True)
        torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return rounds * len(out) / min(times)
