"""What this plugin found on this machine, told without loading torch."""

from importlib.metadata import PackageNotFoundError, version


def report() -> str:
    """Return the versions of torch and Triton."""
    return f"torch {_version('torch')}; populations on a GPU: Triton {_version('triton')}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "is not installed"
