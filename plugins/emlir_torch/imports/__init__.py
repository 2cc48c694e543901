"""Graphs of torch operations as expressions: what each one means, reading, and a trial."""
