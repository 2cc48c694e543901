"""How many examples the long property tests take."""

import os

MANY = 1000 if "EMLIR_EXAMPLES" in os.environ else 150
"""1,000 by ``make test-slow``, fewer in the suite that runs every time."""
