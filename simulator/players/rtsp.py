"""Plays RTSP OPTIONS and DESCRIBE with the exact bytes of a persona. Streams nothing."""

from __future__ import annotations

from simulator.persona import Rtsp
from simulator.players.http import HEAD_LIMIT, render
from simulator.streams import Conversation, Ended, Talk


def rtsp_player(service: Rtsp) -> Conversation:
    """Return the conversation for one streaming service of a persona."""

    async def converse(talk: Talk) -> None:
        while True:
            await _exchange(service, talk)

    return converse


async def _exchange(service: Rtsp, talk: Talk) -> None:
    said = await talk.read_until(b"\r\n\r\n", HEAD_LIMIT)
    line, *rest = said.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (text.partition(":") for text in rest)}
    device = talk.device
    device.ledger.note_request("rtsp", talk.port, line, device.surroundings.clock(), said)
    if "authorization" in headers:
        device.ledger.authorizations.append(headers["authorization"])
    words = line.split(" ")
    name = service.methods.get(words[0], service.methods.get("*", ""))
    if not name or device.ledger.locked:
        raise Ended("cut")
    extra = {"cseq": headers.get("cseq", "0"), "uri": words[1] if len(words) > 1 else "*"}
    sent, status = render(service.replies[name], device, extra)
    if status == 401:
        device.refuse()
    await talk.say(sent)
