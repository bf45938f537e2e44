"""A datagram that the kernel throws away is told, and the socket is left as it was."""

from __future__ import annotations

import errno
import os
import socket
from typing import Any

import pytest

from scanner.sending import IP_RECVERR, IPV6_RECVERR, send_told
from simulator.namespaces import call_in, new_namespace, run_ip
from tests.full_table import full_table


class Sock:
    """A socket that notes what is done with it. `errors`: what its next sendings raise."""

    def __init__(self, family: socket.AddressFamily, *errors: OSError) -> None:
        self.family = family
        self.errors = list(errors)
        self.done: list[Any] = []

    def setsockopt(self, *option: int) -> None:
        self.done.append(option)

    def sendto(self, payload: bytes, where: Any) -> None:
        self.done.append((payload, where))
        if self.errors:
            raise self.errors.pop(0)


HOST = ("10.0.0.1", 5)
ON, OFF = (socket.IPPROTO_IP, IP_RECVERR, 1), (socket.IPPROTO_IP, IP_RECVERR, 0)


@pytest.mark.parametrize(
    ("family", "level", "option"),
    [(socket.AF_INET, socket.IPPROTO_IP, IP_RECVERR), (socket.AF_INET6, socket.IPPROTO_IPV6, IPV6_RECVERR)],
)
def test_the_errors_are_asked_for_while_it_is_sent(family: Any, level: int, option: int) -> None:
    sock = Sock(family)
    send_told(sock, b"x", HOST)  # type: ignore[arg-type]
    assert sock.done == [(level, option, 1), (b"x", HOST), (level, option, 0)]


def test_an_error_is_raised_and_no_more_errors_are_asked_for() -> None:
    sock = Sock(socket.AF_INET, OSError(errno.ENOBUFS, ""))
    with pytest.raises(OSError, match="105"):
        send_told(sock, b"x", HOST)  # type: ignore[arg-type]
    assert sock.done == [ON, (b"x", HOST), OFF]


def test_the_answer_to_an_earlier_datagram_is_not_taken_for_this_ones() -> None:
    sock = Sock(socket.AF_INET, ConnectionRefusedError(errno.ECONNREFUSED, ""))
    send_told(sock, b"x", HOST)  # type: ignore[arg-type]
    assert sock.done == [ON, (b"x", HOST), (b"x", HOST), OFF]


@pytest.mark.lab
def test_a_datagram_without_a_place_in_the_neighbour_table_is_told() -> None:

    def send() -> tuple[int, int]:
        run_ip(["link add eth0 type veth peer name wire", "link set wire up", "link set eth0 up"])
        run_ip(["addr add 10.128.0.1/24 dev eth0"])
        with full_table(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
            silently = sock.sendto(b"question", ("239.255.255.250", 3702))
            try:
                send_told(sock, b"question", ("239.255.255.250", 3702))
            except OSError as error:
                return silently, error.errno or 0
        return silently, 0

    try:
        namespace = new_namespace()
    except OSError as error:
        pytest.skip(f"network namespaces are not allowed here: {error}")
    try:
        assert call_in(namespace, send) == (len(b"question"), errno.ENOBUFS)
    finally:
        os.close(namespace)
