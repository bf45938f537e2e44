"""Plays a port that says a greeting, or nothing at all, and at most one fixed answer to whatever comes in."""

from __future__ import annotations

from simulator.persona import Tcp
from simulator.streams import Conversation, Talk


def tcp_player(service: Tcp) -> Conversation:
    """Return the conversation for one such port; a silent one waits until the peer is done."""
    answer = bytes.fromhex(service.on_input_hex)

    async def converse(talk: Talk) -> None:
        greeting = bytes.fromhex(service.greeting_hex) or talk.device.fill(service.greeting).encode("latin-1")
        if greeting:
            await talk.say(greeting)
        while True:
            data = await talk.read_any()
            line = data[:60].decode("latin-1").split("\r\n")[0]
            talk.device.ledger.note_request("tcp", talk.port, line, talk.device.surroundings.clock(), data)
            if answer:
                await talk.say(answer)

    return converse
