"""Packs the evidence of a run into one archive and says exactly what was altered in one; never opens a file itself.

The archive is a plain ZIP (`scanner/stored_zip.py`): the same members give the same bytes on every machine.
`manifest.json` lists every member with its size and SHA-256; `seal.json` holds the digest of the manifest and, if a key
was given, an Ed25519 signature over it. Without a key the bundle shows that nothing was altered by accident; only a
signature shows that nobody rewrote the whole. Members are read piece by piece: a record may have gigabytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from io import SEEK_END
from typing import Any, BinaryIO, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from scanner.stored_zip import LARGEST, Member, hold, measure, measure_archive, pack, read_pieces

SCHEMA: Final = "camcensus.bundle/1"
MANIFEST: Final = "manifest.json"
SEAL: Final = "seal.json"

MOST_MEMBERS: Final = 2_000
"""Members: record, reports, some hundred fingerprint and policy files."""

LARGEST_MANIFEST: Final = 1 << 20
"""Bytes of the manifest, and of the seal: they are held in memory. So many members with names of 400 characters."""

_NAME: Final = re.compile(r"[a-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*\Z")


class BundleError(ValueError):
    """The bundle cannot be made or opened as it is; the message says why."""


@dataclass(frozen=True, slots=True)
class Alteration:
    """One thing that is not as it was when the bundle was sealed."""

    member: str  # a name in the bundle, or "archive" for its structure
    what: str

    def __str__(self) -> str:
        return f"{self.member}: {self.what}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found. `signer` is the public key (hexadecimal) whose signature fits, None for an unsigned bundle."""

    alterations: tuple[Alteration, ...]
    members: Mapping[str, Member]  # payload that could be read, altered or not; while the bundle is open
    about: Mapping[str, str]  # what the manifest says of the run: tool, policies, as of
    signer: str | None

    @property
    def whole(self) -> bool:
        return not self.alterations


def build_bundle(
    members: Mapping[str, Member], about: Mapping[str, str], key: Ed25519PrivateKey | None = None
) -> Iterator[bytes]:
    """The archive, piece by piece. `about` says what a reader must know: tool version, lists applied, day of judgement.

    Raises BundleError for a name that would not unpack safely, or over the caps.
    """
    _check_members(members)
    manifest = _canonical(
        {
            "schema": SCHEMA,
            "about": dict(about),
            "members": [
                {"name": name, "size": member.size, "sha256": member.digest} for name, member in sorted(members.items())
            ],
        }
    )
    whole = {**members, MANIFEST: hold(manifest), SEAL: hold(_make_seal(manifest, key))}
    if measure_archive(whole) > LARGEST:
        raise BundleError(f"the files have more than {LARGEST:,} bytes together")
    return pack(whole)


def verify_bundle(stream: BinaryIO, trusted: Ed25519PublicKey | None = None) -> Verification:
    """Everything in the archive that is not as it was sealed; `trusted` demands a signature by that key.

    Raises BundleError only for what is no bundle at all.
    """
    members, found = _unpack(stream)
    manifest, seal = _read_own(members, MANIFEST), _read_own(members, SEAL)
    if manifest is None and seal is None:
        raise BundleError("this is no evidence bundle: it holds neither manifest.json nor seal.json")
    signer, sealed = _check_seal(manifest, seal, trusted)
    found += sealed
    listed, about, parsed = _read_manifest(manifest)
    found += parsed
    found += _compare(members, listed, unread={alteration.member for alteration in found}) if listed else ()
    if not found and not _is_archive_of({**members, MANIFEST: hold(manifest or b""), SEAL: hold(seal or b"")}, stream):
        found.append(Alteration("archive", "its structure was altered (headers, times, order or added bytes)"))
    return Verification(tuple(found), members, about, signer)


def _check_members(members: Mapping[str, Member]) -> None:
    if len(members) > MOST_MEMBERS:
        raise BundleError(f"{len(members)} files are too many for a bundle (at most {MOST_MEMBERS})")
    for name in members:
        if not _NAME.match(name) or name in (MANIFEST, SEAL):
            raise BundleError(f"{name!r} cannot be the name of a file in a bundle")


