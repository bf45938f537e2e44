"""Writes a ZIP without compression, times, or anything of the machine, piece by piece; opens no file and keeps none.

Every byte of the archive follows from the names and the contents. A head tells a file's length and checksum before the
file itself, so contents are read twice: once to measure them, once to write them.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Final

PIECE: Final = 1 << 20
"""Bytes read at once."""

LARGEST: Final = (1 << 32) - 1
"""Bytes of an archive: it counts in 32 bits, which every program can read. A /16 full of cameras has 1.6 GB."""

_LOCAL: Final = struct.Struct("<4s2B4H3L2H")
_CENTRAL: Final = struct.Struct("<4s4B4H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")

_VERSION: Final = 20
"""Of the format: 2.0, the first with folders in names."""

_UNIX: Final = 3  # wherever it was made
_MODE: Final = 0o100644 << 16
_DAY: Final = 1 << 5 | 1
"""The first of January 1980, the earliest a ZIP can say; a real time would make equal archives differ."""

Pieces = Callable[[], Iterator[bytes]]
"""Reads contents from the beginning, each time it is called."""


class ArchiveError(ValueError):
    """The archive cannot be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Member:
    """Contents that are read when they are needed, and what was measured of them."""

    size: int
    digest: str  # SHA-256
    checksum: int  # CRC-32
    pieces: Pieces

    def read(self) -> bytes:
        """All of it: for what is known to be small."""
        return b"".join(self.pieces())


def measure(pieces: Pieces) -> Member:
    """Read the contents once."""
    size, checksum, digest = 0, 0, hashlib.sha256()
    for piece in pieces():
        size += len(piece)
        checksum = zlib.crc32(piece, checksum)
        digest.update(piece)
    return Member(size, digest.hexdigest(), checksum, pieces)


def hold(data: bytes) -> Member:
    """Contents that are in memory."""
    return measure(lambda: iter((data,)))


def read_pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """What is left of a stream."""
    while piece := stream.read(PIECE):
        yield piece


def measure_archive(members: Mapping[str, Member]) -> int:
    """Bytes that the archive will have."""
    heads = _LOCAL.size + _CENTRAL.size
    return _END.size + sum(heads + 2 * len(name.encode()) + member.size for name, member in members.items())


def pack(members: Mapping[str, Member]) -> Iterator[bytes]:
    """The archive, members in the order of their names, which are ASCII. Raises ArchiveError when contents changed."""
    directory: list[bytes] = []
    place = 0
    for name in sorted(members):
        member, letters = members[name], name.encode("ascii")
        told = 0, 0, 0, 0, _DAY, member.checksum, member.size, member.size, len(letters), 0
        yield _LOCAL.pack(b"PK\x03\x04", _VERSION, *told) + letters
        yield from _unchanged(name, member)
        central = _CENTRAL.pack(b"PK\x01\x02", _VERSION, _UNIX, _VERSION, *told, 0, 0, 0, _MODE, place)
        directory.append(central + letters)
        place += _LOCAL.size + len(letters) + member.size
    yield from directory
    length = sum(map(len, directory))
    yield _END.pack(b"PK\x05\x06", 0, 0, len(directory), len(directory), length, place, 0)


def _unchanged(name: str, member: Member) -> Iterator[bytes]:
    """The contents as they were measured."""
    checksum = 0
    for piece in member.pieces():
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if checksum != member.checksum:
        raise ArchiveError(f"{name} was changed while it was packed; try again when nothing writes to it")
