"""Puts devices on: opens their sockets in the places they are given and closes them again. Makes no network."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from simulator.announcer import Announcer, Voice, make_announcer
from simulator.cast import datagram_services, frame_scripts, stream_services
from simulator.certificates import prepare
from simulator.datagram_ports import DatagramPort, Member, hear_groups, hear_only_unicast, make_udp
from simulator.datagrams import DatagramPlayer
from simulator.device import Device
from simulator.frames import FramePort
from simulator.museum import load_library
from simulator.persona import Certificate, SadpLayer2, Service
from simulator.streams import Conversation, Conversations, Door

SHIFT: Final = 20_000
"""Added to ports below the kernel's privileged limit where the process may not open them: 80 becomes 20080."""

BACKLOG: Final = 128


class Kind(StrEnum):
    """How the devices of a place share it."""

    LOOPBACK = "loopback"  # each has a loopback address; no multicast
    OWN = "own"  # one device in a network namespace of its own, or in a container
    SHARED = "shared"  # many devices in one namespace, an interface each


@dataclass(frozen=True, slots=True)
class Spot:
    """One device and the interface it stands on; name and index are empty on loopback."""

    device: Device
    interface: str = ""
    index: int = 0


def _here(make: Callable[[], Any]) -> Any:
    return make()


@dataclass(frozen=True, slots=True)
class Place:
    """Some devices in one network namespace. `call` runs a function there, so that its sockets belong there."""

    kind: Kind
    spots: tuple[Spot, ...]
    call: Callable[[Callable[[], Any]], Any] = _here


@dataclass(slots=True)
class Stage:
    """Plays the devices of some places while it is entered."""

    places: Sequence[Place]
    doors: list[Door] = field(default_factory=list)
    ports: list[DatagramPort] = field(default_factory=list)
    announcers: list[Announcer] = field(default_factory=list)
    frame_ports: list[FramePort] = field(default_factory=list)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _conversations: Conversations = field(default_factory=Conversations)
    _lowest: int = 0

    @property
    def devices(self) -> tuple[Device, ...]:
        """Every device on this stage."""
        return tuple(spot.device for place in self.places for spot in place.spots)

    @property
    def drops(self) -> int:
        """Datagrams that the kernel dropped before a device could hear them: the stage's fault, not a scanner's."""
        return sum(port.drops for port in self.ports)

    async def __aenter__(self) -> Self:
        self._stack.push_async_callback(self._conversations.close)
        self._stack.callback(self._close_all)
        self._lowest = lowest_port()
        try:
            insiders = frozenset(name for one in self.devices for name in (one.address, one.link_local))
            for place in self.places:
                place.call(partial(self._make_streams, place))
            for place in self.places:
                place.call(partial(self._make_datagrams, place, insiders))
                place.call(partial(self._make_announcer, place))
                place.call(partial(self._make_frame_ports, place))
            for door in self.doors:
                door.open()
            for port in self.ports:
                port.open()
            for announcer in self.announcers:
                announcer.open()
            for frame_port in self.frame_ports:
                frame_port.open()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def _close_all(self) -> None:
        for door in self.doors:
            door.close()
        for port in self.ports:
            port.close()
        for announcer in self.announcers:
            announcer.close()
        for frame_port in self.frame_ports:
            frame_port.close()

    def _make_streams(self, place: Place) -> None:
        for spot in place.spots:
            for port, tls, player in stream_services(spot.device.persona):
                certificate = spot.device.persona.certificate if tls else None
                self._make_door(place.kind, spot, port, player, certificate)

    def _make_door(
        self, kind: Kind, spot: Spot, port: int, player: Conversation, certificate: Certificate | None
    ) -> None:
        actual = port if port >= self._lowest else port + SHIFT
        spot.device.ports[port] = actual
        listener = _listen(kind, spot, actual)
        if certificate is not None:
            prepare(spot.device, certificate)
            if certificate.versions == "museum":
                load_library()
        self.doors.append(Door(spot.device, port, listener, player, self._conversations, certificate))

    def _make_datagrams(self, place: Place, insiders: frozenset[str]) -> None:
        members = [Member(spot.device, player, part, spot.index) for spot, player, part in _parts(place)]
        by_place: dict[tuple[str, int], list[Member]] = {}
        for member in members:
            key = member.device.address if place.kind is Kind.LOOPBACK else ""
            by_place.setdefault((key, member.player.port), []).append(member)
        for (host, number), group in by_place.items():
            families = (False,) if host else (False, True)
            for ipv6 in families:
                kept = [one for one in group if one.player.groups6] if ipv6 else group
                if kept:
                    self._make_port(place, host, number, kept, insiders, ipv6=ipv6)

    def _make_announcer(self, place: Place) -> None:
        voices = [
            Voice(spot.device, spot.interface, service.every)
            for spot in place.spots
            for service in spot.device.persona.services
            if isinstance(service, SadpLayer2) and place.kind is not Kind.LOOPBACK
        ]
        if voices and (announcer := make_announcer(voices)) is not None:
            self.announcers.append(announcer)

    def _make_frame_ports(self, place: Place) -> None:
        """Only where a device has a wire of its own: elsewhere its frames would be everybody's."""
        for spot in place.spots if place.kind is Kind.OWN else ():
            for script in frame_scripts(spot.device.persona):
                self.frame_ports.append(FramePort.on(spot.interface, spot.device, script))

    def _make_port(
        self, place: Place, host: str, number: int, members: list[Member], insiders: frozenset[str], *, ipv6: bool
    ) -> None:
        with ExitStack() as stack:
            direct, group = stack.enter_context(make_udp(number, host=host, ipv6=ipv6)), None
            if not host:
                hear_only_unicast(direct)
                group = stack.enter_context(make_udp(number, ipv6=ipv6))
                names = [name for one in members for name in (one.player.groups6 if ipv6 else one.player.groups)]
                hear_groups(group, socket.if_indextoname(members[0].interface), names, ipv6=ipv6)
            stack.pop_all()
        other = partial(place.call, partial(make_udp, 0, host=host, ipv6=ipv6))
        self.ports.append(DatagramPort(number, members, insiders, direct, group, other, ipv6, multicast=not host))


def _parts(place: Place) -> Iterator[tuple[Spot, DatagramPlayer, Service]]:
    for spot in place.spots:
        for player, service in datagram_services(spot.device):
            yield spot, player, service


def _listen(kind: Kind, spot: Spot, port: int) -> socket.socket:
    dual = kind is Kind.OWN
    listener = socket.socket(socket.AF_INET6 if dual else socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        _bind(listener, kind, spot, port)
    except BaseException:
        listener.close()
        raise
    return listener


def _bind(listener: socket.socket, kind: Kind, spot: Spot, port: int) -> None:
    dual = kind is Kind.OWN
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if dual:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    if kind is Kind.SHARED:  # else the answer would leave by the first interface of the network, with its MAC
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, spot.interface.encode())
    listener.bind(("::" if dual else spot.device.address, port))
    listener.listen(BACKLOG)


def lowest_port() -> int:
    """The lowest port this process may open (ip_unprivileged_port_start, or any with CAP_NET_BIND_SERVICE)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:") and int(line.split()[1], 16) >> 10 & 1:
            return 0
    return int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
