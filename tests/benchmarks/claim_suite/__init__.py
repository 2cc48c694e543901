"""A hundred claims whose truth is known, to measure provers with."""
