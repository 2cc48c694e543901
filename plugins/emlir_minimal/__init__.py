"""Shortest EML trees: exhaustive search with its log, and the database of witnesses."""
