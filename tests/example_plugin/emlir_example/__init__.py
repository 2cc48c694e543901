"""An example of a plugin for emlir, as a third party would write it."""
