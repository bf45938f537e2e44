"""Merged sources: everything comes through, errors do too, and nothing goes on after the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from scanner.merging import merge


class Source:
    """Yields its items and notes whether it was ended."""

    def __init__(self, *items: int, error: Exception | None = None, wait: bool = False) -> None:
        self.items = items
        self.error = error
        self.wait = wait
        self.ended = False

    async def run(self) -> AsyncIterator[int]:
        try:
            for item in self.items:
                await asyncio.sleep(0)
                yield item
            if self.wait:
                await asyncio.Event().wait()
            if self.error:
                raise self.error
        finally:
            self.ended = True


async def test_everything_of_every_source_comes() -> None:
    sources = [Source(1, 2, 3), Source(), Source(4)]
    assert sorted([item async for item in merge([source.run() for source in sources])]) == [1, 2, 3, 4]
    assert [item async for item in merge([])] == []


async def test_an_error_comes_through_and_ends_the_others() -> None:
    patient, broken = Source(1, wait=True), Source(2, error=ValueError("torn"))
    with pytest.raises(ValueError, match="torn"):
        async for _ in merge([patient.run(), broken.run()]):
            pass
    assert patient.ended


async def test_leaving_early_ends_every_source() -> None:
    sources = [Source(1, wait=True), Source(2, wait=True)]
    merged = merge([source.run() for source in sources])
    await anext(merged)
    await merged.aclose()
    await asyncio.sleep(0)
    assert [source.ended for source in sources] == [True, True]


async def test_being_cancelled_ends_every_source() -> None:
    sources = [Source(wait=True), Source(wait=True)]

    async def read() -> None:
        async for _ in merge([source.run() for source in sources]):
            pass

    task = asyncio.ensure_future(read())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [source.ended for source in sources] == [True, True]
