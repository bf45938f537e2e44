"""Icon hashes as fingerprint collections write them."""

from __future__ import annotations

import base64
import hashlib

import pytest

from scanner.codec.favicon import hash_favicon

WORD = 0xFFFFFFFF


def murmur3(data: bytes) -> int:
    """MurmurHash3 x86_32 with seed 0, from its public description: a second opinion on the library's."""
    result = 0
    for at in range(0, len(data), 4):
        piece = int.from_bytes(data[at : at + 4], "little") * 0xCC9E2D51 & WORD
        piece = ((piece << 15 | piece >> 17) & WORD) * 0x1B873593 & WORD
        result ^= piece
        if len(data) - at >= 4:
            result = ((result << 13 | result >> 19) & WORD) * 5 + 0xE6546B64 & WORD
    result ^= len(data)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        result = (result ^ result >> shift) * factor & WORD
    return result - (1 << 32) if result >> 31 else result


def test_the_second_opinion_knows_the_published_vectors() -> None:
    assert murmur3(b"") == 0
    assert murmur3(b"hello") == 0x248BFA47
    assert murmur3(b"test") & WORD == 0xBA6BD213


@pytest.mark.parametrize("icon", [b"", b"\x00\x00\x01\x00", b"\x00\x00\x01\x00" * 40, bytes(range(256)) * 9])
def test_the_hashes_are_md5_and_signed_murmur3_of_the_line_broken_base64(icon: bytes) -> None:
    text = base64.b64encode(icon).decode()
    broken = "".join(text[at : at + 76] + "\n" for at in range(0, len(text), 76))
    assert hash_favicon(icon) == (hashlib.md5(icon).hexdigest(), murmur3(broken.encode()))


def test_the_sign_is_kept() -> None:
    assert any(hash_favicon(bytes([number]))[1] < 0 for number in range(20))
