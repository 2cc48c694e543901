"""Composing short EML trees from shorter ones: the recipes of the witness database.

A recipe composes *forms* (a value with the trees of its logarithm and its exponential) by
*steps* (difference, quotient, ...); each step takes the cheapest tree on either side. So the
rows of ``witnesses.toml`` are computed, and every recipe states the identity it rests on.
"""
