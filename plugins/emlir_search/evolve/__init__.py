"""Evolution: populations of formulas as arrays, bred, fitted and judged many at a time."""
