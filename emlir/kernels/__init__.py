"""What each operator means in NumPy: the reference of all numeric backends."""
