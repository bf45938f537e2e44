"""Plays the Dahua search (DHDiscover over DHIP) on UDP 37810. Bare JSON without the header gets no answer."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Final

from simulator.datagrams import Answer, DatagramPlayer, Question
from simulator.device import Device
from simulator.persona import Dhdiscover, Way

HEADER: Final = 32
"""Length of the DHIP header, which begins with its own length and the word DHIP."""


def frame(body: bytes, *, tail: bytes = b"") -> bytes:
    """Put the DHIP header before a body; the two lengths count the body and what trails it."""
    length = len(body) + len(tail)
    return struct.pack("<I4sQIIII", HEADER, b"DHIP", 0, length, 0, length, 0) + body + tail


def _answer(question: Question, device: Device, service: Dhdiscover) -> Sequence[Answer]:
    data = question.data
    if len(data) <= HEADER or data[4:8] != b"DHIP" or data[:4] != struct.pack("<I", HEADER):
        return ()
    try:
        asked = json.loads(data[HEADER:].rstrip(b"\0\n"))
    except ValueError:
        return ()
    if not isinstance(asked, dict):
        return ()
    method = str(asked.get("method", ""))
    device.ledger.note_request("dhdiscover", DHDISCOVER.port, method, device.surroundings.clock())
    params = asked.get("params")
    wanted = params.get("mac", "") if isinstance(params, dict) else ""
    if method != "DHDiscover.search" or wanted not in ("", device.mac):
        return ()
    ways = service.via
    if isinstance(params, dict) and params.get("uni") == 0:
        ways = (Way.UNICAST, Way.MULTICAST)
    body = device.fill(service.answer.rstrip("\n")).encode()
    return (Answer(frame(body, tail=bytes.fromhex(service.tail_hex)), ways, service.from_other_port),)


DHDISCOVER: Final = DatagramPlayer("dhdiscover", 37810, ("239.255.255.251",), _answer)
