"""The proof benchmark: emlir and its peers on the suite of claims, each in a process of its own."""
