"""A conversation through TLS: what is said in it arrives, and a handshake that fails leaves nothing behind."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path

import pytest

from scanner import tls_conversation as subject
from scanner.conversation import Ending
from scanner.tls_client import make_lax_context
from scanner.tls_conversation import TlsConversation, see_segments, shake_hands
from scanner.wire import open_socket
from tests.certificates import make_server_context
from tests.loopback import Seen, exchange, loopback_target, make_poller, reset, serve, serve_answer


async def talk_to(seen: Seen) -> TlsConversation:
    poller = make_poller()
    return await shake_hands(poller, await open_socket(poller, loopback_target(), seen.port), make_lax_context())


async def test_what_is_said_and_heard_goes_through_tls(tmp_path: Path) -> None:
    async with serve_answer(b"yes", context=make_server_context(tmp_path)) as seen:
        conversation = await talk_to(seen)
        assert conversation.stood
        assert conversation.tls is not None
        heard = await exchange(conversation, b"ask\r\n\r\n", lambda data: data == b"yes", 1000, 5.0)
        await conversation.finish()
        assert seen.requests == [b"ask\r\n\r\n"]
    assert heard == (b"yes", Ending.COMPLETE)


async def test_a_peer_that_tears_the_handshake_down_is_an_error_and_the_socket_is_closed() -> None:
    async def tear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        reset(writer)

    async with serve(tear) as seen:
        with pytest.raises(OSError):
            await talk_to(seen)  # an unclosed socket would be a warning, and warnings are errors here


async def test_a_peer_that_speaks_no_tls_is_told_apart() -> None:
    async with serve_answer(b"SSH-2.0-x\r\n") as seen:
        with pytest.raises((ssl.SSLError, OSError)):
            await talk_to(seen)


@pytest.mark.parametrize(("most", "bearable"), [(0, False), (256, True)])
async def test_too_many_segments_are_told(monkeypatch: pytest.MonkeyPatch, most: int, bearable: bool) -> None:
    monkeypatch.setattr(subject, "SEGMENTS_CAP", most)
    told: list[int] = []
    async with serve_answer(b"") as seen:
        sock = await open_socket(make_poller(), loopback_target(), seen.port)
        with sock:
            assert see_segments(sock, told.append) is bearable
    assert told
    with socket.socket() as closed:
        closed.close()
        assert see_segments(closed, told.append)
