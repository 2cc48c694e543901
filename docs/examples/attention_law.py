"""From a hook to a law: a small transformer, its induction head, and what is proved of it.

    python docs/examples/attention_law.py [REPORT.html]

A transformer of two layers learns to go on with a sequence that it has seen once: random tokens,
then the same again. For that a head has to look at the token after the last occurrence of the
present one (an induction head: Olsson et al., arXiv:2209.11895). Everything is trained here, from a
seed, in about a minute; nothing is downloaded.
"""

import math
import sys

import torch
from torch import Tensor, nn

import emlir
from emlir_attention import (
    Head,
    SignedLog,
    attention_bound,
    certify,
    concentration_claim,
    hooked,
    softmax_weights,
)

TOKENS, HALF, WIDTH, HEADS = 24, 12, 48, 4
STEPS, BATCH = 700, 96


class Attention(nn.Module):
    """Causal attention of several heads."""

    def __init__(self) -> None:
        super().__init__()
        self.project = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.output = nn.Linear(WIDTH, WIDTH, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = parts(self.project(x))
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.output(mixed.transpose(1, 2).flatten(2))


def parts(projected: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Cut projections into queries, keys and values, each (batch, heads, time, width)."""
    cut = projected.unflatten(-1, (3, HEADS, WIDTH // HEADS)).movedim(-3, 0).transpose(2, 3)
    return cut[0], cut[1], cut[2]


class Model(nn.Module):
    """Two layers of attention with residual connections, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.token = nn.Embedding(TOKENS, WIDTH)
        self.place = nn.Embedding(2 * HALF, WIDTH)
        self.first, self.second = Attention(), Attention()
        self.last = nn.Linear(WIDTH, TOKENS)

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.token(tokens) + self.place.weight[: tokens.shape[1]]
        x = x + self.first(x)
        return self.last(x + self.second(x))


def sequences(count: int, made: torch.Generator) -> Tensor:
    """Distinct random tokens, then the same again."""
    order = torch.rand(count, TOKENS, generator=made).argsort(1)[:, :HALF]
    return torch.cat((order, order), 1)


def trained(made: torch.Generator) -> Model:
    model = Model()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(STEPS):
        tokens = sequences(BATCH, made)
        logits = model(tokens)[:, HALF - 1 : -1]
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), tokens[:, HALF:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval()


class Study:
    """The trained model on fresh sequences, with the scores of its second layer made sharper."""

    def __init__(self, model: Model, tokens: Tensor) -> None:
        self.model = model
        self.tokens = tokens
        self.rows = torch.arange(HALF, 2 * HALF - 1)

    def weights(self, sharpness: float = 1.0) -> SignedLog:
        """The effective weights of all heads, from the projections that a hook caught."""
        caught, _ = hooked(self.model, "second.project", [self.tokens], position=slice(None))
        query, key, _ = parts(caught.unflatten(0, self.tokens.shape))
        return softmax_weights(query * sharpness, key, causal=True)

    def on_source(self, sharpness: float = 1.0) -> Tensor:
        """The mean weight that each head puts on the token after the last occurrence."""
        log = self.weights(sharpness).log[:, :, self.rows, self.rows - HALF + 1]
        return log.exp().mean((0, 2))

    def odds(self, sharpness: float = 1.0) -> float:
        """The mean logarithm of the odds that the model gives to the right token."""

        def sharpen(_module: nn.Module, _inputs: object, out: Tensor) -> Tensor:
            return torch.cat((out[..., :WIDTH] * sharpness, out[..., WIDTH:]), -1)

        handle = self.model.second.project.register_forward_hook(sharpen)
        with torch.no_grad():
            logits = self.model(self.tokens)[:, self.rows]
        handle.remove()
        right = self.tokens[:, self.rows + 1, None]
        rest = logits.scatter(-1, right, -torch.inf).logsumexp(-1)
        return float((logits.gather(-1, right)[..., 0] - rest).mean())


def law(study: Study) -> emlir.FitResult:
    """Find how the odds depend on the weight on the source, all heads together."""
    sharpness = torch.linspace(0.3, 1.5, 25).tolist()
    weight = [float(study.on_source(s).sum()) for s in sharpness]
    odds = [study.odds(s) for s in sharpness]
    return emlir.fit(weight, odds, names=["w"], max_size=6, time_limit=20)


def certificates(study: Study, head: int) -> None:
    """Prove something of one row, and of one head around one sequence."""
    row = study.weights().log[0, head, HALF]
    claim = concentration_claim(row, target=1, tau="0.5", rho="0.1")
    found = emlir.prove(claim)
    print(f"the source holds over half of a row, log weights being off by 0.1: {found.verdict}")

    model, tokens = study.model, study.tokens[:1]
    with torch.no_grad():
        x = model.token(tokens) + model.place.weight
        x = (x + model.first(x))[0].double().numpy()
    size = WIDTH // HEADS
    matrix = model.second.project.weight.detach().double().numpy().T
    query, key, value = (
        matrix[:, k * WIDTH + head * size : k * WIDTH + (head + 1) * size] for k in range(3)
    )
    bound = attention_bound(Head(query, key, value, size**-0.5, causal=True), x, radius="0.001")
    limit = math.ceil(bound.value)
    print(f"head {head} has the Lipschitz constant {limit} within 0.001 of a sequence:", end=" ")
    print(certify(bound, limit).verdict)


def main() -> None:
    torch.manual_seed(0)
    made = torch.Generator().manual_seed(0)
    model = trained(made)
    study = Study(model, sequences(400, made))
    with torch.no_grad():
        guessed = model(study.tokens)[:, HALF:-1].argmax(-1)
    right = (guessed == study.tokens[:, HALF + 1 :]).double().mean()
    print(f"tokens of the second half that are foretold: {right:.1%}")
    shares = study.on_source()
    print("mean weight of each head on the source:", *(f"{share:.2f}" for share in shares))

    found = law(study)
    print(f"log odds of the right token: {found.expression}, R² {found.r2:.4f}, {found.label}")
    for one in found.findings:
        print(f"  {one.statement}: {one.verdict}")
    certificates(study, int(shares.argmax()))
    if len(sys.argv) > 1:
        found.report(sys.argv[1])
        print(f"report: {sys.argv[1]}")


if __name__ == "__main__":
    main()
