"""Which player plays which service of a persona. Adding a protocol is one file in players/ and one line here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simulator.datagrams import DatagramPlayer
from simulator.device import Device
from simulator.persona import Http, Persona, Rtsp, Service, Tcp
from simulator.players.dhdiscover import DHDISCOVER
from simulator.players.dvrip_search import DVRIP_SEARCH
from simulator.players.http import http_player
from simulator.players.mdns import MDNS
from simulator.players.rtsp import rtsp_player
from simulator.players.sadp import SADP
from simulator.players.ssdp import SSDP
from simulator.players.tcp import tcp_player
from simulator.players.tvt_search import TVT_SEARCH
from simulator.players.wsd import UNIVIEWPROBE, WSD
from simulator.players.xm_search import XM_SEARCH
from simulator.streams import Conversation

DATAGRAM_PLAYERS: Final = {
    player.play: player
    for player in (SADP, DHDISCOVER, DVRIP_SEARCH, WSD, UNIVIEWPROBE, XM_SEARCH, TVT_SEARCH, SSDP, MDNS)
}
"""By the word a persona writes after `play:`."""


def stream_services(persona: Persona) -> Iterator[tuple[int, bool, Conversation]]:
    """Every TCP port of a persona: port, whether TLS is spoken, and who talks."""
    for service in persona.services:
        if isinstance(service, Http):
            player = http_player(service)
        elif isinstance(service, Rtsp):
            player = rtsp_player(service)
        elif isinstance(service, Tcp):
            player = tcp_player(service)
        else:
            continue
        yield from ((port, False, player) for port in service.ports)
        if not isinstance(service, Rtsp):
            yield from ((port, True, player) for port in service.tls_ports)


def datagram_services(device: Device) -> Iterator[tuple[DatagramPlayer, Service]]:
    """Every datagram protocol of a device with its part of the persona."""
    for service in device.persona.services:
        if service.play in DATAGRAM_PLAYERS:
            yield DATAGRAM_PLAYERS[service.play], service
