"""Plays multicast DNS: answers PTR, SRV, TXT and address questions about the persona's services. Probes for no name.

zeroconf reads and writes the DNS packets; it opens no socket here (RFC 6762, RFC 6763).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Final

from zeroconf import (  # type: ignore[attr-defined]  # meant for others, but missing from its __all__
    DNSAddress,
    DNSIncoming,
    DNSOutgoing,
    DNSPointer,
    DNSRecord,
    DNSService,
    DNSText,
)
from zeroconf.const import (
    _CLASS_IN,
    _CLASS_UNIQUE,
    _FLAGS_AA,
    _FLAGS_QR_RESPONSE,
    _TYPE_A,
    _TYPE_AAAA,
    _TYPE_ANY,
    _TYPE_PTR,
    _TYPE_SRV,
    _TYPE_TXT,
)

from simulator.datagrams import Answer, DatagramPlayer, Question
from simulator.device import Device
from simulator.persona import Mdns, Way

PORT: Final = 5353
META: Final = "_services._dns-sd._udp.local."
"""The name that lists the service types (RFC 6763, section 9)."""

HOST_TTL: Final = 120
OTHER_TTL: Final = 4_500
"""Seconds; the values RFC 6762 recommends."""

_OWN: Final = _CLASS_IN | _CLASS_UNIQUE


def records(device: Device, service: Mdns) -> Iterator[DNSRecord]:
    """Every record of one device."""
    host = f"{device.fill(service.host)}.local."
    for one in service.services:
        kind = f"{one.type}.local."
        name = f"{device.fill(one.instance)}.{kind}"
        texts = b"".join(_text(f"{key}={device.fill(value)}") for key, value in one.txt.items()) or b"\0"
        yield DNSPointer(META, _TYPE_PTR, _CLASS_IN, OTHER_TTL, kind)
        yield DNSPointer(kind, _TYPE_PTR, _CLASS_IN, OTHER_TTL, name)
        yield DNSService(name, _TYPE_SRV, _OWN, HOST_TTL, 0, 0, device.ports.get(one.port, one.port), host)
        yield DNSText(name, _TYPE_TXT, _OWN, OTHER_TTL, texts)
    yield DNSAddress(host, _TYPE_A, _OWN, HOST_TTL, ipaddress.IPv4Address(device.address).packed)
    yield DNSAddress(host, _TYPE_AAAA, _OWN, HOST_TTL, ipaddress.IPv6Address(device.link_local).packed)


def _text(entry: str) -> bytes:
    data = entry.encode()[:255]
    return bytes([len(data)]) + data


def _answer(question: Question, device: Device, service: Mdns) -> Sequence[Answer]:
    packet = DNSIncoming(question.data)
    if not packet.valid or not packet.is_query():
        return ()
    clock = device.surroundings.clock
    for asked in packet.questions:
        device.ledger.note_request("mdns", PORT, f"{asked.name} {asked.type}", clock())
    have = list(dict.fromkeys(records(device, service)))
    hits = [one for one in have if any(_fits(asked.name, asked.type, one) for asked in packet.questions)]
    if not hits:
        return ()
    legacy = question.port != PORT
    out = DNSOutgoing(_FLAGS_QR_RESPONSE | _FLAGS_AA, multicast=not legacy, id_=packet.id if legacy else 0)
    for asked in packet.questions if legacy else ():
        out.add_question(asked)  # RFC 6762, section 6.7: an old resolver wants its question back
    for one in hits:
        out.add_answer_at_time(one, 0)
    related = {one.alias for one in hits if isinstance(one, DNSPointer)}
    for one in have:
        if one not in hits and (one.name in related or isinstance(one, DNSAddress)):
            out.add_additional_answer(one)
    direct = legacy or any(asked.unicast for asked in packet.questions)
    ways = (Way.UNICAST,) if direct else (Way.MULTICAST,)
    return tuple(Answer(data, ways, service.from_other_port) for data in out.packets())


def _fits(name: str, kind: int, record: DNSRecord) -> bool:
    return name.lower() == record.name.lower() and kind in (record.type, _TYPE_ANY)


MDNS: Final = DatagramPlayer("mdns", PORT, ("224.0.0.251",), _answer, groups6=("ff02::fb",))
