"""Learning-rate schedules as expressions: families, combinators, claims, exports."""

from typing import TYPE_CHECKING

from emlir.plugin_api import later

if TYPE_CHECKING:
    from emlir_schedules.calibrate import matched as matched, measure as measure, solved as solved
    from emlir_schedules.catalogue import (
        Family as Family,
        families as families,
        family as family,
        schedule as schedule,
    )
    from emlir_schedules.core import (
        Schedule as Schedule,
        clip as clip,
        floor as floor,
        repeat as repeat,
        scale as scale,
        then as then,
        warmup as warmup,
    )
    from emlir_schedules.export import optax_schedule as optax_schedule
    from emlir_schedules.fitting import (
        FittedSchedule as FittedSchedule,
        fit_schedule as fit_schedule,
    )
    from emlir_schedules.groups import Grouped as Grouped, per_group as per_group
    from emlir_schedules.lambda_lr import RateFunction as RateFunction
    from emlir_schedules.lints import Lint as Lint, lint as lint, lint_groups as lint_groups
    from emlir_schedules.properties import (
        Property as Property,
        prove_properties as prove_properties,
    )
    from emlir_schedules.reading import read_schedule as read_schedule
    from emlir_schedules.timm_style import TimmStyle as TimmStyle
    from emlir_schedules.torch_lr import ExpressionLR as ExpressionLR, StateError as StateError
    from emlir_schedules.transformers_names import from_transformers as from_transformers

__getattr__ = later(
    __name__,
    {
        **dict.fromkeys(
            ("Schedule", "clip", "floor", "repeat", "scale", "then", "warmup"),
            "emlir_schedules.core",
        ),
        **dict.fromkeys(("Grouped", "per_group"), "emlir_schedules.groups"),
        **dict.fromkeys(("ExpressionLR", "StateError"), "emlir_schedules.torch_lr"),
        **dict.fromkeys(("FittedSchedule", "fit_schedule"), "emlir_schedules.fitting"),
        "RateFunction": "emlir_schedules.lambda_lr",
        "TimmStyle": "emlir_schedules.timm_style",
        "optax_schedule": "emlir_schedules.export",
        **dict.fromkeys(("Family", "families", "family", "schedule"), "emlir_schedules.catalogue"),
        **dict.fromkeys(("matched", "measure", "solved"), "emlir_schedules.calibrate"),
        **dict.fromkeys(("Lint", "lint", "lint_groups"), "emlir_schedules.lints"),
        **dict.fromkeys(("Property", "prove_properties"), "emlir_schedules.properties"),
        "read_schedule": "emlir_schedules.reading",
        "from_transformers": "emlir_schedules.transformers_names",
    },
)
