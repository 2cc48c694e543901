"""Gradients of a loss at a fixed point: seven estimators, and how they compare."""

from emlir_equilibrium.gradients.analyticity import (
    HoloReport as HoloReport,
    holo_check as holo_check,
)
from emlir_equilibrium.gradients.batches import (
    SelfCosineReport as SelfCosineReport,
    batch_self_cos as batch_self_cos,
)
from emlir_equilibrium.gradients.estimating import (
    METHODS as METHODS,
    GradientEstimate as GradientEstimate,
    estimate as estimate,
)
from emlir_equilibrium.gradients.relaxing import relax as relax
from emlir_equilibrium.gradients.sweeping import (
    LrSweepReport as LrSweepReport,
    lr_sweep as lr_sweep,
)
from emlir_equilibrium.gradients.triangulating import (
    TriangulationReport as TriangulationReport,
    grad_triangulate as grad_triangulate,
)
