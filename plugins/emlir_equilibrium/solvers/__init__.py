"""Finding the state where the force vanishes, and what the path there says."""
