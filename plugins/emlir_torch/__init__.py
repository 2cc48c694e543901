"""emlir on torch: batched evaluation on CPU and GPU, trainable formulas, import of functions."""

from typing import TYPE_CHECKING

from emlir.plugin_api import later

if TYPE_CHECKING:
    from emlir_torch.backend import TorchBackend as TorchBackend
    from emlir_torch.calling import Function as Function, function as function
    from emlir_torch.module import ExprModule as ExprModule
    from emlir_torch.tracing import from_torch as from_torch

__getattr__ = later(
    __name__,
    {
        "ExprModule": "emlir_torch.module",
        "Function": "emlir_torch.calling",
        "TorchBackend": "emlir_torch.backend",
        "from_torch": "emlir_torch.tracing",
        "function": "emlir_torch.calling",
    },
)
