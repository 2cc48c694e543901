"""Learning-rate schedules as expressions: families, combinators, claims, exports."""

from typing import TYPE_CHECKING

from emlir.plugin_api import later

if TYPE_CHECKING:
    from emlir_schedules.combine import (
        Grouped as Grouped,
        clip as clip,
        floor as floor,
        per_group as per_group,
        repeat as repeat,
        scale as scale,
        then as then,
        warmup as warmup,
    )
    from emlir_schedules.catalogue import (
        Family as Family,
        families as families,
        family as family,
        schedule as schedule,
    )
    from emlir_schedules.core import Schedule as Schedule

__getattr__ = later(
    __name__,
    {
        **dict.fromkeys(
            ("Grouped", "clip", "floor", "per_group", "repeat", "scale", "then", "warmup"),
            "emlir_schedules.combine",
        ),
        **dict.fromkeys(("Family", "families", "family", "schedule"), "emlir_schedules.catalogue"),
        "Schedule": "emlir_schedules.core",
    },
)
