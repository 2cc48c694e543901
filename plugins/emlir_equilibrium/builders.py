"""Problems from what people have: modules, functions, RNN cells, Hopfield networks, DEQ layers.

Each builder calls the force twice at the first state and beside it, and refuses one that gives
another shape or dtype, or another value the second time: what is random has no
derivative that means anything.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args

import torch
from torch import Tensor, nn

from emlir_equilibrium.problem import EquilibriumProblem, Force, from_map
from emlir_equilibrium.structure import check_deterministic

ForceKind = Literal["force", "map"]
HopfieldForm = Literal["voltage", "rate", "modern"]


def from_callable(
    function: Callable[..., Tensor],
    z0: Tensor,
    *,
    inputs: Sequence[Any] = (),
    kind: ForceKind = "force",
    epsilon: float = 1.0,
    **options: Any,
) -> EquilibriumProblem:
    """Return the problem of ``function(z, *inputs)``.

    Args:
        function: the force, or with ``kind="map"`` the map f whose force is (f(z) - z)/epsilon.
        z0: the first state, its first dimension the batch unless ``batch_dims`` says otherwise.
        options: those of :class:`EquilibriumProblem`, such as ``parameters`` or ``loss``.

    Raises ``ValueError`` for an unknown kind, and for a force that is random or gives another
    shape or dtype.

    >>> half = lambda z, x: 0.5 * z + x
    >>> halved = from_callable(half, torch.zeros(1, 2), inputs=(1.0,), kind="map")
    >>> halved.force(torch.full((1, 2), 2.0))
    tensor([[0., 0.]])
    """
    if kind not in get_args(ForceKind):
        raise ValueError(f"the kind is 'force' or 'map', not {kind!r}")

    def bound(z: Tensor) -> Tensor:
        return function(z, *inputs)

    if kind == "map":
        return checked(from_map(bound, z0, epsilon, **options))
    return checked(EquilibriumProblem(bound, z0, epsilon, **options))


def from_module(
    module: nn.Module,
    z0: Tensor,
    *,
    inputs: Sequence[Any] = (),
    kind: ForceKind = "force",
    epsilon: float = 1.0,
    **options: Any,
) -> EquilibriumProblem:
    """Return the problem of a module's ``module(z, *inputs)``.

    Its parameters are those of the problem; their groups are the module's children, unless
    ``groups`` are given. Raises ``ValueError`` for parts in training mode that make the force
    random or mix samples: dropout and batch normalisation.

    >>> problem = from_module(nn.Linear(2, 2), torch.zeros(1, 2))
    >>> sorted(problem.parameters)
    ['bias', 'weight']
    """
    _refuse_training(module)
    options.setdefault("parameters", dict(module.named_parameters()))
    options.setdefault("groups", groups_by_child(options["parameters"]))
    options.setdefault("name", type(module).__name__)
    return from_callable(module, z0, inputs=inputs, kind=kind, epsilon=epsilon, **options)


def groups_by_child(parameters: Mapping[str, Tensor]) -> dict[str, tuple[str, ...]]:
    """Return the names of parameters by what stands before their first dot."""
    groups: dict[str, tuple[str, ...]] = {}
    for name in parameters:
        group = name.partition(".")[0]
        groups[group] = (*groups.get(group, ()), name)
    return groups


def _refuse_training(module: nn.Module) -> None:
    for name, part in module.named_modules():
        where = f"{name or 'the module'} ({type(part).__name__})"
        if not part.training:
            continue
        if isinstance(part, nn.modules.dropout._DropoutNd) and part.p > 0:
            raise ValueError(f"{where} makes the force random: call eval() first")
        if isinstance(part, nn.modules.batchnorm._BatchNorm):
            raise ValueError(f"{where} mixes samples in training: call eval() first")


def from_rnn_cell(
    cell: nn.Module, x: Tensor, h0: Tensor | None = None, **options: Any
) -> EquilibriumProblem:
    """Return the problem whose map is an RNN cell with a constant input.

    ``cell(x, h)`` gives the next state, or as ``nn.LSTMCell`` the pair (h, c): then the state is h
    and c side by side. ``x`` is (batch, inputs); the first state is 0 unless given.

    >>> problem = from_rnn_cell(nn.GRUCell(3, 4), torch.zeros(2, 3))
    >>> problem.batch, problem.size, problem.epsilon
    (2, 4, 1.0)
    """
    if x.ndim != 2:
        raise ValueError(f"the input of a cell is (batch, inputs), not {tuple(x.shape)}")
    hidden = int(getattr(cell, "hidden_size", 0)) or (0 if h0 is None else h0.shape[-1])
    if not hidden:
        raise ValueError("the cell has no hidden_size: give h0")
    is_pair = isinstance(cell, nn.LSTMCell)
    if h0 is None:
        h0 = x.new_zeros(len(x), 2 * hidden if is_pair else hidden)

    def step(h: Tensor) -> Tensor:
        if not is_pair:
            found: Tensor = cell(x, h)
            return found
        return torch.cat(cell(x, (h[:, :hidden], h[:, hidden:])), dim=1)

    _refuse_training(cell)
    options.setdefault("parameters", dict(cell.named_parameters()))
    options.setdefault("name", type(cell).__name__)
    return from_callable(step, h0, kind="map", **options)


def from_hopfield(
    weights: Tensor,
    z0: Tensor | None = None,
    *,
    bias: Tensor | float = 0.0,
    form: HopfieldForm = "voltage",
    activation: Force = torch.tanh,
    beta: float = 1.0,
    epsilon: float = 1.0,
    **options: Any,
) -> EquilibriumProblem:
    """Return a Hopfield network's problem.

    - ``voltage``: F(z) = -z + W g(z) + b (Hopfield 1984)
    - ``rate``: F(z) = -z + g(W z + b)
    - ``modern``: F(z) = -z + X^T softmax(beta X z), the rows of ``weights`` being the stored
      patterns X (Ramsauer et al. 2020, arXiv 2008.02217)

    >>> patterns = torch.eye(3)
    >>> problem = from_hopfield(patterns, patterns[:1], form="modern", beta=8.0)
    >>> float(problem.residual_of(problem.z0)) < 1e-2
    True
    """
    if form not in get_args(HopfieldForm):
        raise ValueError(f"the form is one of {', '.join(get_args(HopfieldForm))}, not {form!r}")
    if weights.ndim != 2 or (form != "modern" and weights.shape[0] != weights.shape[1]):
        raise ValueError(f"weights are a matrix, square but for patterns, not {weights.shape}")
    forces: dict[str, Force] = {
        "voltage": lambda z: activation(z) @ weights.T + bias - z,
        "rate": lambda z: activation(z @ weights.T + bias) - z,
        "modern": lambda z: torch.softmax(beta * z @ weights.T, dim=-1) @ weights - z,
    }
    start = weights.new_zeros(1, weights.shape[1]) if z0 is None else z0
    given = {"weights": weights, "bias": bias}
    leaves = {
        name: one for name, one in given.items() if isinstance(one, Tensor) and one.requires_grad
    }
    options.setdefault("parameters", leaves)
    options.setdefault("name", f"Hopfield, {form}")
    return from_callable(forces[form], start, epsilon=epsilon, **options)


def from_torchdeq(
    deq: Callable[..., Any],
    function: Callable[..., Any],
    z0: Tensor | Sequence[Tensor],
    *,
    relax: bool = True,
    **options: Any,
) -> EquilibriumProblem:
    """Return the problem whose map is the function that a DEQ layer iterates.

    Args:
        deq: a layer of torchdeq, or anything that is called as ``deq(function, z0)`` and returns a
            list whose last entry is the fixed point, and a record.
        function: the map: a tensor to a tensor, or several to as many.
        z0: the first state, or states with the same batch; several are laid side by side.
        relax: start from the layer's fixed point, rather than from ``z0``.

    torchdeq itself need not be installed. Its estimate of the spectral radius is not used:
    it can be far too small for a complex pair.
    """
    several = not isinstance(z0, Tensor)
    parts = [z0] if isinstance(z0, Tensor) else list(z0)
    pack, unpack = _packing(parts)

    def step(z: Tensor) -> Tensor:
        found = function(*unpack(z))
        return pack(list(found) if several else [found])

    start = pack(parts)
    if relax:
        if isinstance(deq, nn.Module):
            _refuse_training(deq)
        with torch.no_grad():
            solved = deq(function, tuple(parts) if several else z0)[0]
        last = solved[-1]
        start = pack([last] if isinstance(last, Tensor) else list(last)).detach()
    if isinstance(function, nn.Module):
        _refuse_training(function)
        options.setdefault("parameters", dict(function.named_parameters()))
        options.setdefault("groups", groups_by_child(options["parameters"]))
    return from_callable(step, start, kind="map", **options)


def _packing(
    parts: Sequence[Tensor],
) -> tuple[Callable[[Sequence[Tensor]], Tensor], Callable[[Tensor], list[Tensor]]]:
    """Return how tensors are laid side by side, sample by sample, and taken apart again."""
    shapes = [one.shape for one in parts]
    if len({shape[:1] for shape in shapes}) != 1 or not shapes[0]:
        raise ValueError("all parts of the state have the same batch as their first dimension")
    if len(parts) == 1:
        return lambda tensors: tensors[0], lambda z: [z]
    sizes = [shape[1:].numel() for shape in shapes]

    def pack(tensors: Sequence[Tensor]) -> Tensor:
        return torch.cat([one.reshape(len(one), -1) for one in tensors], dim=1)

    def unpack(z: Tensor) -> list[Tensor]:
        split = torch.split(z, sizes, dim=1)
        return [one.reshape(shape) for one, shape in zip(split, shapes, strict=True)]

    return pack, unpack


def checked(problem: EquilibriumProblem) -> EquilibriumProblem:
    """Return the problem; ``ValueError`` if its force is random or changes shape or dtype."""
    with torch.no_grad():
        first = problem.force(problem.z0)
    if not isinstance(first, Tensor):
        raise ValueError(f"the force gives a {type(first).__name__}, not a tensor")
    if first.shape != problem.z0.shape:
        raise ValueError(
            f"the force gives the shape {tuple(first.shape)} for a state of the shape "
            f"{tuple(problem.z0.shape)}"
        )
    if first.dtype != problem.z0.dtype:
        raise ValueError(f"the force gives {first.dtype} for a state of {problem.z0.dtype}")
    check_deterministic(problem, problem.z0)
    return problem
