"""Where a run's files stand and how they get there: each appears whole, by rename, or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from scanner.record_line import RecordError
from scanner.record_writer import PRIVATE_MODE, RecordLost

RECORD_NAME: Final = "record.jsonl"
"""The run record inside its folder."""

FOLDER_MODE: Final = 0o700
"""A folder of records and reports is for the auditor's eyes."""


NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""Errors of a disk that took part of a file, and not the rest."""


class OutputError(RecordError):
    """A file or folder cannot be used for output; the message names it and what to do."""


class OutputLost(RecordLost):
    """The disk did not take a file; the message names it and what to do."""


def make_folder(wanted: Path | None, now: float) -> Path:
    """Create the folder of a run: the one wanted (which must not hold a record yet) or one named for the time."""
    folder = wanted or Path(datetime.fromtimestamp(now, UTC).strftime("camcensus-%Y%m%dT%H%M%SZ"))
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=wanted is not None)
    except FileExistsError:
        raise OutputError(f"{folder} exists already: name another place with --out") from None
    except OSError as error:
        raise OutputError(f"{folder} cannot be made: {error.strerror}; name another place with --out") from None
    if (folder / RECORD_NAME).exists():
        raise OutputError(f"{folder} holds a run already: name another folder with --out, or `judge` that one")
    return folder


def open_folder(folder: Path) -> Path:
    """The folder, made for the auditor's eyes only where it is not there yet."""
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be made: {error.strerror}; name another place with --out") from None
    return folder


def find_record(run: Path) -> Path:
    """The record a person meant: the file itself, or the one inside the folder."""
    return run / RECORD_NAME if run.is_dir() else run


def write_whole(
    path: Path, content: str | bytes | Iterable[bytes], *, token: Callable[[int], str] = secrets.token_hex
) -> None:
    """Write a file so that it appears whole or not at all; an earlier file of the name is replaced.

    What comes in pieces is written as it comes.
    """
    text = content.encode() if isinstance(content, str) else content
    pieces = (text,) if isinstance(text, bytes) else text
    part = path.with_name(f".{path.name}.{token(4)}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_MODE)
        with os.fdopen(descriptor, "wb") as stream:
            stream.writelines(pieces)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        kind = OutputLost if error.errno in NO_ROOM else OutputError
        raise kind(f"{path} cannot be written: {error.strerror}; name another place") from None
    except BaseException:  # whoever makes the pieces failed, or was interrupted
        part.unlink(missing_ok=True)
        raise
