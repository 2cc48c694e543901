"""Expressions in the Wolfram Language's input form; see the README."""
