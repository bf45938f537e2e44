"""Writes a run record: whole lines as they come, and a seal at the end; never changes a line once written.

What the disk did take stays readable, whatever becomes of the run or of the disk.
"""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
from typing import Any, Final, NoReturn, Self

from scanner.model import RunInfo
from scanner.record_line import FORMAT, RecordError, Value, digest_of, encode, to_line

PRIVATE_MODE: Final = 0o600
"""Records hold serial numbers and network plans: for the auditor's eyes."""


class RecordLost(RecordError):
    """The disk took no more in the middle of a run; the lines written before it stand and can be read."""


class RecordWriter:
    """Appends lines to a new file. A line is handed to the kernel whole, so a killed run leaves whole lines."""

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_MODE)
        except FileExistsError:
            raise RecordError(f"{path} exists already: name another folder with --out") from None
        except OSError as error:
            raise RecordError(f"{path} cannot be written: {error.strerror}") from None
        self._hash = hashlib.sha256()
        self._lines = 0
        self._size = 0
        self._raw: set[str] = set()
        self._open = True
        self._trouble = ""

    @property
    def trouble(self) -> str:
        """Why nothing more is written; empty while the disk takes it."""
        return self._trouble

    def write(self, value: Value) -> None:
        """Append one value. Raises RecordLost when the disk does not take it, then and ever after."""
        self._append(to_line(value))

    def write_run(self, run: RunInfo) -> None:
        """The first line."""
        self._append({"type": "run", "format": FORMAT, **{k: v for k, v in to_line(run).items() if k != "type"}})

    def write_raw(self, data: bytes, digest: str | None = None) -> str:
        """Append raw bytes once and return their digest."""
        digest = digest or digest_of(data)
        if digest not in self._raw:
            self._raw.add(digest)
            self._append({"type": "raw", "digest": digest, "base64": base64.b64encode(data).decode()})
        return digest

    def close(self, at: float, how: str = "done", undone: tuple[str, ...] = ()) -> None:
        """Write the end and the seal (line count and SHA-256 of everything before it) and close. Idempotent.

        Tried even where the disk took no more: two short lines often still fit. Raises RecordLost where they do not.
        """
        if not self._open:
            return
        self._open = False
        self._trouble = ""
        try:
            self._append({"type": "end", "at": at, "how": how, "undone": list(undone)})
            self._append({"type": "seal", "lines": self._lines, "sha256": self._hash.hexdigest()})
            self._sync()
        finally:
            os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._open:
            os.close(self._descriptor)
            self._open = False

    def _append(self, body: dict[str, Any]) -> None:
        if self._trouble:
            raise RecordLost(self._trouble)
        line = encode(body) + b"\n"
        view = memoryview(line)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError as error:
            self._cut_back(error)
        self._hash.update(line)
        self._lines += 1
        self._size += len(line)

    def _cut_back(self, error: OSError) -> NoReturn:
        """Take the piece of a line back that did get to the disk: a later line must not stand behind half of one."""
        self._trouble = f"{self.path}: {error.strerror}; {self._lines} lines are kept"
        try:
            os.ftruncate(self._descriptor, self._size)
            os.lseek(self._descriptor, self._size, os.SEEK_SET)
        except OSError as worse:
            self._trouble += f", and an unfinished one ({worse.strerror})"
        raise RecordLost(self._trouble) from None

    def _sync(self) -> None:
        try:
            os.fsync(self._descriptor)
        except OSError as error:  # a network or failing disk says so only now
            raise RecordLost(f"{self.path}: {error.strerror}; the end of the record may be missing") from None
