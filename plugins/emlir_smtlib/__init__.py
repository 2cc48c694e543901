"""Expressions and claims as SMT-LIB 2 scripts; see the README."""
