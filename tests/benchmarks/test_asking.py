"""Who is doubtful, and how long the loop was away."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.asking import Stalls, is_contradicted, is_doubtful
from scanner.model import Conflict, Identity, Standing


def identity(maker: str | None, standing: Standing, *others: str) -> Identity:
    conflicts = (Conflict(tuple(others), "", ()),) if others else ()
    return Identity(
        maker=maker, brand=None, model=None, firmware=None, serial=None, kind=None, standing=standing,
        confidence=0.5, evidence=(), conflicts=conflicts, hints=(), channels=None,
    )  # fmt: skip


def test_doubtful_is_a_listed_maker_who_is_not_proven() -> None:
    assert is_doubtful(identity("dahua", Standing.SUSPECTED))
    assert is_doubtful(identity(None, Standing.UNDETERMINED, "axis", "hikvision"))
    assert not is_doubtful(identity("dahua", Standing.IDENTIFIED))
    assert not is_doubtful(identity("axis", Standing.SUSPECTED))


def test_a_suspected_maker_is_named_unless_something_contradicts_it() -> None:
    assert is_contradicted(identity("dahua", Standing.SUSPECTED, "dahua", "axis"))
    assert not is_contradicted(identity("dahua", Standing.SUSPECTED))
    assert not is_contradicted(identity("dahua", Standing.IDENTIFIED, "dahua", "axis"))


async def test_the_worst_stall_is_what_exceeds_the_pause() -> None:
    times = iter([0.0, 0.005, 1.0, 1.305, 2.0])
    stalls = Stalls(clock=lambda: next(times))
    with pytest.raises((StopIteration, RuntimeError)):
        await asyncio.wait_for(stalls.watch(), 5)
    assert round(stalls.worst, 3) == 0.3
