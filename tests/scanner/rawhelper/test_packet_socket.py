"""Packet sockets hear what they should on their interface, count what is lost, and say what cannot be opened."""

from __future__ import annotations

import select
import time
from ipaddress import ip_network

import pytest

from scanner.rawhelper.packet_socket import NoEthernet, open_sockets, read_frames, receive_space
from tests.scanner.codec.test_ipv4_udp import udp_frame
from tests.scanner.codec.test_ipv6_udp import udp6_frame
from tests.segment import SCANNER_MAC, Segment, arp_frame, sadp_frame

MAC = "44:19:b6:00:00:09"

pytestmark = pytest.mark.lab


def wait_for(sock: object) -> None:
    assert select.select([sock], [], [], 5)[0]


def test_arp_and_sadp_are_heard_apart(segment: Segment) -> None:
    with segment.enter():
        sockets = open_sockets("eth0")
    segment.say(b"\xff" * 6 + bytes(6) + b"\x88\xb5" + bytes(46))
    segment.say(sadp_frame(MAC, "192.168.1.64"))
    segment.say(arp_frame(MAC, "10.77.0.9", operation=2))
    wait_for(sockets.arp)
    wait_for(sockets.sadp)
    assert [frame[22:28].hex(":") for frame in read_frames(sockets.arp)] == [MAC]
    assert [frame[12:14] for frame in read_frames(sockets.sadp)] == [b"\x80\x33"]
    assert (sockets.name, sockets.mac.hex(":")) == ("eth0", SCANNER_MAC)
    assert receive_space(sockets.arp) > 200_000
    sockets.close()


def test_what_the_kernel_drops_is_counted(segment: Segment) -> None:
    with segment.enter():
        sockets = open_sockets("eth0")
    sockets.arp.setsockopt(1, 8, 2048)  # SO_RCVBUF: as small as the kernel allows
    for _ in range(200):
        segment.say(arp_frame(MAC, "10.77.0.9", operation=2))
    deadline = time.monotonic() + 5
    while sockets.drops == 0 and time.monotonic() < deadline:
        sockets.count_drops()
    kept = len(list(read_frames(sockets.arp)))
    sockets.count_drops()
    assert kept + sockets.drops == 200
    sockets.close()


def test_an_interface_without_ethernet_is_named(segment: Segment) -> None:
    with segment.enter(), pytest.raises(NoEthernet, match="lo has no Ethernet address"):
        open_sockets("lo")


def test_an_interface_that_is_not_there_is_an_error(segment: Segment) -> None:
    with segment.enter(), pytest.raises(OSError, match="No such device"):
        open_sockets("eth9")


def test_strangers_are_heard_where_it_is_wanted(segment: Segment) -> None:
    with segment.enter():
        plain = open_sockets("eth0")
        sockets = open_sockets("eth0", strangers_beyond=[ip_network("10.77.0.0/24")])
    segment.say(udp_frame(source="10.77.0.9"))
    segment.say(udp_frame(source="192.168.1.64"))
    assert plain.strangers is None
    assert sockets.strangers is not None
    wait_for(sockets.strangers)
    assert [frame[26:30] for frame in read_frames(sockets.strangers)] == [bytes([192, 168, 1, 64])]
    plain.close()
    sockets.close()


def test_of_answers_over_ipv6_the_heads_are_heard(segment: Segment) -> None:
    with segment.enter():
        sockets = open_sockets("eth0")
    us = bytes.fromhex(SCANNER_MAC.replace(":", ""))
    frame = udp6_frame(to=us, payload=b"secret" * 20)
    segment.say(frame)
    wait_for(sockets.answers)
    assert list(read_frames(sockets.answers)) == [frame[:66]]
    sockets.close()
