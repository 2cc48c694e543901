"""Torch operations as expressions, by name: ``basic`` ones and ``activations``; ``table``."""
