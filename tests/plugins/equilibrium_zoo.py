"""Systems with known answers, as problems with their truths; shared by all tests.

Formulas: Brusselator and FitzHugh-Nagumo as in Kuznetsov's and Strogatz's textbooks; the odd
ring's eigenvalues are those of a circulant matrix. All states are float64.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from flint import acb_mat, arb_mat, ctx
from torch import Tensor

from emlir_equilibrium.problem import EquilibriumProblem, from_map

DTYPE = torch.float64
Family = Callable[[float], EquilibriumProblem]


def tensor(values: object) -> Tensor:
    return torch.as_tensor(np.array(values, dtype=float), dtype=DTYPE)


def linear(
    matrix: object, epsilon: float = 0.1, batch: int = 1, causal: bool = False
) -> EquilibriumProblem:
    """F(z) = A z; with ``causal`` each component is a token of width 1."""
    a = tensor(matrix)
    if causal:
        z0 = torch.zeros(batch, len(a), 1, dtype=DTYPE)
        return EquilibriumProblem(
            lambda z: torch.einsum("ij,bjc->bic", a, z), z0, epsilon, causal_dim=1
        )
    z0 = torch.zeros(batch, len(a), dtype=DTYPE)
    return EquilibriumProblem(lambda z: z @ a.T, z0, epsilon)


def linear_batch(matrices: object, epsilon: float = 0.1) -> EquilibriumProblem:
    """A matrix for each sample."""
    a = tensor(matrices)
    z0 = torch.zeros(a.shape[:2], dtype=DTYPE)
    return EquilibriumProblem(lambda z: torch.einsum("bij,bj->bi", a, z), z0, epsilon)


def orthogonal(n: int, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal((n, n))
    return np.linalg.qr(noise)[0]


def normal_matrix(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A normal matrix of pairs and reals, and its eigenvalues."""
    source = np.random.default_rng(seed)
    form, values = np.zeros((n, n)), []
    for i in range(0, n - 1, 2):
        a, b = source.uniform(-2, -0.1), source.uniform(0.1, 3)
        form[i : i + 2, i : i + 2] = [[a, b], [-b, a]]
        values += [complex(a, b), complex(a, -b)]
    if n % 2:
        form[-1, -1] = source.uniform(-2, -0.1)
        values.append(complex(form[-1, -1]))
    turn = orthogonal(n, seed + 1)
    return turn @ form @ turn.T, np.array(values)


def jordan(n: int = 32, value: float = -0.5) -> np.ndarray:
    return value * np.eye(n) + np.eye(n, k=1)


def toeplitz(n: int = 40) -> np.ndarray:
    return -0.5 * np.eye(n) + 2 * np.eye(n, k=1)


def grcar(n: int = 60, shift: float = 0.0) -> np.ndarray:
    """Grcar's matrix with ``shift`` added to its diagonal."""
    bands = sum(np.eye(n, k=k) for k in range(4))
    return bands - np.eye(n, k=-1) + shift * np.eye(n)


def rotation(rho: float = 1.044, angle: float = 1.3) -> EquilibriumProblem:
    """The map rho * Rot(angle): its eigenvalues are rho exp(+-i angle)."""
    c, s = rho * math.cos(angle), rho * math.sin(angle)
    turn = tensor([[c, -s], [s, c]])
    return from_map(lambda z: z @ turn.T, torch.ones(1, 2, dtype=DTYPE), 1.0)


def planar(force: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]], x: float, y: float):
    """A problem on the plane from the two components of its force."""

    def both(z: Tensor) -> Tensor:
        return torch.stack(force(z[..., 0], z[..., 1]), dim=-1)

    return EquilibriumProblem(both, tensor([[x, y]]), 0.01)


