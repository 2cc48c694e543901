"""Where populations are evaluated: by a backend on the CPU, or by torch on a device."""

from emlir.plugin_api import Backend, manager


def check_device(device: str | None) -> None:
    """Raise ``ValueError`` for a device that torch cannot use, before a search has begun."""
    if device is not None:
        manager().backend("torch")  # says which extra to install
        from emlir_search.gradient.train import usable_device

        usable_device(device)


def backend_on(name: str, device: str | None) -> Backend:
    """Return a backend by its name, or torch on a device if one is named.

    Raises :class:`emlir.MissingDependencyError` without torch, and what torch raises for a
    device that it does not have.
    """
    if device is None:
        named: Backend = manager().backend(name)
        return named
    manager().backend("torch")  # says which extra to install
    from emlir_torch import TorchBackend

    moved: Backend = TorchBackend(device)
    return moved
