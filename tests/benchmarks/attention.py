"""Attention against references, Jacobians and a peer: ``python -m tests.benchmarks.attention``.

Parts, by name, all without one: ``delta`` (Gated DeltaNet against its recurrence, the formulas of
flash-linear-attention and transformers, and emltorch), ``softmax`` (modules of transformers from
random configurations), ``lipschitz`` (bounds against true norms), ``certificates`` (false and true
claims), ``long`` (time and memory for long contexts, each in a process of its own).
"""

import importlib.util
import random
import resource
import statistics
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch

import emlir
from emlir_attention import (
    attention_bound,
    certify,
    concentration_claim,
    delta_chunked,
    delta_recurrence,
    delta_weights,
    feature_claim,
    feature_witness,
    linear_weights,
    norms_at,
    softmax_weights,
    unit,
)
from emlir_attention.lipschitz import bound_of
from tests.plugins.attention_cases import FAILING, delta_layer, off, random_head, true_norm

CASES, BLOCKS, FALSE, TRUE = 200, 2000, 1000, 500
LENGTH, HEADS, WIDTH = 4096, 8, 64


def there(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def flash_reference():
    """The naive formula of flash-linear-attention, in float64; no kernel is loaded."""
    if not there("fla") or not there("einops"):
        return None
    root = Path(next(iter(importlib.util.find_spec("fla").submodule_search_locations)))
    text = (root / "ops" / "gated_delta_rule" / "naive.py").read_text(encoding="utf-8")
    names: dict = {}
    exec(compile(text.replace("torch.float32", "torch.float64"), "naive.py", "exec"), names)
    return names["naive_recurrent_gated_delta_rule"]


def series_first(*parts):
    return [part.transpose(1, 2) for part in parts]


def by_flash(reference, query, key, value, gate, rate):
    share = value.shape[1] // query.shape[1]
    query, key = (part.repeat_interleave(share, 1) for part in (query, key))
    query, key, value, gate, rate = series_first(query, key, value, gate, rate)
    return reference(query, key, value, rate, gate)[0].transpose(1, 2)


def by_transformers(query, key, value, gate, rate):
    from transformers.models.qwen3_next import modeling_qwen3_next as modeling

    found = modeling.torch_recurrent_gated_delta_rule(*series_first(query, key, value, gate, rate))
    return found[0].transpose(1, 2)


def by_emltorch(query, key, value, gate, rate):
    """Its kernel weights on its writes: the output as its own check forms it."""
    from emltorch import gated_attn

    heads = value.shape[1]
    query, key, value, gate, rate = series_first(query, key, value, gate, rate)
    weights = gated_attn.extract_gated_effective_weights(query, key, gate, rate, heads)
    writes = gated_attn.compute_delta_rule_deltas(query, key, value, gate, rate, heads)
    return weights @ writes.transpose(1, 2)


def finite_off(found, wanted):
    return off(found, wanted) if bool(found.isfinite().all()) else np.inf


def run_delta():
    """Effective weights against the recurrence, in float64 but for transformers."""
    flash, has_peer = flash_reference(), there("emltorch")
    worst: dict[str, list[float]] = {}
    for seed in range(CASES):
        layer = delta_layer(seed)
        query, key, value, gate, rate = layer
        wanted = delta_recurrence(*layer).output
        found = delta_weights(query, key, gate, rate).apply(value)
        worst.setdefault("weights, against the recurrence", []).append(off(found, wanted))
        chunks = delta_chunked(*layer).output
        worst.setdefault("chunks, against the recurrence", []).append(off(chunks, wanted))
        if flash is not None:
            theirs = by_flash(flash, *layer)
            worst.setdefault("weights, against flash-linear-attention", []).append(
                off(found, theirs)
            )
        if seed < 20:
            theirs = by_transformers(*(part.float() for part in layer))
            worst.setdefault("weights, against transformers (float32)", []).append(
                off(found, theirs)
            )
        if has_peer:
            worst.setdefault("emltorch, against the recurrence", []).append(
                finite_off(by_emltorch(*layer), wanted)
            )
            query, key = (torch.nn.functional.normalize(part, dim=-1) for part in (query, key))
            layer = (query, key, value, layer[3].clamp_min(-700.0), layer[4])
            worst.setdefault("emltorch, its own unit keys, gates of 0 made exp(-700)", []).append(
                finite_off(by_emltorch(*layer), delta_recurrence(*layer).output)
            )
    for name, gaps in worst.items():
        broken = sum(not np.isfinite(gap) for gap in gaps)
        print(
            f"{name}: {len(gaps)} cases, largest relative gap {max(gaps):.2g}, "
            f"median {statistics.median(gaps):.2g}, not finite {broken}"
        )


def run_softmax():
    from tests.plugins import test_attention_transformers as models

    for kind, (build, suffix, projection) in models.MODELS.items():
        gaps, output_gaps = [], []
        for seed in range(5):
            model = models.made(build, seed)
            with models.record(model) as recording:
                models.run(model)
            for name, (output, weights) in models.caught(model, suffix).items():
                call = recording.of(name)
                mixed = call.weights.apply(call.value).transpose(1, 2).flatten(2)
                if projection is not None:
                    mixed = getattr(model.get_submodule(name), projection)(mixed)
                gaps.append(float((call.weights.values() - weights).abs().max()))
                output_gaps.append(float((mixed - output).detach().abs().max()))
        print(f"{kind}: weights within {max(gaps):.2g}, output within {max(output_gaps):.2g}")


def run_lipschitz():
    ours, theirs, above, peer_above = [], [], 0, 0
    has_peer = there("emltorch")
    for seed in range(BLOCKS):
        head, tokens = random_head(seed)
        true, bound = true_norm(head, tokens), attention_bound(head, tokens).value
        above += true > bound * (1 + 1e-12)
        ours.append(true / bound)
        if has_peer:
            peer = peer_bound(head, tokens)
            peer_above += true > peer * (1 + 1e-9)
            theirs.append(true / peer)
    print(
        f"{BLOCKS} blocks: {above} above the bound, true/bound "
        f"median {statistics.median(ours):.3f}, largest {max(ours):.9f}"
    )
    if has_peer:
        print(f"  emltorch: {peer_above} above, median {statistics.median(theirs):.3f}")
    in_balls(has_peer)
    certified()


def peer_bound(head, tokens, radius=None):
    from emltorch import smt

    inner = head.query.shape[1]
    given = (head.weights(tokens), head.query, head.key, head.value, tokens, inner)
    if radius is None:
        return smt.attention_block_lipschitz_clean(*given)["L"]
    return smt.attention_block_lipschitz_interval(*given, radius)["L_upper"]


def in_balls(has_peer):
    for radius in (0.01, 0.1, 1.0):
        made, above, ratios, beside = np.random.default_rng(1), 0, [], []
        for seed in range(500):
            head, tokens = random_head(seed)
            bound, most = attention_bound(head, tokens, radius).value, 0.0
            for _ in range(10):
                step = made.normal(size=tokens.shape)
                moved = tokens + radius * step / np.linalg.norm(step)
                most = max(most, true_norm(head, moved))
            above += most > bound * (1 + 1e-12)
            ratios.append(most / bound)
            if has_peer:
                beside.append(most / peer_bound(head, tokens, radius))
        line = (
            f"  balls of radius {radius:g}: {above} above, median {statistics.median(ratios):.3f}"
        )
        print(line + (f", emltorch {statistics.median(beside):.3f}" if beside else ""))


def certified():
    count, times = 0, []
    for seed in range(100):
        head, tokens = random_head(seed)
        bound = bound_of(norms_at(head, tokens), Fraction(1, 10))
        start = time.perf_counter()
        count += certify(bound, bound.value * 1.01).verdict == "certified"
        times.append(time.perf_counter() - start)
    print(f"  claims over balls: {count} of 100 certified, median {statistics.median(times):.3f} s")


def right_verdicts():
    """The peer's failing classes."""
    right = 0
    for kind, arguments, wanted in FAILING:
        try:
            with np.errstate(divide="ignore"):
                if kind == "threshold":
                    claim = feature_claim(*arguments)
                else:
                    row = np.log(np.array(arguments[0], dtype=float))
                    claim = concentration_claim(row, *arguments[1:], share="others")
            found = emlir.prove(claim).verdict
        except ValueError:
            found = "error"
        right += found == wanted
    return right


def random_claim(made, is_true):
    """A claim about a ball or a row, true with a margin of a tenth, or false by 1e-6 to 0.5."""
    width = made.randint(1, 6)
    short = 1.1 if is_true else 1 - 10.0 ** made.uniform(-6, -0.3)
    if made.random() < 0.5:
        direction = [made.gauss(0, 1) * 10 ** made.uniform(-6, 3) for _ in range(width)]
        center = [made.gauss(0, 1) for _ in range(width)]
        norm, radius = made.choice(["l2", "linf"]), 10 ** made.uniform(-3, 2)
        value = sum(Fraction(w) * Fraction(c) for w, c in zip(direction, center, strict=True))
        dual = np.linalg.norm(direction) if norm == "l2" else np.abs(direction).sum()
        reach = Fraction(float(dual)) * Fraction(radius) * Fraction(short)
        return feature_claim(direction, value + reach, center, radius, norm), feature_witness(
            direction, value + reach, center, radius, norm
        )
    others = [10 ** made.uniform(-30, 0) for _ in range(width)]
    tau, rho = made.uniform(0.05, 0.95), made.choice([0.0, 0.1, 1.0])
    target = np.log(sum(others) * tau / (1 - tau)) + 2 * rho + np.log(short)
    shift = made.uniform(-2000, 100)
    row = [target + shift, *(np.log(other) + shift for other in others)]
    return concentration_claim(row, 0, Fraction(tau), Fraction(rho)), None


def run_certificates():
    print(f"{right_verdicts()} of {len(FAILING)} failing classes have the right verdict")
    made, verdicts, times = random.Random(0), [], []
    for _ in range(FALSE):
        claim, _ = random_claim(made, is_true=False)
        verdicts.append(emlir.prove(claim).verdict)
    counts = {name: verdicts.count(name) for name in sorted(set(verdicts))}
    print(f"{FALSE} false claims: {counts}; proofs {verdicts.count('proved')}")
    verdicts = []
    for _ in range(TRUE):
        claim, _ = random_claim(made, is_true=True)
        start = time.perf_counter()
        verdicts.append(emlir.prove(claim).verdict)
        times.append(time.perf_counter() - start)
    share = verdicts.count("proved") / TRUE
    print(
        f"{TRUE} true claims with a margin: {share:.1%} proved, "
        f"median {statistics.median(times):.3f} s"
    )


def resident() -> float:
    """The memory of this process now, in MiB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def long_context(kind, device):
    """One call for a long context, and the memory beyond its result."""
    made = torch.Generator().manual_seed(0)
    query, key = (unit(torch.randn(1, HEADS, LENGTH, WIDTH, generator=made)) for _ in range(2))
    gate = torch.rand(1, HEADS, LENGTH, generator=made).log()
    rate = torch.rand(1, HEADS, LENGTH, generator=made)
    layer = [part.to(device) for part in (query, key, gate, rate)]
    if device == "cuda":
        weigh(kind, *layer)  # the first call loads kernels
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
    before = in_use(device)
    start = time.perf_counter()
    found = weigh(kind, *layer)
    if device == "cuda":
        torch.cuda.synchronize()
    seconds = time.perf_counter() - start
    used = most_used(device) - before
    signs = found.sign.numel() if found.sign.stride(-1) else 0
    result = (found.log.numel() * 4 + signs) / 2**20
    print(
        f"{kind}, length {LENGTH}, {HEADS} heads, float32, {place(device)}: "
        f"{seconds:.2f} s; result {result:.0f} MiB, beyond it {used - result:.0f} MiB "
        f"(T * d for all heads: {HEADS * LENGTH * WIDTH * 4 / 2**20:.0f}, "
        f"T * T * d: {HEADS * LENGTH**2 * WIDTH * 4 / 2**20:,.0f})"
    )


def weigh(kind, query, key, gate, rate):
    if kind == "softmax":
        return softmax_weights(query, key, causal=True)
    if kind == "linear":
        return linear_weights(query, key, gate)
    return delta_weights(query, key, gate, rate)


def in_use(device):
    """MiB at this moment."""
    return torch.cuda.memory_allocated() / 2**20 if device == "cuda" else resident()


def most_used(device):
    """MiB at the worst moment."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def place(device):
    if device == "cuda":
        return torch.cuda.get_device_name()
    return f"{torch.get_num_threads()} threads"


def run_long():
    """On the CPU, and on a GPU where there is one."""
    for device in ("cpu", "cuda")[: 1 + torch.cuda.is_available()]:
        for kind in ("softmax", "linear", "delta"):
            part = f"long:{kind}:{device}"
            command = [sys.executable, "-m", "tests.benchmarks.attention", part]
            subprocess.run(command, check=True)


PARTS = {
    "delta": run_delta,
    "softmax": run_softmax,
    "lipschitz": run_lipschitz,
    "certificates": run_certificates,
    "long": run_long,
}


def main() -> None:
    for name in sys.argv[1:] or PARTS:
        if name.startswith("long:"):
            long_context(*name.split(":")[1:])
        elif name not in PARTS:
            sys.exit(f"no part {name!r}; there is {', '.join(PARTS)}")
        else:
            print(f"-- {name}", flush=True)
            PARTS[name]()


if __name__ == "__main__":
    main()
