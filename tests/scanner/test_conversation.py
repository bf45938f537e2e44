"""One connection against servers that behave, and against those that do not."""

from __future__ import annotations

import asyncio
import time

import pytest

from scanner import conversation as subject
from scanner import plain_conversation
from scanner.conversation import Ending
from scanner.plain_conversation import PlainConversation
from tests.loopback import (
    Seen,
    deaf_port,
    exchange,
    free_port,
    loopback_target,
    make_poller,
    read_head,
    reset,
    serve,
    serve_answer,
)

CAP = 1000


def whole(received: bytes) -> bool:
    return received.endswith(b"\n\n")


def talk_to(seen: Seen) -> PlainConversation:
    conversation = PlainConversation(make_poller())
    conversation.connect(loopback_target(), seen.port)
    return conversation


async def exchange_once(seen: Seen, timeout: float = 1.0) -> tuple[bytes, Ending | None]:
    conversation = talk_to(seen)
    try:
        return await exchange(conversation, b"ask\r\n\r\n", whole, CAP, timeout)
    finally:
        await conversation.finish()


async def until_ended(seen: Seen) -> list[str]:
    for _ in range(200):
        if seen.ended:
            break
        await asyncio.sleep(0.005)
    return seen.ended


class Turn:
    """Lets the first words go at once, or when the test says so."""

    def __init__(self, *, at_once: bool) -> None:
        self.at_once = at_once
        self.asked = asyncio.Event()
        self.may_go = asyncio.Event()

    def say_at_once(self) -> bool:
        return self.at_once

    async def say(self) -> None:
        self.asked.set()
        await self.may_go.wait()


async def greet_and_listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"welcome\n\n")
    await reader.read()


async def test_the_first_words_go_the_moment_the_connection_stands() -> None:
    turn = Turn(at_once=True)
    async with serve_answer(b"yes\n\n") as seen:
        conversation = talk_to(seen)
        assert not conversation.stood
        answer = await exchange(conversation, b"ask\r\n\r\n", whole, CAP, 1.0, turn)
        await conversation.finish()
        assert seen.requests == [b"ask\r\n\r\n"]
    assert (answer, turn.asked.is_set()) == ((b"yes\n\n", Ending.COMPLETE), False)


async def test_first_words_that_have_to_wait_are_said_in_their_turn_and_nothing_is_read_before() -> None:
    turn, asked = Turn(at_once=False), []

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"welcome\n\n")
        asked.append(await read_head(reader))

    async with serve(greet) as seen:
        conversation = talk_to(seen)
        task = asyncio.create_task(exchange(conversation, b"ask\r\n\r\n", whole, CAP, 1.0, turn))
        await asyncio.wait_for(turn.asked.wait(), 2)
        await asyncio.sleep(0.02)
        assert (conversation._data, asked) == (b"", [])
        turn.may_go.set()
        assert await asyncio.wait_for(task, 2) == (b"welcome\n\n", Ending.COMPLETE)
        await conversation.finish()
        assert await until_ended(seen) == ["fin"]
    assert asked == [b"ask\r\n\r\n"]


async def test_who_asks_a_connection_that_stands_already_waits_for_his_turn_too() -> None:
    turn = Turn(at_once=True)
    async with serve_answer(b"yes\n\n") as seen:
        conversation = talk_to(seen)
        while not conversation.stood:
            await asyncio.sleep(0)
        task = asyncio.create_task(exchange(conversation, b"ask\r\n\r\n", whole, CAP, 1.0, turn))
        await asyncio.wait_for(turn.asked.wait(), 2)
        assert seen.requests == []
        turn.may_go.set()
        assert await asyncio.wait_for(task, 2) == (b"yes\n\n", Ending.COMPLETE)
        await conversation.finish()


async def test_a_connection_that_is_refused_says_why() -> None:
    conversation = PlainConversation(make_poller())
    conversation.connect(loopback_target(), free_port())
    received, _ = await asyncio.wait_for(exchange(conversation, b"ask", whole, CAP, 1.0), 2)
    await conversation.finish()
    assert (received, conversation.stood, conversation.segments) == (b"", False, None)
    assert isinstance(conversation.failure, ConnectionRefusedError)


async def test_a_host_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_conversation, "CONNECT_TIMEOUT", 0.05)
    with deaf_port() as port:
        conversation = PlainConversation(make_poller())
        conversation.connect(loopback_target(), port)
        await asyncio.wait_for(exchange(conversation, b"ask", whole, CAP, 60.0), 2)
        await conversation.finish()
    assert isinstance(conversation.failure, TimeoutError)


