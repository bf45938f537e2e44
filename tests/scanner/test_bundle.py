"""Pins that equal members give equal bytes, and that a byte changed anywhere is found and named."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from scanner import bundle
from scanner.bundle import BundleError, Verification, verify_bundle
from scanner.stored_zip import hold, pack

MEMBERS = {"record.jsonl": b'{"type":"run"}\n', "report.json": b"{}", "policies/us-ndaa-889.yaml": b"id: x\n"}
ABOUT = {"tool": "camcensus 0.1.0", "as_of": "2026-11-23"}
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def build(members: Mapping[str, bytes], about: Mapping[str, str], key: Ed25519PrivateKey | None = None) -> bytes:
    return b"".join(bundle.build_bundle({name: hold(data) for name, data in members.items()}, about, key))


def verify(data: bytes, trusted: Ed25519PublicKey | None = None) -> Verification:
    return verify_bundle(io.BytesIO(data), trusted)


def zip_of(members: Mapping[str, bytes]) -> bytes:
    return b"".join(pack({name: hold(data) for name, data in members.items()}))


def repack(data: bytes, change: Callable[[dict[str, bytes]], object]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    return zip_of(members)


def found(data: bytes) -> list[str]:
    return [str(alteration) for alteration in verify(data).alterations]


def test_equal_members_give_equal_bytes_in_any_order() -> None:
    again = dict(reversed(MEMBERS.items()))
    assert build(MEMBERS, ABOUT) == build(again, dict(reversed(ABOUT.items())))
    assert build(MEMBERS, ABOUT, KEY) == build(again, ABOUT, KEY)


@pytest.mark.parametrize("key", [None, KEY])
def test_an_untouched_bundle_is_whole_and_gives_its_members_back(key: Ed25519PrivateKey | None) -> None:
    checked = verify(build(MEMBERS, ABOUT, key))
    assert checked.whole
    assert {name: member.read() for name, member in checked.members.items()} == MEMBERS
    assert checked.about == ABOUT
    assert checked.signer == (key.public_key().public_bytes_raw().hex() if key else None)


@pytest.mark.parametrize("key", [None, KEY])
def test_a_bit_changed_in_any_byte_is_found(key: Ed25519PrivateKey | None) -> None:
    data = build(MEMBERS, ABOUT, key)
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 1 << (position % 8)
        try:
            checked = verify(bytes(changed))
        except BundleError:
            continue
        assert not checked.whole, position


def test_an_altered_member_is_named() -> None:
    data = build(MEMBERS, ABOUT)
    start = data.index(b"id: x")
    changed = data[:start] + b"id: y" + data[start + 5 :]
    assert len(found(changed)) == 1
    assert found(changed)[0].startswith("policies/us-ndaa-889.yaml: was altered and cannot be read")
    same_size = repack(data, lambda m: m.update({"report.json": b"[]"}))
    assert found(same_size)[0].startswith("report.json: was altered: SHA-256")
    longer = repack(data, lambda m: m.update({"report.json": b"{ }"}))
    assert found(longer) == ["report.json: was altered: 3 bytes instead of 2"]


def test_missing_and_added_members_are_named() -> None:
    data = build(MEMBERS, ABOUT)
    assert found(repack(data, lambda m: m.pop("record.jsonl"))) == ["record.jsonl: is missing"]
    assert found(repack(data, lambda m: m.update({"extra.txt": b""}))) == ["extra.txt: was added"]
    assert found(repack(data, lambda m: m.pop("seal.json"))) == ["seal.json: is missing"]
    assert found(repack(data, lambda m: m.pop("manifest.json"))) == ["manifest.json: is missing"]
    assert found(data + b"tail") == ["archive: its structure was altered (headers, times, order or added bytes)"]


def test_a_rewritten_manifest_does_not_fit_the_seal() -> None:
    def forge(members: dict[str, bytes]) -> None:
        members["manifest.json"] = members["manifest.json"].replace(b"0.1.0", b"9.9.9")

    assert found(repack(build(MEMBERS, ABOUT), forge)) == [
        "manifest.json: was altered: it does not fit the digest in seal.json"
    ]


def test_a_bundle_rewritten_as_a_whole_is_caught_by_the_signature_alone() -> None:
    forged = build({**MEMBERS, "report.json": b"[]"}, ABOUT)
    assert verify(forged).whole
    assert says(verify(forged, KEY.public_key())) == ["seal.json: is not signed, and a signature was asked for"]
    by_other = build(MEMBERS, ABOUT, OTHER)
    assert "signed by another key" in says(verify(by_other, KEY.public_key()))[0]
    assert verify(build(MEMBERS, ABOUT, KEY), KEY.public_key()).whole

    def swap(members: dict[str, bytes]) -> None:
        seal = json.loads(members["seal.json"])
        seal["signature"] = OTHER.sign(members["manifest.json"]).hex()
        members["seal.json"] = bundle._canonical(seal)

    assert says(verify(repack(build(MEMBERS, ABOUT, KEY), swap))) == [
        "seal.json: its signature does not fit the manifest"
    ]


def says(checked: Verification) -> list[str]:
    return [str(alteration) for alteration in checked.alterations]


def test_a_compressed_or_doubled_member_is_found() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"{}" * 100)
        archive.writestr("seal.json", b"{}" * 100)
    with pytest.raises(BundleError, match="no evidence bundle"):
        verify(out.getvalue())
    data = build(MEMBERS, ABOUT)
    doubled = io.BytesIO(data)
    with zipfile.ZipFile(doubled, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("report.json", b"{}")
    assert "report.json: stands in the archive twice" in found(doubled.getvalue())


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../b", "a//b", "", "manifest.json", "a\\b", "a b", ".x"])
def test_names_that_would_not_unpack_safely_are_refused(name: str) -> None:
    with pytest.raises(BundleError, match="cannot be the name"):
        build({name: b""}, ABOUT)


def test_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MOST_MEMBERS", 2)
    with pytest.raises(BundleError, match="too many"):
        build(MEMBERS, ABOUT)
    monkeypatch.setattr(bundle, "MOST_MEMBERS", 9)
    whole = build(MEMBERS, ABOUT)
    monkeypatch.setattr(bundle, "LARGEST", len(whole))
    assert build(MEMBERS, ABOUT) == whole
    monkeypatch.setattr(bundle, "LARGEST", len(whole) - 1)
    with pytest.raises(BundleError, match="bytes together"):
        build(MEMBERS, ABOUT)
    monkeypatch.setattr(bundle, "LARGEST_MANIFEST", 5)
    with pytest.raises(BundleError, match=r"no evidence bundle: its manifest\.json has"):
        verify(whole)


def test_a_member_that_claims_more_than_there_is_is_named_and_not_read() -> None:
    data = bytearray(build(MEMBERS, ABOUT))
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"report.json"))
    data[place + 24 : place + 28] = (1 << 31).to_bytes(4, "little")
    assert found(bytes(data)) == ["report.json: was altered: it claims 2147483648 bytes, more than are there"]


@pytest.mark.parametrize("name", ["/root/.profile", "../x", "fingerprints/..", "a\x1b[2J", "a b"])
def test_a_name_that_would_not_unpack_safely_is_an_alteration_whoever_sealed_it(name: str) -> None:
    """Whoever makes a bundle can seal any name, and `verify` writes what it judges by into a folder."""
    members = {**MEMBERS, name: b""}
    listed = [{"name": each, "size": len(data), "sha256": bundle._digest(data)} for each, data in members.items()]
    manifest = bundle._canonical({"schema": bundle.SCHEMA, "about": {"inventory": name}, "members": listed})
    sealed = zip_of({**members, "manifest.json": manifest, "seal.json": bundle._make_seal(manifest, None)})
    assert found(sealed) == [f"{name}: has a name that no file in a bundle has"]


def test_a_size_that_is_no_number_of_bytes_is_an_alteration() -> None:
    """Whoever makes a bundle can seal any manifest."""
    manifest = json.dumps(
        {"schema": "x", "about": {}, "members": [{"name": "a", "size": 1e999, "sha256": ""}]}
    ).encode()
    sealed = zip_of({"manifest.json": manifest, "seal.json": bundle._make_seal(manifest, None)})
    assert found(sealed) == ["manifest.json: was altered: it is no manifest any more"]


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", b"\0" * 100])
def test_what_is_no_archive_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(BundleError, match="not readable as an archive"):
        verify(data)


def test_another_archive_is_no_bundle() -> None:
    with pytest.raises(BundleError, match="neither manifest"):
        verify(zip_of({"a": b""}))


@given(st.binary(max_size=200))
def test_any_manifest_and_seal_give_a_verification(data: bytes) -> None:
    assert not verify(zip_of({"manifest.json": data, "seal.json": data})).whole
