"""Trees of eml and products over 1 and the variables, with a scale and an offset."""
