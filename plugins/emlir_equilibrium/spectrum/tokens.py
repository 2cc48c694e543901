"""The diagonal blocks of a causal model, whose union of spectra is the spectrum (G7).

The force at a token depends on it and on those before it: J is block lower triangular, and
strongly non-normal the longer the context is. Arnoldi's method on the whole then returns
pseudo-eigenvalues, so each token's own block is taken.
"""

import torch
from torch import Tensor

from emlir_equilibrium.derivatives import Linearised, directional
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.structure import StructureError, drawn

CHUNK = 32


class NotCausalError(StructureError):
    """The force at a token depends on later ones, or ``token_force`` is another force."""


def token_blocks(linear: Linearised, chunk: int = CHUNK) -> Tensor:
    """Return dF_t/dz_t of all tokens: shape (batch, tokens, C, C).

    With ``token_force`` C products for all tokens at once, else C for each token, and one more
    for each token. Raises :class:`NotCausalError` where these contradict the declared structure.
    """
    problem = linear.problem
    layout = _Layout(problem)
    together = problem.token_force is not None
    blocks = torch.cat(
        [
            _columns(linear, layout, columns, together)
            for columns in _chunks(layout.width, chunk, linear.z.device)
        ],
        dim=-1,
    )
    _check_blocks(linear, layout, blocks)
    return blocks


def _chunks(width: int, chunk: int, device: torch.device) -> list[Tensor]:
    return list(torch.split(torch.arange(width, device=device), chunk))


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
        return layout.rows(directional(seen, linear.z, layout.state(rows)))

    found: Tensor = torch.func.vmap(product)(vectors)
    return found.detach()


def _check_blocks(linear: Linearised, layout: _Layout, blocks: Tensor, chunk: int = CHUNK) -> None:
    """Move each token together with all later ones: those before it must feel nothing at all, and
    it must feel its own block alone.

    The least influence of the future counts: along a chain of tokens it grows without bound.
    """
    noise = layout.rows(drawn(linear, 5).reshape(linear.z.shape))
    linear.jvps += layout.tokens
    everyone = torch.arange(layout.tokens, device=linear.z.device)
    for tokens in _chunks(layout.tokens, chunk, linear.z.device):
        later = everyone[None, :] >= tokens[:, None]
        moved = later.to(linear.z)[:, None, :, None]
        found = _products(linear, layout, moved * noise, own=False)
        if float((found * (1 - moved)).abs().max()) > 0:
            raise NotCausalError(_LATER)
        whole = found[everyone[: len(tokens)], :, tokens]
        own = torch.einsum("btij,btj->tbi", blocks[:, tokens], noise[:, tokens])
        _check_equal(whole, own, tokens)


_LATER = "the force at some token depends on later ones: leave out causal_dim"


def _check_equal(whole: Tensor, own: Tensor, tokens: Tensor) -> None:
    allowed = 1e3 * torch.finfo(whole.dtype).eps
    missed, size = (whole - own).norm(dim=(1, 2)), whole.norm(dim=(1, 2)) + own.norm(dim=(1, 2))
    bad = missed > allowed * size
    if bool(bad.any()):
        token = int(tokens[int(bad.float().argmax())])
        raise NotCausalError(f"token_force and force differ at token {token}")
