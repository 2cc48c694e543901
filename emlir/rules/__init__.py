"""The rule library of the hub, one theme a file."""
