"""The backend ``torch``: NumPy columns in, NumPy columns out, computed on a torch device."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from emlir.plugin_api import REDUCED_WIDTH, Dtype, Program, Reduction, Semantics, added
from emlir_torch import wavefront
from emlir_torch.plan import Plan, execute, make_plan
from emlir_torch.population.encode import encode
from emlir_torch.population.launch import MOST_POINTS, Population, is_there
from emlir_torch.sums import reduce_rows
from emlir_torch.wavefront import Wavefront

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK_BYTES = 1 << 17
"""Of one row in one thread: small enough that memory is taken again while it is in the cache."""
LIVE_BYTES = 1 << 20
"""Of all rows that are alive, before blocks become shorter."""
WAVE_BYTES = 1 << 22
"""Of the matrix of a wavefront on a CPU."""
DEVICE_BYTES = 1 << 30
"""Of all rows that are alive on another device."""
SHORTEST = 256


class TorchBackend:
    """Evaluates on ``device``, by default on what is torch's default device when a program runs."""

    name = "torch"

    def __init__(self, device: Any = None) -> None:
        self._device = device

    def compile(
        self, program: Program, semantics: Semantics, dtype: Dtype = "float64"
    ) -> "CompiledProgram | MovingProgram":
        """Prepare a program; see :class:`emlir.plugin_api.Backend`."""
        plan = make_plan(program, semantics, smooth=False)
        if self._device is None:
            return MovingProgram(plan, dtype)
        return CompiledProgram(plan, dtype, self._device)


class MovingProgram:
    """A program that runs on torch's default device of the moment, made ready once for each."""

    def __init__(self, plan: Plan, dtype: Dtype) -> None:
        self._plan = plan
        self._dtype = dtype
        self._ready: dict[torch.device, CompiledProgram] = {}

    def here(self) -> "CompiledProgram":
        """Return the program on torch's default device."""
        device = torch.get_default_device()
        if device not in self._ready:
            self._ready[device] = CompiledProgram(self._plan, self._dtype, device)
        return self._ready[device]

    def run(self, columns: "Mapping[str, NDArray[Any]]") -> "NDArray[Any]":
        """Return a row of values for each root; see :class:`emlir.plugin_api.Compiled`."""
        return self.here().run(columns)

    def reduce(
        self, columns: "Mapping[str, NDArray[Any]]", target: "NDArray[np.float64]", kind: Reduction
    ) -> "NDArray[np.float64]":
        """Return sums over all points; see :class:`emlir.plugin_api.Compiled`."""
        return self.here().reduce(columns, target, kind)


