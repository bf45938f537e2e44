"""The watch says how long the loop was away, and leaves what it watches as it is."""

from __future__ import annotations

import asyncio
import time

import pytest

from benchmarks.watched import watch


async def test_a_loop_that_stood_still_is_told() -> None:
    told: list[float] = []

    async def sense(word: str, *, other: str) -> None:
        assert (word, other) == ("a", "b")
        await asyncio.sleep(0.01)
        time.sleep(0.05)
        await asyncio.sleep(0.01)

    await watch(sense, told.append)("a", other="b")
    assert told[0] >= 0.04


async def test_a_fault_of_what_is_watched_stays_its_fault() -> None:
    told: list[float] = []

    async def fail() -> None:
        raise ValueError("a fault")

    with pytest.raises(ValueError, match="a fault"):
        await watch(fail, told.append)()
    assert len(told) == 1
