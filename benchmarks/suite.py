"""Finds the claims: every module of this package that has a `CLAIM`. Measures nothing."""

from __future__ import annotations

import importlib
import pkgutil

import benchmarks
from benchmarks.claims import Claim

NOT_CLAIMS = frozenset({"__main__", "recognition", "kills"})
"""Programs of their own."""


def load_claims() -> dict[str, Claim]:
    """Every claim by name, in a stable order."""
    found: dict[str, Claim] = {}
    for info in sorted(pkgutil.iter_modules(benchmarks.__path__), key=lambda item: item.name):
        if info.name in NOT_CLAIMS:
            continue
        claim = getattr(importlib.import_module(f"benchmarks.{info.name}"), "CLAIM", None)
        if isinstance(claim, Claim):
            found[claim.name] = claim
    return found
