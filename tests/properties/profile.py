"""How long the properties run: a bounded number of examples, more with `DQ_FUZZ_EXAMPLES`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_CI = 9  # examples of each property and kind of input: the whole stays under a minute


def bounded(share: float = 1.0) -> settings:
    """Settings for one property; *share* of the usual examples, for the dear and the cheap ones."""
    asked = int(os.environ.get("DQ_FUZZ_EXAMPLES", "0"))
    return settings(
        max_examples=asked or max(1, int(_CI * share)),
        derandomize=not asked,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
