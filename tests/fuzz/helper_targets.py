"""The raw-socket program as fuzz targets: frames of strangers, and lines of its parent, who is not trusted either."""

from __future__ import annotations

import random
import socket
from collections.abc import Mapping
from ipaddress import IPv4Interface
from pathlib import Path
from types import MappingProxyType
from typing import Final

from scanner.interfaces import Available
from scanner.rawhelper import requests
from scanner.rawhelper.frames import read_frame
from scanner.rawhelper.packet_socket import PacketSockets
from scanner.rawhelper.service import Service
from scanner.scope import Interface, make_scope
from tests.fuzz.target import Target, guard

_ARP: Final = bytes.fromhex("0200000000014419b6000001080600010800060400024419b60000010a0000050200000000010a000002")

_SWEEP: Final = (
    b'{"op":"sweep","id":%d,"interface":"eth0","sender":"%s","rate":1e6,"passes":2,"ranges":[["%s","%s"]]}\n'
)

_PARENT: Final = (
    _SWEEP % (1, b"10.0.0.2", b"10.0.0.1", b"10.0.0.8") + b'{"op":"grant","id":1,"frames":9}\n{"op":"stop","id":1}\n',
    _SWEEP % (2, b"0.0.0.0", b"10.0.0.8", b"10.0.0.10") + b'{"op":"grant","id":2,"frames":9}\n',
    b'{"op":"learn","interface":"eth0","addresses":["10.0.0.5"]}\n{"op":"forget","interface":"eth0","addresses":["10.0.0.5"]}\n',
    b'{"op":"owner","interface":"eth0","address":"fe80::5","ports":[3702]}\n',
)

_STANDING: Final = b'"keep_neighbours":true,"standing":["2 10.0.0.7"]}'
_OPENING: Final = (
    b'{"op":"open","networks":["10.0.0.0/24"],"excluded":[],"interfaces":["eth0"],' + _STANDING,
    _SWEEP % (1, b"10.0.0.2", b"10.0.0.1", b"10.0.0.9"),
    b'{"op":"learn","interface":"eth0","addresses":["10.0.0.5"]}',
    b'{"op":"owner","interface":"eth0","address":"fe80::5","ports":[3702]}',
)


class _Deaf(PacketSockets):
    """Sockets of an interface that hears nothing; what it sends comes out at the other end of a pair."""

    def count_drops(self) -> int:
        return 0


def _serve_parent(data: bytes) -> None:
    """Lines to the raw-socket program, each carried out or refused; no frame asks for an address outside its scope."""
    scope = make_scope(["10.0.0.0/24"], excluded=["10.0.0.9"])
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    near.setblocking(False)
    far.setblocking(False)
    card = Interface("eth0", 2, "02:00:00:00:00:01", (IPv4Interface("10.0.0.2/24"),))
    sockets = _Deaf("eth0", 2, bytes.fromhex("020000000001"), near, near, near, near)
    with near, far, Path("/dev/null").open("wb", buffering=0) as nowhere:
        sides = {"eth0": (sockets, Available(card, is_up=True, has_carrier=True))}
        service = Service(scope, sides, rng=random.Random(1), output=nowhere.fileno())
        for line in data.splitlines():
            service._handle(line)
            service._work()
            while (frame := _next_frame(far)) is not None:
                if not scope.contains(socket.inet_ntoa(frame[-4:])):
                    raise AssertionError(f"{socket.inet_ntoa(frame[-4:])} was asked, which is outside the scope")


def _next_frame(sock: socket.socket) -> bytes | None:
    try:
        return sock.recv(100)
    except BlockingIOError:
        return None


def make_helper_targets() -> Mapping[str, Target]:
    """The targets by name."""
    return MappingProxyType(
        {
            "helper_frame": Target(guard(read_frame), (_ARP,)),
            "helper_requests": Target(guard(requests.parse_request, errors=(requests.Refused,)), _OPENING),
            "helper_service": Target(guard(_serve_parent), _PARENT),
        }
    )
