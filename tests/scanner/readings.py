"""Stands for the account of a connection where a test is about what is read when; counts no packet."""

from __future__ import annotations


class Places:
    """Lets something be read when it has a place."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.entries: list[str] = []

    def begin_reading(self) -> bool:
        self.entries.append("begin")
        self.refusals -= 1
        return self.refusals < 0

    def see(self, segments: int) -> None:
        self.entries.append("see")

    def end_reading(self, *, owes: bool) -> None:
        self.entries.append("end")
