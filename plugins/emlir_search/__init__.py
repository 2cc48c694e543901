"""Search for formulas in data: strategies for ``emlir.fit``."""
