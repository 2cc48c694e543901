"""Checkpoints: plain tensors, numbers and text, read without running code."""

import pickle
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from emlir_equilibrium.block import BlockConfig, EPBlock
from emlir_equilibrium.trainer.config import TrainerConfig
from emlir_equilibrium.trainer.training import EPTrainer

FORMAT = "emlir equilibrium checkpoint 1"


def save_checkpoint(trainer: EPTrainer, path: str | Path, vocabulary: str = "") -> None:
    """Write all that a run needs to go on: parameters, their mean, optimizer, controllers."""
    torch.save(
        {
            "format": FORMAT,
            "block": asdict(trainer.block.config),
            "dtype": str(trainer.block.head.dtype).removeprefix("torch."),
            "trainer": asdict(trainer.config),
            "state": trainer.block.state_dict(),
            "mean": {"steps": trainer.mean.steps, "totals": trainer.mean.totals},
            "optimizer": trainer.optimizer.state_dict(),
            "weight": trainer.controller.weight,
            "skipped": list(trainer.gate.recent),
            "lowest": trainer.fuse.lowest,
            "step": trainer.steps,
            "vocabulary": vocabulary,
            "validation": trainer.validation,
        },
        path,
    )


def read_checkpoint(path: str | Path) -> Mapping[str, Any]:
    """Return what a checkpoint holds; raises ``ValueError`` for a file that is none."""
    try:
        held = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError, KeyError) as error:
        raise ValueError(f"{path} is not a checkpoint") from error
    if not isinstance(held, dict) or held.get("format") != FORMAT:
        raise ValueError(f"{path} is not a checkpoint of this trainer")
    return held


def load_checkpoint(path: str | Path) -> EPTrainer:
    """Return the trainer of a checkpoint, which goes on as if it had not been interrupted."""
    held = read_checkpoint(path)
    block = EPBlock(BlockConfig.from_dict(held["block"]), dtype=getattr(torch, held["dtype"]))
    block.load_state_dict(held["state"])
    trainer = EPTrainer(block, TrainerConfig(**held["trainer"]), validation=held["validation"])
    trainer.optimizer.load_state_dict(held["optimizer"])
    trainer.mean.steps = held["mean"]["steps"]
    trainer.mean.totals = dict(held["mean"]["totals"])
    trainer.controller.weight = held["weight"]
    trainer.gate.warm_up = max(trainer.config.warm_up - held["step"], 0)
    trainer.gate.recent.extend(held["skipped"])
    trainer.fuse.lowest = held["lowest"]
    trainer.steps = held["step"]
    return trainer
