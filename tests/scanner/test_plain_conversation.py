"""A plain connection is told of each change once, so nothing that is left unread or unsaid may be forgotten."""

from __future__ import annotations

import asyncio
import gc
import time
import weakref

import pytest

from scanner import plain_conversation as subject
from scanner.conversation import Ending
from scanner.plain_conversation import PlainConversation
from tests.loopback import Seen, exchange, loopback_target, make_poller, read_head, serve, serve_answer
from tests.scanner.readings import Places

CAP = 64 * 1024


def never(received: bytes) -> bool:
    return False


async def never_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


class Turn:
    """Lets the first words go when the test says so."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.may_go = asyncio.Event()

    def say_at_once(self) -> bool:
        return False

    async def say(self) -> None:
        self.asked.set()
        await self.may_go.wait()


def talk_to(seen: Seen, places: Places | None = None) -> PlainConversation:
    conversation = PlainConversation(make_poller(), reading=places)
    conversation.connect(loopback_target(), seen.port)
    return conversation


async def test_what_was_said_and_ended_before_our_turn_is_heard_after_it() -> None:
    async def greet_and_go(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"welcome")

    turn = Turn()
    async with serve(greet_and_go) as seen:
        conversation = talk_to(seen)
        task = asyncio.create_task(exchange(conversation, b"ask", never, CAP, 5.0, turn))
        await asyncio.wait_for(turn.asked.wait(), 2)
        await asyncio.sleep(0.02)
        assert conversation._data == b""
        turn.may_go.set()
        assert await asyncio.wait_for(task, 2) == (b"welcome", Ending.CLOSED)
        await conversation.finish()


@pytest.mark.parametrize("piece", [1, 7, 50, 100])
@pytest.mark.parametrize("refusals", [None, 0, 2])
async def test_an_answer_of_many_pieces_is_heard_to_its_end(
    monkeypatch: pytest.MonkeyPatch, piece: int, refusals: int | None
) -> None:
    monkeypatch.setattr(subject, "PIECE", piece)
    answer = bytes(range(100))
    async with serve_answer(answer) as seen:
        conversation = talk_to(seen, Places(refusals) if refusals is not None else None)
        heard = await asyncio.wait_for(exchange(conversation, b"ask\r\n\r\n", never, CAP, 5.0), 2)
        await conversation.finish()
    assert heard == (answer, Ending.CLOSED)


async def test_a_message_larger_than_the_buffers_arrives_whole() -> None:
    message = bytes(range(256)) * 40_000
    got: list[bytes] = []

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.read(1))
        await asyncio.sleep(0.02)
        got.append(await reader.readexactly(len(message) - 1))
        writer.write(b"thanks")

    async with serve(swallow) as seen:
        conversation = talk_to(seen)
        heard = await asyncio.wait_for(exchange(conversation, message, never, CAP, 5.0), 4)
        await conversation.finish()
    assert heard == (b"thanks", Ending.CLOSED)
    assert b"".join(got) == message


async def test_nothing_is_read_before_there_is_a_place() -> None:
    places = Places(2)
    async with serve_answer(b"answer") as seen:
        conversation = talk_to(seen, places)
        heard = await asyncio.wait_for(exchange(conversation, b"ask\r\n\r\n", never, CAP, 5.0), 2)
        await conversation.finish()
    assert places.entries[:4] == ["begin", "begin", "begin", "end"]
    assert heard == (b"answer", Ending.CLOSED)


async def test_who_has_heard_enough_hears_the_rest_only_after_going_on() -> None:
    async with serve_answer(b"x" * 500) as seen:
        conversation = talk_to(seen)
        assert await exchange(conversation, b"ask\r\n\r\n", never, 100, 5.0) == (b"x" * 100, Ending.CAP)
        await asyncio.sleep(0.02)
        assert not conversation._peer_ended
        await asyncio.wait_for(conversation.finish(), 2)
        assert conversation._peer_ended


async def test_the_peers_end_after_our_own_ends_it_at_once() -> None:
    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"yes")
        await reader.read()

    async with serve(listen) as seen:
        conversation = talk_to(seen)
        await exchange(conversation, b"ask\r\n\r\n", lambda data: data == b"yes", CAP, 5.0)
        await asyncio.wait_for(conversation.finish(), 0.4)  # less than the peer is lingered for
    assert conversation.segments is not None


async def test_what_is_over_is_freed_without_a_search_for_circles() -> None:
    async with serve_answer(b"hello") as seen:
        conversation = talk_to(seen, Places(0))
        await exchange(conversation, b"ask\r\n\r\n", never, CAP, 5.0)
        await conversation.finish()
    held = weakref.ref(conversation._done) if conversation._done is not None else None
    assert held is None
    sock = weakref.ref(conversation._sock)
    gc.disable()
    try:
        del conversation
        assert sock() is None, "something still holds the connection"
    finally:
        gc.enable()


@pytest.mark.parametrize("held", [True, False])
async def test_an_end_that_came_with_a_complete_answer_is_known_without_another_look(*, held: bool) -> None:
    """And the kernel is asked once more what it has sent only where acknowledgements are held back."""
    async with serve_answer(b"yes") as seen:
        conversation = talk_to(seen, Places(0) if held else None)
        while not conversation.stood:
            await asyncio.sleep(0)
        conversation._pause()
        done = conversation.ask(b"ask\r\n\r\n", lambda data: data == b"yes", CAP, 5.0)
        await asyncio.sleep(0.05)  # the answer and its end are there before anybody looks
        conversation._resume()
        assert await asyncio.wait_for(done, 2) is Ending.COMPLETE
        assert conversation.take_answer() == b"yes"
        assert (conversation._peer_ended, conversation._heard_out) == (True, True)
        conversation.segments = 70
        assert (conversation.count() == 70) is not held
        assert conversation.finish_at_once(lambda _: True)
        assert seen.port
        assert conversation._gone


async def test_it_is_finished_at_once_only_where_the_peer_has_ended_it_and_the_last_segment_may_leave() -> None:
    asked: list[int] = []

    def may_end(segments: int, *, may: bool = True) -> bool:
        asked.append(segments)
        return may

    async with serve_answer(b"yes") as seen:
        conversation = talk_to(seen)
        assert not conversation.finish_at_once(may_end), "nothing has come yet"
        await asyncio.wait_for(exchange(conversation, b"ask\r\n\r\n", never, CAP, 5.0), 2)
        assert not conversation.finish_at_once(lambda _: False)
        assert not conversation._gone
        assert conversation.finish_at_once(may_end)
        assert conversation.finish_at_once(lambda _: False), "it is gone already"
    assert asked == [1]


async def test_more_than_a_piece_after_a_complete_answer_is_taken_from_the_kernel_before_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is left unread when a socket is closed makes the kernel send a reset."""
    monkeypatch.setattr(subject, "PIECE", 3)
    async with serve_answer(b"yes" + b"and more" * 5) as seen:
        conversation = talk_to(seen)
        while not conversation.stood:
            await asyncio.sleep(0)
        conversation._pause()
        done = conversation.ask(b"ask\r\n\r\n", lambda data: data == b"yes", CAP, 5.0)
        await asyncio.sleep(0.05)
        conversation._resume()
        assert await asyncio.wait_for(done, 2) is Ending.COMPLETE
        assert conversation.take_answer() == b"yes"
        while not conversation._peer_ended:
            await asyncio.sleep(0.001)
        assert conversation._discarded == 40
        await conversation.finish()


