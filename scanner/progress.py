"""Shows how far a run is: live in a terminal, or a line now and then elsewhere. Writes to standard error only."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TextIO

if TYPE_CHECKING:
    from rich.progress import TaskID

LINE_EVERY: Final = 5.0
"""Seconds between lines where there is no terminal: a CI log shall show life and stay short."""


class PlainProgress:
    """A line to a log every few seconds."""

    def __init__(
        self, hosts: int, *, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream or sys.stderr
        self._clock = clock
        self._last = clock()
        self._began = self._last
        self._size = hosts
        self._running: set[str] = set()
        self._found = 0
        self._examined = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._say()

    def sweep_started(self, name: str) -> None:
        """A sweep began."""
        self._running.add(name)

    def sweep_ended(self, name: str) -> None:
        """A sweep is over."""
        self._running.discard(name)
        self._tick()

    def host_found(self) -> None:
        """A host in scope was seen for the first time."""
        self._found += 1
        self._tick()

    def host_examined(self) -> None:
        """Everything was asked of a host."""
        self._examined += 1
        self._tick()

    def _tick(self) -> None:
        if self._clock() - self._last >= LINE_EVERY:
            self._say()

    def _say(self) -> None:
        self._last = self._clock()
        sweeps = f", sweeps running: {', '.join(sorted(self._running))}" if self._running else ""
        print(
            f"{self._last - self._began:6.1f} s  {self._size} addresses in scope, {self._found} hosts found, "
            f"{self._examined} examined{sweeps}",
            file=self._stream,
        )


class LiveProgress:
    """Bars in a terminal: sweeps, hosts examined of those found, time left."""

    def __init__(self, hosts: int) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._progress: Any = Progress(
            TextColumn("{task.description:24}"), BarColumn(bar_width=28), MofNCompleteColumn(), TimeElapsedColumn(),
            TimeRemainingColumn(), TextColumn("{task.fields[detail]}"), console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._sweeps: TaskID = self._progress.add_task("Sweeps", total=0, detail="")
        self._hosts: TaskID = self._progress.add_task("Hosts", total=0, detail=f"{hosts} addresses in scope")
        self._running: dict[str, None] = {}
        self._counts = {"sweeps": 0, "found": 0}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def sweep_started(self, name: str) -> None:
        """A sweep began."""
        self._running[name] = None
        self._counts["sweeps"] += 1
        self._progress.update(self._sweeps, total=self._counts["sweeps"], detail=", ".join(self._running))

    def sweep_ended(self, name: str) -> None:
        """A sweep is over."""
        self._running.pop(name, None)
        self._progress.update(self._sweeps, advance=1, detail=", ".join(self._running))

    def host_found(self) -> None:
        """A host in scope was seen for the first time."""
        self._counts["found"] += 1
        self._progress.update(self._hosts, total=self._counts["found"])

    def host_examined(self) -> None:
        """Everything was asked of a host."""
        self._progress.update(self._hosts, advance=1)


def watch(hosts: int) -> PlainProgress | LiveProgress:
    """Live bars where a person looks, plain lines elsewhere. `hosts` is the number of addresses in scope."""
    return LiveProgress(hosts) if sys.stderr.isatty() else PlainProgress(hosts)
