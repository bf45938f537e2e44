"""How often Python looks for cycles among its objects, for programs that keep most of very many; frees nothing."""

from __future__ import annotations

import gc
from typing import Final

COLLECT_AFTER: Final = 10_000
"""Objects made before cycles are looked for. What a scan hears stays to its end: at the usual 700 a tenth of its time
goes into looking through it, and the loop stands still for up to a tenth of a second each time."""

COLLECT_OLDER: Final = (20, 20)
"""How many times among the newer ones before once among the older."""


def spare_collections() -> None:
    """Python looks for cycles among all objects that there are, again and again: not among those that stay anyway."""
    gc.freeze()  # fingerprints and modules
    gc.set_threshold(COLLECT_AFTER, *COLLECT_OLDER)