@pytest.mark.parametrize("timeout", [0.02, 0.12])
async def test_an_answer_has_its_own_time_whether_that_of_connecting_is_over_before_or_after(
    timeout: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "CONNECT_TIMEOUT", 0.05)
    monkeypatch.setattr(subject, "GRID", 0.01)
    async with serve(never_answer) as seen:
        conversation = talk_to(seen)
        begun = time.monotonic()
        heard = await asyncio.wait_for(exchange(conversation, b"ask\r\n\r\n", never, CAP, timeout), 5)
        assert (heard, time.monotonic() - begun >= timeout) == ((b"", Ending.DEADLINE), True)
        await conversation.finish()


async def test_who_waits_for_his_turn_longer_than_connecting_may_take_has_all_his_time_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(subject, "CONNECT_TIMEOUT", 0.03)
    turn = Turn()
    async with serve(never_answer) as seen:
        conversation = talk_to(seen)
        task = asyncio.create_task(exchange(conversation, b"ask\r\n\r\n", never, CAP, 0.1, turn))
        await asyncio.wait_for(turn.asked.wait(), 2)
        await asyncio.sleep(0.06)
        assert not conversation._gone
        begun = time.monotonic()
        turn.may_go.set()
        assert await asyncio.wait_for(task, 5) == (b"", Ending.DEADLINE)
        assert time.monotonic() - begun >= 0.1
        await conversation.finish()
