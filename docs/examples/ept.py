"""Train ept's block on a few sonnets by equilibrium propagation, and look at what it learnt.

    python docs/examples/ept.py [STEPS] [FOLDER]

Takes a few minutes on two cores for 300 steps. Writes log.csv and checkpoint.pt into the folder,
the latter every 25 steps; `emlir equilibrium plateau log.csv` and `emlir equilibrium fingerprint
checkpoint.pt` read them.
"""

import sys
from pathlib import Path

import torch

from emlir_equilibrium.block import BlockConfig, EPBlock
from emlir_equilibrium.gradients import grad_triangulate, relax
from emlir_equilibrium.trainer import (
    Diverged,
    EPTrainer,
    TrainerConfig,
    save_checkpoint,
    sonnets,
)

CONTEXT = 12
INTERRUPTED = 130


def main(steps: int = 300, folder: Path = Path()) -> EPTrainer:
    """Train, report, save; return the trainer."""
    corpus = sonnets()
    folder.mkdir(parents=True, exist_ok=True)
    block = EPBlock(
        BlockConfig(len(corpus.vocabulary), width=20, context=CONTEXT, epsilon=0.2, qk_norm=True)
    )
    config = TrainerConfig(
        lr=1e-2, cosine_every=25, spectrum_every=25, self_cos_every=25, validate_every=25
    )
    validation = corpus.validation_batch(32, CONTEXT)
    trainer = EPTrainer(block, config, validation=validation, log=folder / "log.csv")
    for batch in corpus.batches(steps, 8, CONTEXT):
        row = trainer.step(*batch)
        if row.cos is not None:
            print(
                f"step {row.step:4}  loss {row.loss:.3f}  val {row.val_loss:.3f}  "
                f"residual {row.res:.1e}  cos {row.cos:.6f}  rho {row.rho or float('nan'):.3f}"
            )
            save_checkpoint(trainer, folder / "checkpoint.pt", corpus.vocabulary)
    save_checkpoint(trainer, folder / "checkpoint.pt", corpus.vocabulary)
    print(f"validation, averaged parameters: {trainer.validation_loss(mean=True):.3f}")
    indices, targets = (one[:4] for one in validation)
    print(grad_triangulate(block.problem(indices, targets)).table())
    print(written(trainer, corpus.vocabulary, "Shall I compa"[:CONTEXT]))
    return trainer


def written(trainer: EPTrainer, vocabulary: str, text: str, more: int = 120) -> str:
    """Go on with a text, a character at a time."""
    generator = torch.Generator().manual_seed(0)
    for _ in range(more):
        places = torch.tensor([[vocabulary.index(one) for one in text[-CONTEXT:]]])
        z, _ = relax(trainer.block.problem(places), None, 100)
        logits = (z[0, -1] @ trainer.block.head).detach()
        chosen = torch.multinomial(torch.softmax(logits / 0.7, 0), 1, generator=generator)
        text += vocabulary[int(chosen)]
    return text


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    try:
        main(count, Path(sys.argv[2] if len(sys.argv) > 2 else "."))
    except KeyboardInterrupt:
        print("interrupted: log.csv and the last checkpoint.pt are kept", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except Diverged as why:
        sys.exit(str(why))