def stuart_landau(mu: float, sigma: int = -1, omega: float = 1.7) -> EquilibriumProblem:
    """w' = (mu + i omega) w + (sigma + i) |w|^2 w, with a sheared second component."""
    shear = 0.4

    def force(x: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        y = v - shear * x
        r = x * x + y * y
        dx = mu * x - omega * y + r * (sigma * x - y)
        dy = omega * x + mu * y + r * (x + sigma * y)
        return dx, dy + shear * dx

    return planar(force, 0.0, 0.0)


def brusselator(b: float, a: float = 1.3) -> EquilibriumProblem:
    """Hopf at b = 1 + a^2 with omega = a, supercritical; equilibrium (a, b / a)."""

    def force(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return a - (b + 1) * x + x * x * y, b * x - x * x * y

    return planar(force, a + 0.01, b / a)


def fitzhugh_nagumo(current: float) -> EquilibriumProblem:
    """v' = v - v^3/3 - w + I, w' = e (v + a - b w), a = .7, b = .8, e = .08."""

    def force(v: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
        return v - v**3 / 3 - w + current, 0.08 * (v + 0.7 - 0.8 * w)

    return planar(force, -1.0, -0.4)


_V = -math.sqrt(1 - 0.08 * 0.8)  # where the trace 1 - v^2 - e b vanishes
FITZHUGH_CURRENT = (_V + 0.7) / 0.8 - _V + _V**3 / 3
FITZHUGH_OMEGA = math.sqrt(0.08 - 0.08**2 * 0.8**2)


def ring(gain: float, n: int = 3) -> EquilibriumProblem:
    """x_i' = -x_i - tanh(g x_{i-1}), n odd: Hopf at g = 1/cos(pi/n), omega = tan(pi/n)."""
    z0 = torch.zeros(1, n, dtype=DTYPE)
    return EquilibriumProblem(lambda z: -z - torch.tanh(gain * z.roll(1, dims=-1)), z0, 0.05)


@dataclass(frozen=True)
class HopfCase:
    """A family, where its Hopf point is sought, and what is true there."""

    name: str
    family: Family
    lo: float
    hi: float
    parameter: float
    omega: float
    bar: float
    kind: Literal["supercritical", "subcritical"]
    l1: float | None = None


HOPF_CASES = (
    HopfCase(
        "Stuart-Landau, sigma -1", lambda p: stuart_landau(p, -1), -0.31, 0.3, 0.0, 1.7, 1e-10,
        "supercritical",
    ),
    HopfCase(
        "Stuart-Landau, sigma +1", lambda p: stuart_landau(p, 1), -0.31, 0.3, 0.0, 1.7, 1e-10,
        "subcritical",
    ),
    HopfCase(
        "Brusselator", brusselator, 2.0, 3.5, 1 + 1.3**2, 1.3, 1e-10, "supercritical", -0.324
    ),
    HopfCase(
        "FitzHugh-Nagumo", fitzhugh_nagumo, 0.2, 0.5, FITZHUGH_CURRENT, FITZHUGH_OMEGA, 1e-8,
        "subcritical", 0.972,
    ),
    *(
        HopfCase(
            f"ring {n}", lambda g, n=n: ring(g, n), 0.5, 3.0, 1 / math.cos(math.pi / n),
            math.tan(math.pi / n), 1e-10, "supercritical",
        )
        for n in (3, 5, 21)
    ),
)  # fmt: skip


class CausalBlock:
    """A small pre-LN block: F(z) = x - (1 + c) z + gain * Attn(LN z) + FFN(LN z), causal.

    ``force`` and ``token_force`` as :class:`EquilibriumProblem` wants them.
    """

    def __init__(
        self,
        width: int = 16,
        heads: int = 2,
        scale: float = 1.0,
        gain: float = 1.0,
        seed: int = 0,
        device: str = "cpu",
    ) -> None:
        generator = torch.Generator().manual_seed(seed)

        def weight(rows: int, columns: int) -> Tensor:
            noise = torch.randn(rows, columns, generator=generator, dtype=DTYPE)
            return (scale * noise / math.sqrt(columns)).to(device)

        self.heads, self.gain, self.c = heads, gain, 1.0
        self.q, self.k, self.v, self.o = (weight(width, width) for _ in range(4))
        self.up, self.down = weight(4 * width, width), weight(width, 4 * width)
        self.width, self.device = width, device

    def problem(self, tokens: int = 8, batch: int = 1, seed: int = 1, epsilon: float = 0.1):
        generator = torch.Generator().manual_seed(seed)
        x = torch.randn(batch, tokens, self.width, generator=generator, dtype=DTYPE)
        x = x.to(self.device)
        return EquilibriumProblem(
            lambda z: self.force(z, x),
            x.clone(),
            epsilon,
            causal_dim=1,
            token_force=lambda z, context: self.token_force(z, context, x),
        )

    def force(self, z: Tensor, x: Tensor) -> Tensor:
        return self.token_force(z, z, x, whole=True)

    def token_force(self, z: Tensor, context: Tensor, x: Tensor, whole: bool = False) -> Tensor:
        """With ``whole`` all tokens see ``context``, which is then ``z`` itself."""
        own, seen = _norm(z), _norm(context)
        attended = self._attention(own, seen, whole)
        ffn = torch.nn.functional.gelu(own @ self.up.T, approximate="tanh") @ self.down.T
        return x - (1 + self.c) * z + self.gain * attended + ffn

    def _attention(self, own: Tensor, seen: Tensor, whole: bool) -> Tensor:
        q, k, v = (self._split(seen_or_own @ w.T) for seen_or_own, w in
                   ((own, self.q), (seen, self.k), (seen, self.v)))  # fmt: skip
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        if not whole:  # a token's own key and value move with it
            own_k, own_v = self._split(own @ self.k.T), self._split(own @ self.v.T)
            own_score = (q * own_k).sum(-1) / math.sqrt(q.shape[-1])
            scores = scores - torch.diag_embed(torch.diagonal(scores, dim1=-2, dim2=-1))
            scores = scores + torch.diag_embed(own_score)
        tokens = scores.shape[-1]
        later = torch.ones(tokens, tokens, dtype=torch.bool, device=scores.device).triu(1)
        weights = scores.masked_fill(later, float("-inf")).softmax(-1)
        mixed = weights @ v
        if not whole:
            mixed = mixed + torch.diagonal(weights, dim1=-2, dim2=-1)[..., None] * (own_v - v)
        return mixed.transpose(-2, -3).flatten(-2) @ self.o.T

    def _split(self, rows: Tensor) -> Tensor:
        return rows.unflatten(-1, (self.heads, -1)).transpose(-2, -3)


def _norm(z: Tensor) -> Tensor:
    centred = z - z.mean(-1, keepdim=True)
    return centred / (centred.square().mean(-1, keepdim=True) + 1e-5).sqrt()


def toy_block(gain: float = 1.0, epsilon: float = 0.1, tokens: int = 8) -> EquilibriumProblem:
    """The block whose attention gain is raised until it oscillates."""
    return CausalBlock(gain=gain, scale=0.8, seed=2).problem(tokens, epsilon=epsilon)


@dataclass(frozen=True)
class RandomSystem:
    """A matrix with its true verdicts and the condition number of its leading eigenvalue."""

    matrix: np.ndarray
    epsilon: float
    flow: Literal["stable", "unstable"]
    map: Literal["stable", "unstable"]
    condition: float


def exact_eigenvalues(matrix: np.ndarray, bits: int = 400) -> np.ndarray:
    """The eigenvalues of a matrix of doubles at the given precision."""
    before, ctx.prec = ctx.prec, bits
    try:
        balls = acb_mat(arb_mat(matrix.tolist())).eig(algorithm="approx")
        return np.array([complex(float(b.real.mid()), float(b.imag.mid())) for b in balls])
    finally:
        ctx.prec = before


def random_systems(count: int, seed: int = 0) -> list[RandomSystem]:
    """Every other one strongly non-normal: Q (D + t N) Q^T with N strictly upper triangular."""
    source = np.random.default_rng(seed)
    found = []
    for index in range(count):
        n = int(source.integers(3, 17))
        diagonal = np.diag(source.uniform(-2, 0.5, n))
        for i in range(0, n - 1, 2):
            diagonal[i, i + 1], diagonal[i + 1, i] = source.uniform(0.2, 3) * np.array([1, -1])
            diagonal[i + 1, i + 1] = diagonal[i, i]
        diagonal -= source.uniform(-0.3, 0.8) * np.eye(n)
        upper = np.triu(source.standard_normal((n, n)), 2)
        strength = source.uniform(5, 40) if index % 2 else source.uniform(0, 0.5)
        turn = orthogonal(n, int(source.integers(2**31)))
        found.append(_judged(turn @ (diagonal + strength * upper) @ turn.T))
    return found


def _judged(matrix: np.ndarray, epsilon: float = 0.1) -> RandomSystem:
    mu = exact_eigenvalues(matrix)
    values, right = np.linalg.eig(matrix)
    place = int(np.argmax(values.real))
    condition = float(np.linalg.norm(right[:, place]) * np.linalg.norm(np.linalg.inv(right)[place]))
    return RandomSystem(
        matrix,
        epsilon,
        "stable" if mu.real.max() < 0 else "unstable",
        "stable" if np.abs(1 + epsilon * mu).max() < 1 else "unstable",
        condition,
    )


def indefinite(n: int = 24, seed: int = 6) -> np.ndarray:
    """A symmetric matrix whose spectrum runs from -5.03 to +1.47."""
    inner = np.random.default_rng(seed).uniform(-4, 1.2, n - 2)
    turn = orthogonal(n, seed)
    return turn @ np.diag([-5.03, 1.47, *inner]) @ turn.T
