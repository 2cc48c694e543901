"""The diagonal blocks of a causal model, whose union of spectra is the spectrum (G7).

The force at a token depends on it and on those before it: J is block lower triangular, and
strongly non-normal the longer the context is. Arnoldi's method on the whole then returns
pseudo-eigenvalues, so each token's own block is taken.
"""

import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised
from emlir_equilibrium.draws import normal, seeded
from emlir_equilibrium.problem import EquilibriumProblem

CHUNK = 32


class NotCausalError(ValueError):
    """The force at a token depends on later ones, or ``token_force`` is another force."""


def token_blocks(linear: Linearised, chunk: int = CHUNK) -> Tensor:
    """Return dF_t/dz_t of all tokens: shape (batch, tokens, C, C).

    With ``token_force`` C products for all tokens at once, else C for each token. Raises
    :class:`NotCausalError` where random probes contradict the declared structure.
    """
    problem = linear.problem
    layout = _Layout(problem)
    _check_causal(linear, layout)
    together = problem.token_force is not None
    blocks = torch.cat(
        [_columns(linear, layout, columns, together) for columns in _chunks(layout.width, chunk)],
        dim=-1,
    )
    if together:
        _check_token_force(linear, layout, blocks)
    return blocks


def _chunks(width: int, chunk: int) -> list[Tensor]:
    return list(torch.split(torch.arange(width, device="cpu"), chunk))


class _Layout:
    """A state as (batch, tokens, C), C all components of a token."""

    def __init__(self, problem: EquilibriumProblem) -> None:
        if problem.causal_dim is None:
            raise NotCausalError("the problem declares no causal dimension")
        self.problem = problem
        self.axis = problem.causal_dim
        self.tokens = problem.z0.shape[self.axis]
        self.width = problem.size // self.tokens
        moved = torch.movedim(problem.z0, self.axis, problem.batch_dims)
        self.moved_shape = moved.shape

    def rows(self, z: Tensor) -> Tensor:
        moved = torch.movedim(z, self.axis, self.problem.batch_dims)
        return moved.reshape(self.problem.batch, self.tokens, self.width)

    def state(self, rows: Tensor) -> Tensor:
        moved = rows.reshape(self.moved_shape)
        return torch.movedim(moved, self.problem.batch_dims, self.axis)


def _columns(linear: Linearised, layout: _Layout, columns: Tensor, together: bool) -> Tensor:
    """The given columns of all diagonal blocks."""
    batch, tokens, width = linear.problem.batch, layout.tokens, layout.width
    basis = torch.eye(width, dtype=linear.z.dtype, device=linear.z.device)[columns]
    if together:
        linear.jvps += len(columns)
        vectors = basis[:, None, None, :].expand(-1, batch, tokens, -1)
        return _products(linear, layout, vectors, own=True).permute(1, 2, 3, 0)
    linear.jvps += len(columns) * tokens
    found = []
    for token in range(tokens):
        vectors = basis.new_zeros(len(columns), batch, tokens, width)
        vectors[:, :, token] = basis[:, None, :]
        found.append(_products(linear, layout, vectors, own=False)[:, :, token])
    return torch.stack(found, dim=2).permute(1, 2, 3, 0)


def _products(linear: Linearised, layout: _Layout, vectors: Tensor, own: bool) -> Tensor:
    """Products with J, or with ``own`` those of the tokens alone, for stacked rows."""
    force, token_force = linear.problem.force, linear.problem.token_force

    def seen(z: Tensor) -> Tensor:
        return token_force(z, linear.z) if own and token_force is not None else force(z)

    def product(rows: Tensor) -> Tensor:
        made = torch.func.jvp(seen, (linear.z,), (layout.state(rows),))[1]
        return layout.rows(made)

    found: Tensor = torch.func.vmap(product)(vectors)
    return found.detach()


def _noise(layout: _Layout, like: Tensor, seed: int) -> Tensor:
    shape = (layout.problem.batch, layout.tokens, layout.width)
    return normal(shape, seeded(seed), like)


def _check_causal(linear: Linearised, layout: _Layout) -> None:
    """Later tokens must not move the force at earlier ones."""
    for first in {1, layout.tokens // 2, layout.tokens - 1} - {0}:
        probe = _noise(layout, linear.z, first)
        probe[:, :first] = 0
        found = layout.rows(linear.jvp(layout.state(probe)))
        early, late = found[:, :first].abs().max(), found[:, first:].abs().max()
        if float(early) > 1e-12 * float(late):
            raise NotCausalError(
                f"the force at tokens before {first} depends on later ones: leave out causal_dim"
            )


def _check_token_force(linear: Linearised, layout: _Layout, blocks: Tensor) -> None:
    """The blocks must be those of the force itself, seen at three tokens."""
    allowed = 1e3 * torch.finfo(linear.z.dtype).eps
    for token in {0, layout.tokens // 2, layout.tokens - 1}:
        probe = torch.zeros_like(layout.rows(linear.z))
        probe[:, token] = _noise(layout, linear.z, token)[:, token]
        whole = layout.rows(linear.jvp(layout.state(probe)))[:, token]
        own = torch.einsum("bij,bj->bi", blocks[:, token], probe[:, token])
        if float((whole - own).norm()) > allowed * (float(whole.norm()) + float(own.norm())):
            raise NotCausalError(f"token_force and force differ at token {token}")
