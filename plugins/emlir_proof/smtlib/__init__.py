"""A certificate as one SMT-LIB2 script, which other solvers can run and people can read."""

from emlir_proof.smtlib.script import with_script as with_script