class CompiledProgram:
    """A program ready to run in blocks, without any record for gradients."""

    def __init__(self, plan: Plan, dtype: Dtype, device: Any) -> None:
        self._plan = plan
        self._dtype = np.dtype(dtype)
        self._device = torch.device(device)
        with torch.inference_mode():
            self._constants = plan.constant_tensors(getattr(torch, dtype), device)
            self._closed: list[Any] = [None] * len(plan)
            for row, value in self._constants:
                self._closed[row] = value
            execute(plan.closed, self._closed)
        self._population = _population(plan, dtype, self._device)
        is_wave = self._population is None and wavefront.pays(plan)
        self._wavefront = Wavefront(plan, device) if is_wave else None

    def run(self, columns: "Mapping[str, NDArray[Any]]") -> "NDArray[Any]":
        """Return a row of values for each root; see :class:`emlir.plugin_api.Compiled`."""
        names = self._plan.program.symbols
        shape = np.broadcast_shapes(*(columns[name].shape for name in names))
        results = np.empty((len(self._plan.roots), *shape), self._dtype)
        flat = torch.from_numpy(results.reshape(len(results), prod(shape)))
        with torch.inference_mode():
            for start, stop, tensors in self._blocks(columns, shape):
                values = self._values(tensors, stop - start)
                if isinstance(values, Tensor):
                    _store(values, flat[:, start:stop])
                    continue
                for target, value in zip(flat, values, strict=True):
                    _store(value, target[start:stop])
        return results

    def reduce(
        self, columns: "Mapping[str, NDArray[Any]]", target: "NDArray[np.float64]", kind: Reduction
    ) -> "NDArray[np.float64]":
        """Return sums over all points; see :class:`emlir.plugin_api.Compiled`."""
        nothing = np.zeros((len(self._plan.roots), REDUCED_WIDTH[kind]))
        if not self._plan.roots:
            return nothing
        total: NDArray[np.float64] | None = None
        aims = np.array(target, dtype=np.float64).reshape(-1)
        with torch.inference_mode():
            for start, stop, tensors in self._blocks(columns, target.shape):
                aim = aims[start:stop]
                part = self._reduced(tensors, torch.from_numpy(aim).to(self._device), kind)
                total = added(total, part.cpu().numpy(), aim, kind)
        return nothing if total is None else total

    def _reduced(self, tensors: dict[str, Tensor], aim: Tensor, kind: Reduction) -> Tensor:
        if self._population is not None:
            return self._population.reduce(self._matrix(tensors, len(aim)), aim, kind)
        return reduce_rows(self._values(tensors, len(aim)), aim, kind)

    def _matrix(self, tensors: dict[str, Tensor], points: int) -> Tensor:
        """Return the columns as (symbols, points)."""
        rows = [tensors[name].expand(points) for name in self._plan.program.symbols]
        if rows:
            return torch.stack(rows)
        dtype = getattr(torch, self._dtype.name)
        return torch.empty((0, points), dtype=dtype, device=self._device)

    def _values(self, tensors: dict[str, Tensor], points: int) -> Any:
        """Return the values of all roots on one block: a matrix, or a list of tensors."""
        if self._population is not None:
            return self._population.run(self._matrix(tensors, points))
        leaves = [(row, tensors[name]) for row, name in self._plan.symbols]
        if self._wavefront is not None:
            is_cpu = self._device.type == "cpu"
            most = (BLOCK_BYTES if is_cpu else DEVICE_BYTES) // self._dtype.itemsize
            return self._wavefront([*self._constants, *leaves], points, most)
        values = list(self._closed)
        for row, tensor in leaves:
            values[row] = tensor
        execute(self._plan.steps, values)
        return [values[root] for root in self._plan.roots]

    def _blocks(
        self, columns: "Mapping[str, NDArray[Any]]", shape: tuple[int, ...]
    ) -> Iterator[tuple[int, int, dict[str, Tensor]]]:
        """Yield ranges of the flattened points, with the tensors of the symbols there."""
        points, length = prod(shape), self._block_length()
        flat = {name: _flat(columns[name], shape) for name in self._plan.program.symbols}
        for start in range(0, points, length):
            stop = min(start + length, points)
            parts = {name: _tensor(array, start, stop) for name, array in flat.items()}
            yield start, stop, {name: part.to(self._device) for name, part in parts.items()}

    def _block_length(self) -> int:
        size = self._dtype.itemsize
        rows = max(1, self._plan.live + len(self._plan.roots))
        if self._wavefront is not None:
            rows = self._wavefront.rows
        if self._device.type != "cpu":
            return max(SHORTEST, min(MOST_POINTS, DEVICE_BYTES // (size * rows)))
        if self._wavefront is not None:
            return max(SHORTEST, WAVE_BYTES // (size * rows))
        threads = torch.get_num_threads()
        longest = BLOCK_BYTES // size * (2 * threads if threads > 1 else 1)
        return min(longest, max(8 * SHORTEST, LIVE_BYTES // (size * rows)))


def _store(value: Tensor, target: Tensor) -> None:
    """Copy a value; adding 0 leaves no -0."""
    if value.shape == target.shape and value.dtype == target.dtype and value.device.type == "cpu":
        torch.add(value, 0, out=target)
    else:
        target.copy_(value).add_(0)


def has_machine(device: torch.device) -> bool:
    """Whether the population machine can run on a device."""
    return device.type == "cuda" and is_there()


def _population(plan: Plan, dtype: Dtype, device: torch.device) -> Population | None:
    code = encode(plan.program, plan.semantics) if has_machine(device) else None
    if code is None:
        return None
    return Population(code, plan.semantics, getattr(torch, dtype), device)


def _flat(column: "NDArray[Any]", shape: tuple[int, ...]) -> "NDArray[Any]":
    """Return a column with one axis, or none if it has one value."""
    if column.size == 1 or not any(column.strides):
        return np.array(column.flat[0]) if column.size else column.reshape(-1)
    return np.broadcast_to(column, shape).reshape(-1)


def _tensor(flat: "NDArray[Any]", start: int, stop: int) -> Tensor:
    if not flat.ndim:
        return torch.from_numpy(flat)
    part = flat[start:stop]
    usable = part.flags.writeable and part.flags.c_contiguous
    return torch.from_numpy(part if usable else part.copy())


BACKEND = TorchBackend()
