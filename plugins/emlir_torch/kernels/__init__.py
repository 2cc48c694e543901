"""What each operator means in torch, one file for each family; ``table`` has them all."""