def _canonical(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _make_seal(manifest: bytes, key: Ed25519PrivateKey | None) -> bytes:
    seal: dict[str, str] = {"manifest_sha256": _digest(manifest)}
    if key is not None:
        seal["algorithm"] = "ed25519"
        seal["public_key"] = key.public_key().public_bytes_raw().hex()
        seal["signature"] = key.sign(manifest).hex()
    return _canonical(seal)


def _unpack(stream: BinaryIO) -> tuple[dict[str, Member], list[Alteration]]:
    """Members that can be read, and what hinders the others. Nothing is written anywhere."""
    members: dict[str, Member] = {}
    found: list[Alteration] = []
    try:
        left = stream.seek(0, SEEK_END)
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise BundleError(f"not readable as an archive: {error}") from error
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS + 2:
        raise BundleError("this is no evidence bundle: it claims more files than a bundle may have")
    for info in infos:
        problem = _refuse(info, members, left) or _read_member(archive, info, members)
        if problem is not None:
            found.append(Alteration(info.filename, problem))
        else:
            left -= info.file_size
    return members, found


def _refuse(info: zipfile.ZipInfo, members: Mapping[str, Member], left: int) -> str | None:
    """Why a member is not even read. `left` is what the archive can hold beside the members read."""
    if info.filename in members:
        return "stands in the archive twice"
    if not _NAME.match(info.filename):
        return "has a name that no file in a bundle has"
    if info.compress_type != zipfile.ZIP_STORED:
        return "is compressed, which no bundle is"
    if info.file_size > left:
        return f"was altered: it claims {info.file_size} bytes, more than are there"
    return None


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, members: dict[str, Member]) -> str | None:
    try:
        members[info.filename] = measure(partial(_read_pieces, archive, info))
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, RuntimeError, NotImplementedError) as error:
        return f"was altered and cannot be read ({error})"
    return None


def _read_pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as inside:
        yield from read_pieces(inside)


def _read_own(members: dict[str, Member], name: str) -> bytes | None:
    """The manifest or the seal, taken from among the members."""
    member = members.pop(name, None)
    if member is not None and member.size > LARGEST_MANIFEST:
        raise BundleError(f"this is no evidence bundle: its {name} has {member.size:,} bytes")
    return None if member is None else member.read()


def _is_archive_of(members: Mapping[str, Member], stream: BinaryIO) -> bool:
    """Whether the members, packed anew, give the archive byte for byte."""
    place = 0
    for piece in pack(members):
        stream.seek(place)  # the members are read from it too
        if stream.read(len(piece)) != piece:
            return False
        place += len(piece)
    stream.seek(place)
    return not stream.read(1)


def _check_seal(
    manifest: bytes | None, seal: bytes | None, trusted: Ed25519PublicKey | None
) -> tuple[str | None, list[Alteration]]:
    if manifest is None:
        return None, [Alteration(MANIFEST, "is missing")]
    if seal is None:
        return None, [Alteration(SEAL, "is missing")]
    try:
        body = json.loads(seal)
        canonical = _canonical(body) == seal and isinstance(body, dict)
    except (ValueError, RecursionError):
        canonical = False
    if not canonical:
        return None, [Alteration(SEAL, "was altered: it is not in the form it is written in")]
    if body.get("manifest_sha256") != _digest(manifest):
        return None, [Alteration(MANIFEST, "was altered: it does not fit the digest in seal.json")]
    return _check_signature(manifest, body, trusted)


def _check_signature(
    manifest: bytes, body: Mapping[str, Any], trusted: Ed25519PublicKey | None
) -> tuple[str | None, list[Alteration]]:
    wanted = trusted.public_bytes_raw().hex() if trusted is not None else None
    if set(body) == {"manifest_sha256"}:
        return None, ([Alteration(SEAL, "is not signed, and a signature was asked for")] if wanted else [])
    if set(body) != {"manifest_sha256", "algorithm", "public_key", "signature"} or body["algorithm"] != "ed25519":
        return None, [Alteration(SEAL, "was altered: it holds what no seal holds")]
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(body["public_key"]))
        key.verify(bytes.fromhex(body["signature"]), manifest)
    except (InvalidSignature, ValueError, TypeError):
        return None, [Alteration(SEAL, "its signature does not fit the manifest")]
    if wanted is not None and body["public_key"] != wanted:
        return body["public_key"], [Alteration(SEAL, f"is signed by another key ({body['public_key']})")]
    return body["public_key"], []


def _read_manifest(manifest: bytes | None) -> tuple[dict[str, tuple[int, str]], Mapping[str, str], list[Alteration]]:
    """Names with size and digest, and what the manifest says of the run."""
    if manifest is None:
        return {}, {}, []
    try:
        body = json.loads(manifest)
        listed = {str(m["name"]): (int(m["size"]), str(m["sha256"])) for m in body["members"]}
        about = {str(key): str(value) for key, value in body["about"].items()}
        known = body["schema"] == SCHEMA
    except (ValueError, OverflowError, KeyError, TypeError, AttributeError, RecursionError):
        return {}, {}, [Alteration(MANIFEST, "was altered: it is no manifest any more")]
    if not known:
        return listed, about, [Alteration(MANIFEST, f"is of the form {body['schema']!r}, not {SCHEMA}")]
    return listed, about, []


def _compare(
    members: Mapping[str, Member], listed: Mapping[str, tuple[int, str]], unread: Collection[str]
) -> Iterator[Alteration]:
    for name in sorted(set(listed) - set(unread)):
        if name not in members:
            yield Alteration(name, "is missing")
            continue
        size, digest = listed[name]
        member = members[name]
        if member.size != size:
            yield Alteration(name, f"was altered: {member.size} bytes instead of {size}")
        elif member.digest != digest:
            yield Alteration(name, f"was altered: SHA-256 {member.digest} instead of {digest}")
    for name in sorted(set(members) - set(listed)):
        yield Alteration(name, "was added")
