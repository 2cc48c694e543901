"""Eigenvalues of the linearised force, each with an interval that it must lie in."""
