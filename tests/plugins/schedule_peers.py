"""The rates that other libraries give, step by step."""

import importlib.util
import sys
import types
import warnings

import numpy as np
import pytest


def torch_rates(make, steps, rate=1.0):
    """The rates of a torch scheduler: before step 0, after 1, 2, ... calls of ``step``."""
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    found = np.empty(steps)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scheduler = make(optimizer)
        for step in range(steps):
            found[step] = optimizer.param_groups[0]["lr"]
            optimizer.step()
            scheduler.step()
    return found


def optax_rates(schedule, steps):
    """The values of an optax schedule in float64."""
    import jax

    with jax.enable_x64(True):
        counts = jax.numpy.arange(steps, dtype="float64")
        return np.array(jax.vmap(schedule)(counts)) * np.ones(steps)


def transformers_rates(name, warmup, total, steps, rate=1.0, **specific):
    """The rates of ``transformers.get_scheduler``."""
    optimization = pytest.importorskip("transformers.optimization")

    def make(optimizer):
        return optimization.get_scheduler(
            name,
            optimizer,
            num_warmup_steps=warmup,
            num_training_steps=total,
            scheduler_specific_kwargs=specific or None,
        )

    return torch_rates(make, steps, rate)


def timm_module():
    """timm's schedulers, without the rest of timm, which needs torchvision."""
    spec = importlib.util.find_spec("timm")
    if spec is None:
        pytest.skip("timm is not installed")
    if "timm" not in sys.modules:
        package = types.ModuleType("timm")
        package.__spec__, package.__path__ = spec, list(spec.submodule_search_locations)
        sys.modules["timm"] = package
    return importlib.import_module("timm.scheduler")


def timm_rates(make, steps, rate=1.0):
    """The rates of a timm scheduler, told the number of each update."""
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    scheduler = make(timm_module(), optimizer)
    found = np.empty(steps)
    for step in range(steps):
        scheduler.step_update(step)
        found[step] = optimizer.param_groups[0]["lr"]
    return found
