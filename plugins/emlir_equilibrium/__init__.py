"""Analyses of models whose state is a fixed point, with error estimates and guards."""

from typing import TYPE_CHECKING

from emlir.plugin_api import later

if TYPE_CHECKING:
    from emlir_equilibrium.block import (
        BlockConfig as BlockConfig,
        EPBlock as EPBlock,
    )
    from emlir_equilibrium.builders import (
        from_callable as from_callable,
        from_hopfield as from_hopfield,
        from_module as from_module,
        from_rnn_cell as from_rnn_cell,
        from_torchdeq as from_torchdeq,
    )
    from emlir_equilibrium.continuation import (
        ContinuationReport as ContinuationReport,
        continue_parameter as continue_parameter,
    )
    from emlir_equilibrium.fingerprints import (
        FingerprintReport as FingerprintReport,
        fingerprint as fingerprint,
    )
    from emlir_equilibrium.formulas import (
        analytic_obstacles as analytic_obstacles,
        from_expressions as from_expressions,
    )
    from emlir_equilibrium.gradients.analyticity import (
        HoloReport as HoloReport,
        holo_check as holo_check,
    )
    from emlir_equilibrium.gradients.batches import (
        SelfCosineReport as SelfCosineReport,
        batch_self_cos as batch_self_cos,
    )
    from emlir_equilibrium.gradients.estimating import (
        GradientEstimate as GradientEstimate,
        estimate as estimate,
    )
    from emlir_equilibrium.gradients.sweeping import (
        LrSweepReport as LrSweepReport,
        lr_sweep as lr_sweep,
    )
    from emlir_equilibrium.gradients.triangulating import (
        TriangulationReport as TriangulationReport,
        grad_triangulate as grad_triangulate,
    )
    from emlir_equilibrium.loading import (
        load_problem as load_problem,
    )
    from emlir_equilibrium.lyapunov import (
        LyapunovReport as LyapunovReport,
        first_lyapunov as first_lyapunov,
    )
    from emlir_equilibrium.norms import (
        AbscissaReport as AbscissaReport,
        NormReport as NormReport,
        abscissa as abscissa,
        jac_norm as jac_norm,
    )
    from emlir_equilibrium.penalties import (
        eigreg as eigreg,
        jacreg as jacreg,
        resreg as resreg,
    )
    from emlir_equilibrium.plateaus import (
        PlateauReport as PlateauReport,
        plateau as plateau,
    )
    from emlir_equilibrium.problem import (
        EquilibriumProblem as EquilibriumProblem,
        from_map as from_map,
    )
    from emlir_equilibrium.report import (
        Cost as Cost,
        Report as Report,
    )
    from emlir_equilibrium.solvers.newton import (
        CorrectionReport as CorrectionReport,
        correct as correct,
    )
    from emlir_equilibrium.solvers.run import (
        SolveReport as SolveReport,
        solve as solve,
    )
    from emlir_equilibrium.spectrum.leading import (
        leading_eigs as leading_eigs,
    )
    from emlir_equilibrium.spectrum.report import (
        EigenReport as EigenReport,
        Eigenvalue as Eigenvalue,
    )
    from emlir_equilibrium.stability import (
        StabilityReport as StabilityReport,
        hopf_margin as hopf_margin,
    )
    from emlir_equilibrium.trainer.config import (
        TrainerConfig as TrainerConfig,
    )
    from emlir_equilibrium.trainer.training import (
        EPTrainer as EPTrainer,
    )

_NAMES = {
    "block": ("BlockConfig", "EPBlock"),
    "builders": ("from_callable", "from_hopfield", "from_module", "from_rnn_cell", "from_torchdeq"),
    "continuation": ("ContinuationReport", "continue_parameter"),
    "fingerprints": ("FingerprintReport", "fingerprint"),
    "formulas": ("analytic_obstacles", "from_expressions"),
    "gradients.analyticity": ("HoloReport", "holo_check"),
    "gradients.batches": ("SelfCosineReport", "batch_self_cos"),
    "gradients.estimating": ("GradientEstimate", "estimate"),
    "gradients.sweeping": ("LrSweepReport", "lr_sweep"),
    "gradients.triangulating": ("TriangulationReport", "grad_triangulate"),
    "loading": ("load_problem",),
    "lyapunov": ("LyapunovReport", "first_lyapunov"),
    "norms": ("AbscissaReport", "NormReport", "abscissa", "jac_norm"),
    "penalties": ("eigreg", "jacreg", "resreg"),
    "plateaus": ("PlateauReport", "plateau"),
    "problem": ("EquilibriumProblem", "from_map"),
    "report": ("Cost", "Report"),
    "solvers.newton": ("CorrectionReport", "correct"),
    "solvers.run": ("SolveReport", "solve"),
    "spectrum.leading": ("leading_eigs",),
    "spectrum.report": ("EigenReport", "Eigenvalue"),
    "stability": ("StabilityReport", "hopf_margin"),
    "trainer.config": ("TrainerConfig",),
    "trainer.training": ("EPTrainer",),
}

__getattr__ = later(
    __name__,
    {name: f"{__name__}.{module}" for module, names in _NAMES.items() for name in names},
    extra="emlir[equilibrium]",
)
