"""Tables of EML trees as pairs (value, logarithm), and two-sum matching in them."""
