"""A file is told by its first bytes, and what cannot be imported is refused by its name."""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType

import pytest

from scanner.importing import files
from scanner.importing.files import ImportRefused, read_data, read_file, tell_form

FIELDS = MappingProxyType({"http.title": "web"})
NMAP = b"""<?xml version="1.0"?><nmaprun><host><status state="up"/><address addr="10.0.0.5" addrtype="ipv4"/>
<address addr="44:19:b6:00:00:01" addrtype="mac"/></host></nmaprun>"""
LINE = json.dumps({"protocol": "http", "field": "title", "data": "x", "address": "10.0.0.5"}).encode()
LEASE = b"lease 10.0.0.5 { hardware ethernet 44:19:b6:00:00:01; }\nlease 10.0.0.6 { binding state free; }\nlease x {"


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (NMAP, "nmap"), (b"\xef\xbb\xbf\n" + NMAP, "nmap"), (LINE, "observations"), (LEASE, "dhcp-leases"),
        (b"", ""), (b"MZ\x90", ""), (b"a,b\n", ""),
    ],
)  # fmt: skip
def test_a_form_is_told_by_its_first_bytes(data: bytes, form: str) -> None:
    assert tell_form(data) == form


@pytest.mark.parametrize("data", [NMAP, LINE, LEASE])
def test_each_form_is_read(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(data)
    imported = read_file(tmp_path / "file", FIELDS)
    assert {seen.address for heard in imported.heard for seen in heard.observations} == {"10.0.0.5"}


def test_what_a_lease_is_and_what_was_left_out_is_said() -> None:
    assert read_data(LEASE, "leases", FIELDS).remarks == (
        "leases: a lease says who had an address, not that the device is there now",
        "leases: 1 addresses whose lease has ended were left out",
    )


def test_lines_left_out_are_named() -> None:
    assert read_data(LINE + b"\n{}\n", "x.jsonl", FIELDS).remarks == (
        "x.jsonl:2: protocol, field and data missing or not text",
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"MZ\x90", "bad is none of the forms that can be imported"),
        (b"<html/>", "bad: the file begins with <html>, not <nmaprun>"),
        (b"lease x", "bad: no lease stands in it"),
        (b"{}", "bad:1: protocol, field and data missing"),
    ],
)
def test_what_cannot_be_imported_is_refused_by_name(data: bytes, words: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_data(data, "bad", FIELDS)
    assert str(refused.value).startswith(words)


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImportRefused, match="cannot be read"):
        read_file(tmp_path / "nosuch", FIELDS)
    monkeypatch.setattr(files, "LARGEST", 3)
    (tmp_path / "file").write_bytes(NMAP)
    with pytest.raises(ImportRefused, match="split it"):
        read_file(tmp_path / "file", FIELDS)
