"""Puts values aside on the disk and gives them back by place; nothing of it is left when the program ends, however.

The file has no name, so nobody else reads it and no kill leaves it behind. Values are ours and never a stranger's file.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import BinaryIO, Final

from scanner.record_writer import RecordLost

_LENGTH: Final = 4
"""Bytes that say how long a value is: nothing put aside has gigabytes."""


class Shelf:
    """Values as bytes. `folder` is where the disk has room for them; None keeps them in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder: Final = folder
        self._stream: Final = io.BytesIO() if folder is None else _open(folder)
        self._end = 0
        self._reading = False

    def put(self, value: bytes) -> int:
        """Put a value aside and return its place."""
        place = self._end
        try:
            if self._reading:
                self._stream.seek(place)
                self._reading = False
            self._stream.write(len(value).to_bytes(_LENGTH, "big") + value)
        except OSError as error:
            raise RecordLost(_say(self._folder, error)) from None
        self._end += _LENGTH + len(value)
        return place

    def take(self, place: int) -> bytes:
        """The value that stands there; it stays."""
        try:
            self._reading = True
            self._stream.seek(place)
            return self._stream.read(int.from_bytes(self._stream.read(_LENGTH), "big"))
        except OSError as error:  # what was put last may have to be written first
            raise RecordLost(_say(self._folder, error)) from None

    def close(self) -> None:
        """Let go of all of it."""
        self._stream.close()


def _open(folder: Path) -> BinaryIO:
    try:
        return tempfile.TemporaryFile(dir=folder)
    except OSError as error:
        raise RecordLost(_say(folder, error)) from None


def _say(folder: Path | None, error: OSError) -> str:
    return (
        f"{folder}: {error.strerror}; judging puts aside there about as much as the reports will have: name a folder "
        "with room by --out"
    )
