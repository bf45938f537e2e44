"""Pins the bytes of an archive against another writer's, and that nothing is held that is not wanted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest

from scanner.stored_zip import PIECE, ArchiveError, hold, measure, measure_archive, pack, read_pieces

FILES = {"b/record.jsonl": b'{"a":1}\n' * 5, "a.json": b"", "c.yaml": bytes(range(256))}


def written_by_zipfile() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(FILES):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            archive.writestr(info, FILES[name])
    return out.getvalue()


def test_the_bytes_are_those_of_the_library_that_everybody_uses() -> None:
    members = {name: hold(data) for name, data in FILES.items()}
    made = b"".join(pack(members))
    assert made == written_by_zipfile()
    assert len(made) == measure_archive(members)


def test_contents_are_read_when_their_turn_comes() -> None:
    read: list[str] = []

    def pieces(name: str) -> Iterator[bytes]:
        read.append(name)
        yield from (b"1", b"23")

    members = {name: measure(lambda name=name: pieces(name)) for name in ("a", "b")}  # type: ignore[misc]
    assert (members["a"].size, members["a"].read()) == (3, b"123")
    read.clear()
    packed = pack(members)
    assert [next(packed)[-1:], next(packed), next(packed)] == [b"a", b"1", b"23"]
    assert read == ["a"]


def test_contents_that_change_meanwhile_are_refused() -> None:
    said = iter((b"before", b"after"))
    grows = measure(lambda: iter((next(said),)))
    with pytest.raises(ArchiveError, match=r"record\.jsonl was changed while it was packed"):
        list(pack({"record.jsonl": grows}))


def test_a_stream_is_read_in_pieces() -> None:
    assert [len(piece) for piece in read_pieces(io.BytesIO(bytes(2 * PIECE + 1)))] == [PIECE, PIECE, 1]
