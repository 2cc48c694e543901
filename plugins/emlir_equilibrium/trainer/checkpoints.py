"""Checkpoints: plain tensors, numbers and text, read without running code."""

import warnings
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from emlir_equilibrium.block import BlockConfig, EPBlock
from emlir_equilibrium.trainer.config import TrainerConfig
from emlir_equilibrium.trainer.log import CsvLog
from emlir_equilibrium.trainer.training import EPTrainer

FORMAT = "emlir equilibrium checkpoint 1"


def save_checkpoint(trainer: EPTrainer, path: str | Path, vocabulary: str = "") -> None:
    """Write all that a run needs to go on: parameters, their mean, optimizer, controllers.

    A file that is there stays whole until the new one is.
    """
    part = Path(f"{path}.part")
    torch.save(
        {
            "format": FORMAT,
            "block": asdict(trainer.block.config),
            "dtype": str(trainer.block.head.dtype).removeprefix("torch."),
            "trainer": asdict(trainer.config),
            "state": trainer.block.state_dict(),
            "mean": trainer.mean.state(),
            "optimizer": trainer.optimizer.state_dict(),
            "weight": trainer.controller.weight,
            "skipped": list(trainer.gate.recent),
            "lowest": trainer.fuse.lowest,
            "blown": trainer.fuse.blown,
            "step": trainer.steps,
            "vocabulary": vocabulary,
            "validation": trainer.validation,
        },
        part,
    )
    part.replace(path)


def read_checkpoint(path: str | Path) -> Mapping[str, Any]:
    """Return what a checkpoint holds; raises ``ValueError`` for a file that is none."""
    Path(path).open("rb").close()  # a plain OSError, before torch words its own
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pickles that other programs wrote
            held = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # what a damaged pickle raises is not bounded
        raise ValueError(f"{path} is not a checkpoint") from error
    if not isinstance(held, dict) or held.get("format") != FORMAT:
        raise ValueError(f"{path} is not a checkpoint of this trainer")
    return held


def load_checkpoint(path: str | Path, log: str | Path | None = None) -> EPTrainer:
    """Return the trainer of a checkpoint, which goes on as if it had not been interrupted.

    Its batches are those that come after the first ``steps``. With ``log`` it goes on with that
    file, whose rows from after the checkpoint are dropped. Raises ``ValueError`` for a file that is
    no checkpoint, or a damaged one.
    """
    held = read_checkpoint(path)
    try:
        trainer = _rebuilt(held)
    except Exception as error:  # parts that are missing, or of any other type or shape
        why = str(error).partition("\n")[0]
        raise ValueError(
            f"{path} is a damaged checkpoint: {type(error).__name__}: {why}"
        ) from error
    if log is not None:
        trainer.log = CsvLog(log, trainer.steps)
    return trainer


def _rebuilt(held: Mapping[str, Any]) -> EPTrainer:
    block = EPBlock(BlockConfig.from_dict(held["block"]), dtype=getattr(torch, held["dtype"]))
    block.load_state_dict(held["state"])
    trainer = EPTrainer(block, TrainerConfig(**held["trainer"]), validation=held["validation"])
    trainer.optimizer.load_state_dict(held["optimizer"])
    trainer.mean.restore(held["mean"])
    trainer.controller.weight = held["weight"]
    trainer.gate.warm_up = max(trainer.config.warm_up - held["step"], 0)
    trainer.gate.recent.extend(held["skipped"])
    trainer.fuse.lowest = held["lowest"]
    trainer.fuse.blown = held["blown"]
    trainer.steps = held["step"]
    trainer.keep_safe()
    return trainer
