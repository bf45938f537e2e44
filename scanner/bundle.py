"""Packs the evidence of a run into one archive and says exactly what was altered in one; never opens a file itself.

The archive is a plain ZIP without compression, members in order of their names, no times: the same members give the
same bytes on every machine. `manifest.json` lists every member with its size and SHA-256; `seal.json` holds the digest
of the manifest and, if a key was given, an Ed25519 signature over it. Without a key the bundle shows that nothing was
altered by accident; only a signature shows that nobody rewrote the whole.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SCHEMA: Final = "camcensus.bundle/1"
MANIFEST: Final = "manifest.json"
SEAL: Final = "seal.json"

LARGEST_BUNDLE: Final = 1 << 30
"""Bytes. The record of a whole /16 with pages kept has about 300 MB; the bundle is held in memory."""

MOST_MEMBERS: Final = 2_000
"""Members: record, reports, some hundred fingerprint and policy files."""

_NAME: Final = re.compile(r"[a-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*\Z")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can say; a real time would make equal bundles differ


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
    members: Mapping[str, bytes]  # payload that could be read, altered or not
    about: Mapping[str, str]  # what the manifest says of the run: tool, policies, as of
    signer: str | None

    @property
    def whole(self) -> bool:
        return not self.alterations


def build_bundle(members: Mapping[str, bytes], about: Mapping[str, str], key: Ed25519PrivateKey | None = None) -> bytes:
    """The archive as bytes. `about` says what a reader must know: tool version, lists applied, day of judgement.

    Raises BundleError for a name that would not unpack safely, or over the caps.
    """
    _check_members(members)
    manifest = _canonical(
        {
            "schema": SCHEMA,
            "about": dict(about),
            "members": [
                {"name": name, "size": len(members[name]), "sha256": _digest(members[name])} for name in sorted(members)
            ],
        }
    )
    return _pack({**members, MANIFEST: manifest, SEAL: _make_seal(manifest, key)})


def verify_bundle(data: bytes, trusted: Ed25519PublicKey | None = None) -> Verification:
    """Everything in the archive that is not as it was sealed; `trusted` demands a signature by that key.

    Raises BundleError only for what is no bundle at all.
    """
    if len(data) > LARGEST_BUNDLE:
        raise BundleError(f"the bundle has {len(data)} bytes (at most {LARGEST_BUNDLE})")
    members, found = _unpack(data)
    manifest, seal = members.pop(MANIFEST, None), members.pop(SEAL, None)
    if manifest is None and seal is None:
        raise BundleError("this is no evidence bundle: it holds neither manifest.json nor seal.json")
    signer, sealed = _check_seal(manifest, seal, trusted)
    found += sealed
    listed, about, parsed = _read_manifest(manifest)
    found += parsed
    found += _compare(members, listed, unread={alteration.member for alteration in found}) if listed else ()
    if not found and _pack({**members, MANIFEST: manifest or b"", SEAL: seal or b""}) != data:
        found.append(Alteration("archive", "its structure was altered (headers, times, order or added bytes)"))
    return Verification(tuple(found), members, about, signer)


def _check_members(members: Mapping[str, bytes]) -> None:
    if len(members) > MOST_MEMBERS:
        raise BundleError(f"{len(members)} files are too many for a bundle (at most {MOST_MEMBERS})")
    if sum(map(len, members.values())) > LARGEST_BUNDLE:
        raise BundleError(f"the files have more than {LARGEST_BUNDLE} bytes together")
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


def _pack(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3  # Unix, wherever it was made
            info.external_attr = 0o100644 << 16
            archive.writestr(info, members[name])
    return out.getvalue()


def _unpack(data: bytes) -> tuple[dict[str, bytes], list[Alteration]]:
    """Members that can be read, and what hinders the others. Nothing is written anywhere."""
    members: dict[str, bytes] = {}
    found: list[Alteration] = []
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise BundleError(f"not readable as an archive: {error}") from error
    with archive:
        infos = archive.infolist()
        if len(infos) > MOST_MEMBERS + 2 or sum(info.file_size for info in infos) > LARGEST_BUNDLE:
            raise BundleError("this is no evidence bundle: it claims more files or bytes than a bundle may have")
        for info in infos:
            problem = _read_member(archive, info, members)
            if problem is not None:
                found.append(Alteration(info.filename, problem))
    return members, found


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, members: dict[str, bytes]) -> str | None:
    if info.filename in members:
        return "stands in the archive twice"
    if info.compress_type != zipfile.ZIP_STORED:
        return "is compressed, which no bundle is"
    try:
        members[info.filename] = archive.read(info)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, RuntimeError, NotImplementedError) as error:
        return f"was altered and cannot be read ({error})"
    return None


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
    members: Mapping[str, bytes], listed: Mapping[str, tuple[int, str]], unread: Collection[str]
) -> Iterator[Alteration]:
    for name in sorted(set(listed) - set(unread)):
        if name not in members:
            yield Alteration(name, "is missing")
            continue
        size, digest = listed[name]
        if len(members[name]) != size:
            yield Alteration(name, f"was altered: {len(members[name])} bytes instead of {size}")
        elif _digest(members[name]) != digest:
            yield Alteration(name, f"was altered: SHA-256 {_digest(members[name])} instead of {digest}")
    for name in sorted(set(members) - set(listed)):
        yield Alteration(name, "was added")
