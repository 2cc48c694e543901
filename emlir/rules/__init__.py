"""The rules of the hub, one theme a file; the textbook facts are in ``emlir.rewrite.axioms``.

A rule that holds in some semantics under conditions that it does not need in others is
declared twice, as ``name`` and ``name_finite`` or ``name_complex``.
"""
