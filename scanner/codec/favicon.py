"""Hashes of an icon as search engines and fingerprint collections write them; looks at nothing inside it."""

from __future__ import annotations

import base64
import hashlib

import mmh3


def hash_favicon(data: bytes) -> tuple[str, int]:
    """Return MD5 in hexadecimal and the signed 32-bit murmur3 of the base64 text, line-broken every 76 characters."""
    digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
    return digest, int(mmh3.hash(base64.encodebytes(data)))
