"""Plays the Xiongmai search on UDP 34569: message 1530 in, 1531 with JSON out. No other message is known here."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

from simulator.datagrams import Answer, DatagramPlayer, Question
from simulator.device import Device
from simulator.persona import XmSearch

HEADER: Final = "<BBHIIHHI"
"""Mark 0xff, version, two zero bytes, session, sequence, two zero bytes, message id, length: 20 bytes."""


def _answer(question: Question, device: Device, service: XmSearch) -> Sequence[Answer]:
    if len(question.data) < struct.calcsize(HEADER):
        return ()
    mark, *_, message, _ = struct.unpack_from(HEADER, question.data)
    device.ledger.note_request("xm-search", XM_SEARCH.port, str(message), device.surroundings.clock())
    if (mark, message) != (0xFF, 1530):
        return ()
    body = device.fill(service.answer.rstrip("\n")).encode() + b"\n\0"
    head = struct.pack(HEADER, 0xFF, 1, 0, 0, 0, 0, 1531, len(body))
    return (Answer(head + body, service.via, service.from_other_port),)


XM_SEARCH: Final = DatagramPlayer("xm-search", 34569, (), _answer)
