"""The pass ``simplify``: rules, collected sums and products, and exact folding."""
