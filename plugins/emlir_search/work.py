"""Work that strategies share out: see :func:`emlir.plugin_api.run_tasks`."""

from emlir.plugin_api import run_tasks as run_tasks
