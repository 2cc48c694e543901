"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_backends() -> Declarations:
    return [
        Declaration(
            "torch",
            "emlir_torch.backend:BACKEND",
            "tensors on torch's default device, CPU or CUDA",
            needs=("torch",),
            extra="emlir[torch]",
            report="emlir_torch.found:report",
        )
    ]
