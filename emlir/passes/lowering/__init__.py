"""How ``lower`` chooses: templates, conditions, float ranges, and the search for the least K."""
