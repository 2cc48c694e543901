"""The compiled CPU backend ``native``."""
