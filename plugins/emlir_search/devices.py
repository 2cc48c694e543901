"""Where populations are evaluated: by a backend on the CPU, or by torch on a device."""

from typing import TYPE_CHECKING

from emlir.plugin_api import Backend, manager

if TYPE_CHECKING:
    import torch


def backend_on(name: str, device: str | None) -> Backend:
    """Return a backend by its name, or torch on a device if one is named.

    Devices are checked before: see ``check_device``.
    """
    if device is None:
        named: Backend = manager().backend(name)
        return named
    from emlir_torch import TorchBackend

    moved: Backend = TorchBackend(device)
    return moved


def check_device(device: str | None) -> None:
    """Say before a search begins that populations cannot be evaluated on a device.

    Raises :class:`emlir.MissingDependencyError` without torch, ValueError for a device that it
    cannot use.
    """
    if device is not None:
        manager().backend("torch")  # says which extra to install
        usable_device(device)


def usable_device(name: str | None) -> "torch.device":
    """Return a torch device, the CPU by default; ValueError if it cannot be used here."""
    import torch

    try:
        device = torch.device(name or "cpu")
        torch.ones(1, dtype=torch.float64, device=device).exp().item()
    except (RuntimeError, AssertionError, TypeError, NotImplementedError) as error:
        raise ValueError(
            f"torch cannot use the device {name!r} here, or not with float64;"
            " name another, such as cpu or cuda, or none"
        ) from error
    return device
