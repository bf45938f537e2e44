"""Runs the command as it is typed, and writes down for how long its loop was ever away.

`python -m benchmarks.watched FILE scan NETWORK …`. Two hundred looks a second are all that it adds.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from benchmarks.asking import Stalls


def watch(sense: Callable[..., Awaitable[None]], tell: Callable[[float], object]) -> Callable[..., Awaitable[None]]:
    """The same sensing, with somebody who looks at the loop beside it."""

    async def watched(*arguments: Any, **options: Any) -> None:
        stalls = Stalls()
        watching = asyncio.create_task(stalls.watch())
        try:
            await sense(*arguments, **options)
        finally:
            watching.cancel()
            await asyncio.wait([watching])
            tell(stalls.worst)

    return watched


def main() -> None:
    """Put the watch in and become the command."""
    from scanner import cli
    from scanner.commands import scan

    file, *arguments = sys.argv[1:]
    scan.sense_job = watch(scan.sense_job, lambda worst: Path(file).write_text(f"{worst:.6f}", "utf-8"))  # type: ignore[assignment]
    sys.argv = ["camcensus", *arguments]
    cli.main()


if __name__ == "__main__":
    main()
