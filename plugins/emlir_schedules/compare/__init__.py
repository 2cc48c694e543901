"""Schedules compared on a tiny task: what the runs show, and nothing beyond it."""

from typing import TYPE_CHECKING

from emlir.plugin_api import later

if TYPE_CHECKING:
    from emlir_schedules.compare.defaults import five as five
    from emlir_schedules.compare.experiment import compare as compare
    from emlir_schedules.compare.records import Comparison as Comparison
    from emlir_schedules.compare.task import Task as Task

__getattr__ = later(
    __name__,
    {
        "compare": "emlir_schedules.compare.experiment",
        "five": "emlir_schedules.compare.defaults",
        "Comparison": "emlir_schedules.compare.records",
        "Task": "emlir_schedules.compare.task",
    },
)
