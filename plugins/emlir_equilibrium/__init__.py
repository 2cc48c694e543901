"""Analyses of models whose state is a fixed point, with error estimates and guards."""
