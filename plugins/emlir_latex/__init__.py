"""Expressions as canonical LaTeX; see the README."""