async def test_who_is_cancelled_before_it_stands_leaves_no_socket_behind() -> None:
    with deaf_port() as port:
        conversation = PlainConversation(make_poller())
        conversation.connect(loopback_target(), port)
        task = asyncio.create_task(exchange(conversation, b"ask", whole, CAP, 1.0, Turn(at_once=True)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await conversation.finish()  # an unclosed socket would be a warning, and warnings are errors here


async def test_who_is_cancelled_the_moment_it_stands_says_nothing() -> None:
    async with serve(greet_and_listen) as seen:
        conversation = talk_to(seen)
        task = asyncio.create_task(exchange(conversation, b"ask\r\n\r\n", whole, CAP, 1.0, Turn(at_once=True)))
        await asyncio.sleep(0)
        assert conversation._done is not None
        conversation._done.cancel()
        while not conversation.stood:
            conversation._poller._look()
        task.cancel()
        await asyncio.wait([task])
        assert conversation.count() == 1, "the connection request, and no words"
        await conversation.finish()


async def test_a_complete_answer_ends_with_a_clean_close() -> None:
    async with serve_answer(b"one ", b"two", b"\n\n") as seen:
        assert await exchange_once(seen) == (b"one two\n\n", Ending.COMPLETE)
        assert await until_ended(seen) == ["fin"]
        assert seen.requests == [b"ask\r\n\r\n"]


async def test_what_comes_after_the_answer_is_read_away_so_that_no_reset_is_sent() -> None:
    async def say_more(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"one\n\n")
        await asyncio.sleep(0.02)
        writer.write(b"x" * 100_000)

    async with serve(say_more) as seen:
        assert await exchange_once(seen) == (b"one\n\n", Ending.COMPLETE)
        assert await until_ended(seen) == ["fin"]


async def test_two_messages_go_over_one_connection() -> None:
    async def answer_both(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for number in (b"1", b"2"):
            await read_head(reader)
            writer.write(number + b"\n\n")

    async with serve(answer_both) as seen:
        conversation = talk_to(seen)
        first = await exchange(conversation, b"a\r\n\r\n", whole, CAP, 1.0)
        assert conversation.usable
        second = await exchange(conversation, b"b\r\n\r\n", whole, CAP, 1.0)
        await conversation.finish()
        assert (first, second) == ((b"1\n\n", Ending.COMPLETE), (b"2\n\n", Ending.COMPLETE))
        assert seen.connections == 1
    assert conversation.segments is None or conversation.segments >= 4


async def test_after_the_peer_closed_it_is_of_no_more_use() -> None:
    async with serve_answer(b"bye") as seen:
        conversation = talk_to(seen)
        assert await exchange(conversation, b"ask\r\n\r\n", whole, CAP, 1.0) == (b"bye", Ending.CLOSED)
        assert not conversation.usable
        await conversation.finish()


async def test_a_greeting_comes_unasked() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"welcome\n\n")

    async with serve(greet) as seen:
        conversation = talk_to(seen)
        assert await exchange(conversation, b"", whole, CAP, 1.0) == (b"welcome\n\n", Ending.COMPLETE)
        await conversation.finish()


async def test_silence_ends_at_the_deadline() -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serve(wait) as mute:
        assert await exchange_once(mute, timeout=0.05) == (b"", Ending.DEADLINE)


async def test_a_drip_ends_at_the_deadline_with_what_came() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.01)

    async with serve(drip) as seen:
        received, ending = await exchange_once(seen, timeout=0.1)
        assert ending is Ending.DEADLINE
        assert 1 <= len(received) <= 20


async def test_an_endless_answer_is_cut_at_the_cap_and_the_connection_cut_off() -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with serve(flood) as seen:
        received, ending = await exchange_once(seen)
        assert (len(received), ending) == (CAP, Ending.CAP)
        assert await until_ended(seen) == ["reset"]


async def test_a_thousand_single_bytes_are_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "PIECES_CAP", 5)

    async def crumble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.002)

    async with serve(crumble) as seen:
        received, ending = await exchange_once(seen)
        assert ending is Ending.PIECES
        assert 5 <= len(received) < 20


async def test_who_has_us_acknowledge_too_much_is_cut_off_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "SEGMENTS_CAP", 20)

    async def crumble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        while not writer.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.001)

    async with serve(crumble) as seen:
        conversation = talk_to(seen)
        received, ending = await exchange(conversation, b"ask\r\n\r\n", whole, CAP, 5.0)
        await conversation.finish()
        assert (ending, len(received) < 60) == (Ending.PIECES, True)
        assert await until_ended(seen)
        assert conversation.segments is None or conversation.segments < 30


async def test_a_reset_is_told_apart_from_a_close() -> None:
    async def tear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"half")
        await writer.drain()
        await asyncio.sleep(0.02)
        reset(writer)

    async with serve(tear) as seen:
        assert await exchange_once(seen) == (b"half", Ending.RESET)


async def test_cancelling_leaves_no_connection_behind() -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serve(wait) as seen:
        task = asyncio.create_task(exchange_once(seen, timeout=30))
        while not seen.connections:
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await until_ended(seen) == ["fin"]


async def test_a_peer_that_floods_before_it_is_asked_is_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "DISCARD_CAP", 1000)

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with serve(flood) as seen:
        conversation = PlainConversation(make_poller())
        conversation.connect(loopback_target(), seen.port, speaks=False)
        await asyncio.sleep(0.05)
        assert not conversation.usable
        received, ending = await exchange(conversation, b"ask", whole, CAP, 1.0)
        assert (len(received), ending) == (CAP, Ending.CAP)
        await conversation.finish()


async def test_the_kernel_says_when_something_came_and_how_much_was_sent() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"welcome\n\n")
        await reader.read()

    begun = time.monotonic()
    async with serve(greet) as seen:
        conversation = talk_to(seen)
        await exchange(conversation, b"", whole, CAP, 1.0)
        sent = conversation.count()
        await conversation.finish()
    assert sent is not None
    assert 1 <= sent <= 4
    assert conversation.heard_at is not None
    assert begun - 0.1 < conversation.heard_at <= time.monotonic()
