"""The pass ``stabilise``: forms that floating point evaluates well, of the same function."""
