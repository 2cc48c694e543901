"""Running the population machine: code and columns on the device, one launch for all."""

from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor

from emlir.plugin_api import Reduction, Semantics
from emlir_torch.population.encode import Code

LENGTH = 512
SHORTEST = 256
"""Points in a block, at most and at least."""
POINTS_PER_THREAD = {torch.float32: 8, torch.float64: 4}
"""One decoding serves them all; more would take too many of the chip's registers."""
MOST_REGISTERS = {torch.float32: 128, torch.float64: 80}
"""Of the chip, for each thread, so that enough threads are there. Measured on an H100: these two
give 53 and 71 % of the roofline, with half or twice the points 48 and 59 %."""
PROGRAMS = 8192
"""About so many keep all of the chip busy; more only make more partial sums."""
MOST_POINTS = 1 << 30
"""In one launch: they are counted in 32 bits."""
_REDUCTIONS: dict[Reduction, int] = {"squares": 1, "moments": 2}


def is_there() -> bool:
    """Whether Triton is installed."""
    return find_spec("triton") is not None


class Population:
    """The candidates of a program on a device."""

    def __init__(self, code: Code, semantics: Semantics, dtype: torch.dtype, device: Any) -> None:
        self.work = code.work
        self._candidates = len(code.offsets) - 1
        self._instructions = torch.from_numpy(code.words()).to(device)
        self._offsets = torch.from_numpy(code.offsets).to(device)
        self._constants = torch.from_numpy(code.constants).to(device, dtype)
        self._is_extended = semantics == "extended"

    def run(self, columns: Tensor) -> Tensor:
        """Return (candidates, points) of the values on ``columns``, (symbols, points)."""
        points = columns.shape[1]
        out = columns.new_empty((self._candidates, points))
        self._launch(columns, columns, out, 0, self._stretch(points))
        return out

    def reduce(self, columns: Tensor, target: Tensor, kind: Reduction) -> Tensor:
        """Return the sums against a float64 ``target``, as the backend gives them."""
        points = columns.shape[1]
        stretch = self._stretch(points)
        shape = self._candidates, -(-points // stretch), 4
        sums = torch.empty(shape, dtype=torch.float64, device=columns.device)
        self._launch(columns, target, sums, _REDUCTIONS[kind], stretch)
        if kind == "squares":
            return sums[:, :, 0].sum(1, keepdim=True)
        return sums[:, 0] if shape[1] == 1 else _joined(sums, target, stretch)

    def _stretch(self, points: int) -> int:
        """Points that one program does, a number of blocks."""
        length = block_length(points)
        stretches = max(1, PROGRAMS // self._candidates)
        return length * -(-points // (length * stretches))

    def _launch(
        self, columns: Tensor, target: Tensor, out: Tensor, reduction: int, stretch: int
    ) -> None:
        import triton.language as tl

        from emlir_torch.population.machine import run_machine

        symbols, points = columns.shape
        length = block_length(points)
        run_machine[(self._candidates, -(-points // stretch))](
            self._instructions,
            self._offsets,
            self._constants,
            columns.contiguous(),
            target,
            out,
            points,
            symbols,
            stretch,
            kind=tl.float64 if columns.dtype == torch.float64 else tl.float32,
            is_extended=self._is_extended,
            reduction=reduction,
            length=length,
            num_warps=length // (32 * POINTS_PER_THREAD[columns.dtype]),
            maxnreg=MOST_REGISTERS[columns.dtype],
            enable_fp_fusion=True,
        )


def block_length(points: int) -> int:
    """Points in a block: a power of two, no longer than needed."""
    return max(SHORTEST, min(LENGTH, 1 << (points - 1).bit_length()))


def _joined(sums: Tensor, target: Tensor, stretch: int) -> Tensor:
    """Moments of all points from those of stretches, each about its own first value."""
    points, stretches = len(target), sums.shape[1]
    padded = torch.nn.functional.pad(target, (0, stretches * stretch - points))
    totals = padded.view(stretches, stretch).sum(1)
    counts = torch.full((stretches,), float(stretch), dtype=torch.float64, device=sums.device)
    counts[-1] = points - (stretches - 1) * stretch
    shift, total, squares, products = sums.unbind(2)
    step = shift - shift[:, :1]
    return torch.stack(
        [
            shift[:, 0],
            (total + counts * step).sum(1),
            (squares + step * (2 * total + counts * step)).sum(1),
            (products + step * totals).sum(1),
        ],
        dim=1,
    )
