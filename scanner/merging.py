"""Merges several asynchronous sources into one, and is their parent: when it is left, every one of them has ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

T = TypeVar("T")


async def merge(sources: Sequence[AsyncIterator[T]]) -> AsyncIterator[T]:
    """Yield what any source yields, in the order it comes; the first error of a source ends all of them.

    No TaskGroup: a generator that is left early gets a GeneratorExit, which a task group would wrap and pass on.
    """
    arrived: asyncio.Queue[tuple[T] | None] = asyncio.Queue()

    async def feed(source: AsyncIterator[T]) -> None:
        try:
            async for item in source:
                arrived.put_nowait((item,))
        finally:
            arrived.put_nowait(None)

    tasks = [asyncio.ensure_future(feed(source)) for source in sources]
    try:
        open_ones = len(tasks)
        while open_ones:
            item = await arrived.get()
            if item is not None:
                yield item[0]
                continue
            open_ones -= 1
            for task in tasks:
                if task.done():
                    task.result()
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
