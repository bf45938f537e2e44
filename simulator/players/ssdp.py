"""Plays SSDP on UDP 1900: answers M-SEARCH with the texts of the persona. Announces nothing by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from simulator.datagrams import Answer, DatagramPlayer, Question
from simulator.device import Device
from simulator.persona import Ssdp


def _answer(question: Question, device: Device, service: Ssdp) -> Sequence[Answer]:
    line, *rest = question.data.decode("latin-1").split("\r\n")
    if not line.startswith("M-SEARCH"):
        return ()
    headers = {name.strip().lower(): value.strip() for name, _, value in (text.partition(":") for text in rest)}
    target = headers.get("st", "")
    device.ledger.note_request("ssdp", SSDP.port, f"M-SEARCH {target}", device.surroundings.clock())
    names = service.answers.get(target, ())
    texts = (device.fill(service.replies[name], {"st": target}).rstrip("\n") for name in names)
    return tuple(
        Answer(text.replace("\n", "\r\n").encode() + b"\r\n\r\n", service.via, service.from_other_port)
        for text in texts
    )


SSDP: Final = DatagramPlayer("ssdp", 1900, ("239.255.255.250",), _answer)
