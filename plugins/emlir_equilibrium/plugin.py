"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl

_TORCH = {
    "solve": ("solvers.run:solve", "the fixed point, and how the residual got there"),
    "leading_eigs": ("spectrum.leading:leading_eigs", "leading eigenvalues with intervals"),
    "hopf_margin": ("stability:hopf_margin", "stable or not, for the flow and for the map"),
    "continue_parameter": ("continuation:continue_parameter", "where stability changes"),
    "first_lyapunov": ("lyapunov:first_lyapunov", "whether a Hopf point is super- or subcritical"),
    "abscissa": ("norms:abscissa", "numerical abscissa and non-normality"),
    "jac_norm": ("norms:jac_norm", "norms of the Jacobian"),
    "grad_triangulate": (
        "gradients.triangulating:grad_triangulate",
        "gradient estimators against each other",
    ),
    "batch_self_cos": ("gradients.batches:batch_self_cos", "bias and variance of a gradient"),
    "lr_sweep": ("gradients.sweeping:lr_sweep", "the loss after one step, by its length"),
    "fingerprint": ("fingerprints:fingerprint", "a checkpoint in five numbers"),
}
_PLAIN = {
    "plateau": ("plateaus:plateau", "why training stands still, from its log"),
    "prove_stability": ("symbolic.routh:prove_stability", "Routh-Hurwitz conditions, proved"),
    "certified_contraction": ("symbolic.contraction:certified_contraction", "contraction, proved"),
    "krawczyk": ("symbolic.existence:krawczyk", "fixed points in a box: existence, uniqueness"),
    "hopf_surface": ("symbolic.hopf:hopf_surface", "where pairs of eigenvalues are imaginary"),
}


@hookimpl
def emlir_analyses() -> Declarations:
    torch = [
        Declaration(
            name,
            f"emlir_equilibrium.{place}",
            text,
            needs=("torch",),
            extra="emlir[equilibrium]",
        )
        for name, (place, text) in _TORCH.items()
    ]
    plain = [
        Declaration(name, f"emlir_equilibrium.{place}", text)
        for name, (place, text) in _PLAIN.items()
    ]
    return torch + plain


@hookimpl
def emlir_commands() -> Declarations:
    return [
        Declaration(
            "equilibrium",
            "emlir_equilibrium.command:equilibrium_command",
            "equilibria, spectra, plateaus, checkpoints, experiments",
        )
    ]
