"""Raises the kernel's neighbour table for a large lab, where asked and allowed, and puts it back at the end.

The limit is one for the whole machine, so nothing here happens unless somebody asked for it.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from simulator.namespaces import call_in, own_namespace

LIMITS: Final = {"gc_thresh3": "16384", "gc_thresh2": "8192", "gc_thresh1": "4096"}
"""Room for ten thousand hosts; the stock limit is 1,024 for all namespaces together."""

FOLDER: Final = Path("/proc/sys/net/ipv4/neigh/default")


def raise_limit(stack: ExitStack) -> list[str]:
    """Raise the limits until `stack` closes. Returns notes: empty when it worked, else a sentence saying why not."""
    if not os.access(FOLDER / "gc_thresh3", os.W_OK):
        return [
            "the kernel's neighbour table keeps its stock size: it can be changed only as root on the machine itself"
        ]
    home = own_namespace()
    before = {name: (FOLDER / name).read_text() for name in LIMITS}
    stack.callback(os.close, home)
    stack.callback(lambda: call_in(home, lambda: _write(before)))
    _write(LIMITS)
    return []


def _write(values: dict[str, str]) -> None:
    for name, value in values.items():
        (FOLDER / name).write_text(value)
