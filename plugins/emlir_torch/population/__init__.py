"""Populations on a GPU: all candidates on all points in one launch, by a kernel that interprets.

``encode`` writes programs as instructions for a machine with a few registers, ``machine`` is that
machine as a Triton kernel, ``functions`` are its exp and ln, ``launch`` runs it.
"""
