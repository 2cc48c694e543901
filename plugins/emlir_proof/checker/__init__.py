"""The checker called ``exact``: rational arithmetic, by Python alone.

Start reading at ``bundle``; ``rules`` are the steps that a proof may take. This package uses
nothing but Python's standard library, and can be copied and run by itself:
``python -m checker certificate.json``.
"""

from .bundle import TRUSTED as TRUSTED, check as check
from .facts import CertificateError as CertificateError
