"""Plays the Hikvision search (SADP) on UDP 37020: only `inquiry` and `inquiry_v32`; anything else gets no answer.

Facts: request and reply forms, unicast and multicast replies, from public captures (docs/simulator.md names them).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from simulator.datagrams import Answer, DatagramPlayer, Question
from simulator.device import Device
from simulator.persona import Sadp

_UUID: Final = re.compile(rb"<Uuid>([^<]{0,64})</Uuid>", re.IGNORECASE)
_TYPES: Final = re.compile(rb"<Types>([^<]{0,64})</Types>", re.IGNORECASE)


def _answer(question: Question, device: Device, service: Sadp) -> Sequence[Answer]:
    uuid, types = _UUID.search(question.data), _TYPES.search(question.data)
    if b"<Probe>" not in question.data or types is None:
        return ()
    verb = types[1].decode("latin-1")
    device.ledger.note_request("sadp", SADP.port, verb, device.surroundings.clock())
    if verb not in service.types:
        return ()
    extra = {"request_uuid": uuid[1].decode("latin-1") if uuid else "", "request_types": verb}
    text = device.fill(service.answer, extra)
    if service.newline == "crlf":
        text = text.replace("\n", "\r\n")
    return (Answer(text.encode(), service.via, service.from_other_port),)


SADP: Final = DatagramPlayer("sadp", 37020, ("239.255.255.250",), _answer)
