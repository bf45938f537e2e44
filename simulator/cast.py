"""Which player plays which service of a persona. Adding a protocol is one file in players/ and one line here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simulator.datagrams import DatagramPlayer
from simulator.device import Device
from simulator.hostile import find_part
from simulator.hostile.case import Hears, OnLink, OnTcp, OnUdp
from simulator.persona import DatagramScript, FrameScript, Http, Persona, Rtsp, Script, Service, Tcp
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
        elif isinstance(service, Script):
            part = find_part(service.script)
            assert isinstance(part, OnTcp)
            player = part.script
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
        elif isinstance(service, DatagramScript):
            part = find_part(service.script)
            assert isinstance(part, OnUdp)
            yield _scripted(part), service


def _scripted(part: OnUdp) -> DatagramPlayer:
    name = f"script-{part.port}"
    return DatagramPlayer(name, part.port, part.groups, lambda asked, device, _: part.script(asked, device))


def frame_scripts(persona: Persona) -> Iterator[Hears]:
    """Every script of a persona that speaks on the link layer."""
    for service in persona.services:
        if isinstance(service, FrameScript):
            part = find_part(service.script)
            assert isinstance(part, OnLink)
            yield part.script
