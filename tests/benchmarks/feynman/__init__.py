"""The 100 equations of the Feynman Symbolic Regression Database, as a benchmark."""
