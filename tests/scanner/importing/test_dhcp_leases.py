"""Lease files of both servers say who had an address; broken entries are counted, hostile ones are quick."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.importing import dhcp_leases
from scanner.importing.dhcp_leases import LeaseError, Leases, looks_like_leases, read_leases

# Shapes as dhcpd.leases(5) and the manual of dnsmasq describe them; addresses and names are made up.
ISC = rb"""# The format of this file is documented in the dhcpd.leases(5) manual page.
authoring-byte-order little-endian;
server-duid "\000\001\000\001-\001{";

lease 10.0.0.5 {
  starts 4 2026/11/19 08:00:00;
  ends 4 2026/11/19 20:00:00;
  binding state active;
  next binding state free;
  hardware ethernet 44:19:B6:00:00:01;
  uid "\001D\031\266\000\000\001";
  set vendor-class-identifier = "AXIS,Network Camera,P3265-V,11.1";
  client-hostname "cam; \"7\" \101 }";
  on expiry { log(info, "lease; over"); }
}
lease 10.0.0.6 { binding state free; hardware ethernet 44:19:b6:00:00:02; }
lease 10.0.0.7 { starts epoch 1795457971; # Mon Nov 23
  binding state active;
  hardware ethernet 3c:ef:8c:00:00:03;
}
lease 10.0.0.7 { starts epoch 1795457999; binding state active; hardware ethernet 3c:ef:8c:00:00:04; }
"""
DNSMASQ = b"""1795457971 44:19:b6:00:00:01 10.0.0.5 cam-7 01:44:19:b6:00:00:01
0 06-3c:ef:8c:00:00:04 10.0.0.9 * *
duid 00:01:00:01:2e:00:00:00:44:19:b6:00:00:01
1795457971 12345 fd00::5 cam-7 00:01:00:01:2e
"""


def facts(leases: Leases) -> list[tuple[str, str, str | None, str | None]]:
    return [(o.name, o.value, o.address, o.mac) for heard in leases.heard for o in heard.observations]


def test_a_lease_of_dhcpd_is_read_to_its_last_brace() -> None:
    mac = "44:19:b6:00:00:01"
    assert facts(read_leases(ISC))[:3] == [
        ("mac.mac", mac, "10.0.0.5", mac),
        ("dhcp.hostname", 'cam; "7" A }', "10.0.0.5", mac),
        ("dhcp.vendor-class", "AXIS,Network Camera,P3265-V,11.1", "10.0.0.5", mac),
    ]


def test_the_last_lease_of_an_address_counts() -> None:
    last = read_leases(ISC).heard[-1].observations[0]
    assert (last.address, last.value, last.at) == ("10.0.0.7", "3c:ef:8c:00:00:04", 1795457999.0)


def test_the_time_of_a_lease_is_utc() -> None:
    assert read_leases(ISC).heard[0].observations[0].at == 1795075200.0  # 2026-11-19 08:00:00 UTC


def test_leases_that_ended_are_counted_and_left_out() -> None:
    leases = read_leases(ISC)
    assert leases.ended == 1
    assert "10.0.0.6" not in {address for _, _, address, _ in facts(leases)}


def test_the_bytes_behind_a_lease_are_kept() -> None:
    heard = read_leases(ISC).heard[0]
    (digest, raw), *_ = heard.raw
    assert raw.startswith(b"lease 10.0.0.5 {")
    assert raw.endswith(b"}")
    assert {seen.digest for seen in heard.observations} == {digest}


def test_leases_of_dnsmasq_are_read() -> None:
    assert facts(read_leases(DNSMASQ)) == [
        ("mac.mac", "44:19:b6:00:00:01", "10.0.0.5", "44:19:b6:00:00:01"),
        ("dhcp.hostname", "cam-7", "10.0.0.5", "44:19:b6:00:00:01"),
        ("dhcp.hostname", "cam-7", "fd00::5", None),
    ]


@pytest.mark.parametrize(
    ("text", "unreadable"),
    [
        (ISC + b"lease 10.0.0.8 { binding state active;", 1),
        (ISC + b"lease 999.1.1.1 { }\n", 1),
        (DNSMASQ + b"not a lease\n", 1),
        (DNSMASQ + b"1 44:19:b6:00:00:01 10.0.0.300 x *\n\n", 1),
    ],
)
def test_what_cannot_be_read_is_counted(text: bytes, unreadable: int) -> None:
    assert read_leases(text).unreadable == unreadable


@pytest.mark.parametrize("text", [b"hello\n", b"<xml/>", b"host x { fixed-address 10.0.0.1; }"])
def test_another_file_is_refused(text: bytes) -> None:
    with pytest.raises(LeaseError, match="no lease stands in it"):
        read_leases(text)


def test_an_empty_file_holds_no_lease() -> None:
    assert read_leases(b"\n") == Leases((), 0, 0)


def test_a_huge_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dhcp_leases, "LEASES_CAP", 10)
    with pytest.raises(LeaseError, match="larger than"):
        read_leases(ISC)


@pytest.mark.parametrize("text", [ISC, DNSMASQ])
def test_both_forms_are_known_by_their_first_lines(text: bytes) -> None:
    assert looks_like_leases(text.decode())


def test_prose_does_not_look_like_leases() -> None:
    assert not looks_like_leases("a lease is\n10.0.0.5\n")


@pytest.mark.parametrize(
    "body",
    ['"' * 15_000, r'"\"' * 5_000, "{" * 15_000, "{ " * 7_000 + "}" * 7_000, "a" * 15_000, "#" * 15_000, ";" * 15_000],
)
def test_hostile_entries_are_read_quickly(body: str) -> None:
    began = time.process_time()
    read_leases(f"lease 10.0.0.5 {{ {body} }}\n".encode() * 100 + ISC)
    assert time.process_time() - began < 5


@given(st.binary(max_size=300) | st.text(alphabet='lease 10.5{};"\\#\n:af', max_size=300).map(str.encode))
def test_anything_else_raises_one_error(data: bytes) -> None:
    for text in (data, ISC[: len(data)] + data, data + ISC):
        try:
            read_leases(text)
        except LeaseError:
            continue
