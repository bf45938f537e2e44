"""Routing-netlink messages: written as the kernel reads them, read as it writes them, garbage refused in one way."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.rtnetlink import (
    CREATE,
    DELETE_NEIGHBOUR,
    DONE,
    DUMP,
    ERROR,
    EXCLUSIVE,
    EXTERNALLY_LEARNED,
    FAILED,
    FAMILY_V4,
    FAMILY_V6,
    GET_LINK,
    GET_NEIGHBOUR,
    NEW_LINK,
    NEW_NEIGHBOUR,
    OURS,
    REACHABLE,
    build_dump,
    build_forget,
    build_learn,
    parse_error,
    parse_link,
    parse_messages,
    parse_neighbour,
)

MAC = bytes.fromhex("4419b6000001")


def message(kind: int, body: bytes, flags: int = 2) -> bytes:
    whole = struct.pack("=IHHII", 16 + len(body), kind, flags, 1, 0) + body
    return whole + bytes(-len(whole) % 4)


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def neighbour(family: int, address: bytes, mac: bytes = MAC, state: int = REACHABLE) -> bytes:
    body = struct.pack("=BxxxiHBB", family, 7, state, 0, 1) + attribute(1, address)
    return body + (attribute(2, mac) if mac else b"")


def link(name: bytes, hardware: int = 1, flags: int = 0x10043, mac: bytes = MAC) -> bytes:
    return struct.pack("=BxHiII", 0, hardware, 3, flags, 0) + attribute(3, name + b"\0") + attribute(1, mac)


def test_several_messages_come_in_one_datagram() -> None:
    data = message(NEW_LINK, link(b"eth0")) + message(NEW_LINK, link(b"eth1")) + message(DONE, b"\0\0\0\0")
    assert [one.type for one in parse_messages(data)] == [NEW_LINK, NEW_LINK, DONE]


@pytest.mark.parametrize("length", [0, 8, 15, 400])
def test_a_length_that_does_not_fit_is_garbled(length: int) -> None:
    data = struct.pack("=IHHII", length, NEW_LINK, 0, 1, 0) + bytes(16)
    with pytest.raises(Garbled, match="netlink message"):
        list(parse_messages(data))


def test_a_link_is_read() -> None:
    read = parse_link(link(b"eth0"))
    assert (read.index, read.name, read.mac, read.is_up, read.has_carrier) == (
        3,
        "eth0",
        "44:19:b6:00:00:01",
        True,
        True,
    )


@pytest.mark.parametrize(
    ("hardware", "flags", "mac"), [(772, 0x10049, bytes(6)), (1, 0x100C3, MAC), (65534, 0x10041, b"")]
)
def test_what_speaks_no_arp_has_no_hardware_address(hardware: int, flags: int, mac: bytes) -> None:
    """A loopback, an interface with NOARP, a tunnel."""
    assert parse_link(link(b"x", hardware, flags, mac)).mac is None


def test_down_and_unplugged_are_told_apart() -> None:
    assert not parse_link(link(b"eth0", flags=0x1002)).is_up
    unplugged = parse_link(link(b"eth0", flags=0x1003))
    assert unplugged.is_up
    assert not unplugged.has_carrier


@pytest.mark.parametrize(
    ("family", "packed", "text"),
    [(FAMILY_V4, bytes([10, 77, 0, 9]), "10.77.0.9"), (FAMILY_V6, bytes.fromhex("fe80" + "00" * 13 + "01"), "fe80::1")],
)
def test_a_neighbour_is_read(family: int, packed: bytes, text: str) -> None:
    read = parse_neighbour(neighbour(family, packed))
    assert read is not None
    assert (read.index, read.address, read.mac, read.is_known) == (7, text, "44:19:b6:00:00:01", True)


def test_an_entry_nobody_answered_for_is_not_known() -> None:
    read = parse_neighbour(neighbour(FAMILY_V4, bytes([10, 77, 0, 9]), b"", FAILED))
    assert read is not None
    assert read.mac is None
    assert not read.is_known


def test_another_family_is_passed_over() -> None:
    assert parse_neighbour(neighbour(7, MAC)) is None
    assert parse_neighbour(neighbour(FAMILY_V4, bytes(16))) is None


def test_a_dump_request_names_its_family() -> None:
    (asked,) = parse_messages(build_dump(GET_NEIGHBOUR, FAMILY_V6, 5))
    assert (asked.type, asked.flags & DUMP, asked.body[0]) == (GET_NEIGHBOUR, DUMP, FAMILY_V6)
    (asked,) = parse_messages(build_dump(GET_LINK, 0, 5))
    assert asked.type == GET_LINK


def test_a_learned_entry_is_marked_and_takes_nobodys_place() -> None:
    (made,) = parse_messages(build_learn(7, "10.77.0.9", "44:19:b6:00:00:01", 1))
    read = parse_neighbour(made.body)
    assert made.type == NEW_NEIGHBOUR
    assert made.flags & CREATE
    assert made.flags & EXCLUSIVE
    assert read is not None
    assert read.maker == OURS
    assert (read.address, read.mac, read.state, read.flags) == (
        "10.77.0.9",
        "44:19:b6:00:00:01",
        REACHABLE,
        EXTERNALLY_LEARNED,
    )


def test_forgetting_names_the_same_entry() -> None:
    (made,) = parse_messages(build_forget(7, "fe80::1", 1))
    read = parse_neighbour(made.body)
    assert made.type == DELETE_NEIGHBOUR
    assert read is not None
    assert (read.index, read.address) == (7, "fe80::1")


def test_an_error_carries_its_number_and_zero_is_an_acknowledgement() -> None:
    (answer,) = parse_messages(message(ERROR, struct.pack("=i", -17) + bytes(16)))
    assert parse_error(answer.body) == 17
    assert parse_error(struct.pack("=i", 0)) == 0
    with pytest.raises(Garbled):
        parse_error(b"\0")


@given(st.binary(max_size=200))
def test_garbage_raises_nothing_but_garbled(data: bytes) -> None:
    for parse in (lambda raw: list(parse_messages(raw)), parse_link, parse_neighbour, parse_error):
        try:
            parse(data)
        except Garbled:
            continue
