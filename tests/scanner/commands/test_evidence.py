"""Pins the way from a run to a sealed bundle and back: proof, alteration, signature, the same report byte for byte."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from scanner.bundle import build_bundle, verify_bundle
from scanner.commands.evidence import Wishes, pack, verify
from scanner.exits import Exit, UsageError
from scanner.model import Observation, RunInfo
from scanner.record_writer import RecordWriter
from scanner.stored_zip import hold

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def unpack(bundle: Path) -> tuple[dict[str, bytes], Mapping[str, str]]:
    with bundle.open("rb") as stream:
        checked = verify_bundle(stream)
        return {name: member.read() for name, member in checked.members.items()}, checked.about


def seal(bundle: Path, members: Mapping[str, bytes], about: Mapping[str, str]) -> None:
    """As whoever rewrites everything would."""
    bundle.write_bytes(b"".join(build_bundle({name: hold(data) for name, data in members.items()}, about)))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    info = RunInfo("r1", "0.1.0", 1_700_000_000.0, None, "scan", "normal", ("lo",), ("127.0.0.0/24",), (), "me")
    seen = Observation("http", "server-header", "App-webs/", address="127.0.0.5", port=80, at=1_700_000_001.0, by="x")
    with RecordWriter(folder / "record.jsonl") as writer:
        writer.write_run(info)
        writer.write(seen)
        writer.close(1_700_000_002.0)
    return folder


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    private, public = tmp_path / "key.pem", tmp_path / "key.pub"
    private.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


def test_packed_twice_gives_the_same_bytes_and_verifies(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    wishes = Wishes(policies=("uk-sensitive-sites", "us-ndaa-889"), as_of="2026-11-23")
    assert pack(run, first, wishes) is pack(run, second, wishes) is Exit.CLEAN
    assert first.read_bytes() == second.read_bytes()
    assert verify(first) is Exit.CLEAN
    out = capsys.readouterr().out
    assert "not signed" in out
    assert "the same report, byte for byte" in out
    members, _ = unpack(first)
    assert {"record.jsonl", "report.json", "policies/us-ndaa-889.yaml", "policies/uk-statement-2022.yaml"} <= set(
        members
    )
    assert "fingerprints/makers.yaml" in members


def test_a_signed_bundle_is_proved_by_the_public_key(
    run: Path, tmp_path: Path, keys: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    private, public = keys
    out = tmp_path / "a.zip"
    pack(run, out, Wishes(key=private))
    assert verify(out, public) is Exit.CLEAN
    assert f"signed by {KEY.public_key().public_bytes_raw().hex()}" in capsys.readouterr().out
    pack(run, out, Wishes())
    assert verify(out, public) is Exit.USAGE
    assert "is not signed" in capsys.readouterr().err


def test_an_altered_bundle_is_refused_by_name(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a.zip"
    pack(run, out, Wishes())
    data = bytearray(out.read_bytes())
    data[data.index(b'"authorised_by":"me"') + 18] ^= 1
    out.write_bytes(bytes(data))
    assert verify(out) is Exit.USAGE
    assert "record.jsonl: was altered" in capsys.readouterr().err


def test_what_a_stranger_named_a_file_steers_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a.zip"
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("manifest.json", b"{}")
        archive.writestr("\x1b[2J", b"")
    assert verify(out) is Exit.USAGE
    assert "␛[2J: has a name that no file in a bundle has\n" in capsys.readouterr().err


def test_a_report_that_the_record_does_not_give_is_found(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.zip"
    pack(run, out, Wishes())
    members, about = unpack(out)
    forged = {**members, "report.json": members["report.json"].replace(b"not_covered", b"covered")}
    forged["report.json"] = forged["report.json"].replace(b"127.0.0.5", b"127.0.0.6")
    seal(out, forged, about)
    assert verify(out) is Exit.USAGE
    assert "gives another report" in capsys.readouterr().err


def test_a_bundle_is_judged_again_by_the_fingerprints_it_brings(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.zip"
    pack(run, out, Wishes())
    members, about = unpack(out)
    fewer = {name: data for name, data in members.items() if name != "fingerprints/hikvision.yaml"}
    seal(out, fewer, about)
    assert verify(out) is Exit.USAGE  # without the rule the record gives another report
    assert "gives another report" in capsys.readouterr().err


def test_fingerprints_that_cannot_be_read_here_are_said(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.zip"
    pack(run, out, Wishes())
    members, about = unpack(out)
    newer = {**members, "fingerprints/hikvision.yaml": b"maker: hikvision\nsomething: new\n"}
    seal(out, newer, {**about, "tool": "camcensus 9.0"})
    assert verify(out) is Exit.CLEAN
    assert "not judged again" in capsys.readouterr().out


def test_another_version_that_judges_otherwise_is_no_alteration(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.zip"
    pack(run, out, Wishes())
    members, about = unpack(out)
    other = {**members, "report.json": b"{}"}
    seal(out, other, {**about, "tool": "camcensus 9.0"})
    assert verify(out) is Exit.CLEAN
    assert "camcensus 9.0 made it" in capsys.readouterr().out


def test_the_dates_of_purchase_are_sealed_and_judged_again(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inventory = tmp_path / "Inventari ynë.csv"
    inventory.write_text("IP;Data\n127.0.0.5;20.11.2019\n", "utf-8")
    out = tmp_path / "a.zip"
    pack(run, out, Wishes(inventory=inventory))
    members, _ = unpack(out)
    assert members["inventory.csv"] == inventory.read_bytes()
    assert b'"acquired": "2019-11-20"' in members["report.json"]
    assert verify(out) is Exit.CLEAN
    assert "byte for byte" in capsys.readouterr().out


def test_unusable_keys_and_files_are_refused_in_words(run: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "ec.pem"
    key = generate_private_key(SECP256R1())
    wrong.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    out = tmp_path / "a.zip"
    for path, says in (
        (wrong, "no Ed25519 key"),
        (tmp_path / "none", "cannot be read"),
        (run / "record.jsonl", "no private key"),
    ):
        with pytest.raises(UsageError, match=says):
            pack(run, out, Wishes(key=path))
        assert not out.exists()
    with pytest.raises(UsageError, match="cannot be read"):
        verify(tmp_path / "none.zip")
    with pytest.raises(UsageError, match="no public key"):
        verify(run / "record.jsonl", run / "record.jsonl")
