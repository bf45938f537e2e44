"""Datagrams to one host: the asked host's answers count, everybody else's are dropped and counted."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from scanner import datagrams as subject
from scanner.datagrams import ask_host
from scanner.link import Datagram
from tests.loopback import loopback_target


@pytest.fixture
def device() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.setblocking(False)
        yield sock


async def ask(device: socket.socket, *payloads: bytes, local_port: int = 0) -> tuple[list[Datagram], int, list[int]]:
    turns: list[int] = []

    async def before_each() -> None:
        turns.append(len(turns))

    answers, strangers = await ask_host(
        loopback_target(),
        device.getsockname()[1],
        payloads,
        wait=0.1,
        local_port=local_port,
        before_each=before_each,
        clock=lambda: 7.0,
    )
    return answers, strangers, turns


async def answer(device: socket.socket, *replies: bytes, source: str = "127.0.0.1") -> bytes:
    loop = asyncio.get_running_loop()
    data, peer = await loop.sock_recvfrom(device, 65535)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((source, 0))  # devices answer from another port than the one asked
        for reply in replies:
            other.sendto(reply, peer)
    return data


async def test_an_answer_from_the_asked_host_counts_whatever_its_port(device: socket.socket) -> None:
    replying = asyncio.create_task(answer(device, b"I am here"))
    answers, strangers, turns = await ask(device, b"who", b"again")
    assert await replying == b"who"
    assert [(item.data, item.source, item.at) for item in answers] == [(b"I am here", "127.0.0.1", 7.0)]
    assert (strangers, turns) == (0, [0, 1])


async def test_a_forged_source_is_dropped_and_counted(device: socket.socket) -> None:
    replying = asyncio.create_task(answer(device, b"me too", source="127.0.0.9"))
    answers, strangers, _ = await ask(device, b"who")
    await replying
    assert (answers, strangers) == ([], 1)


async def test_a_flood_is_cut(device: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "ANSWERS_CAP", 3)
    replying = asyncio.create_task(answer(device, *[b"x"] * 10))
    answers, strangers, _ = await ask(device, b"who")
    await replying
    assert (len(answers), strangers) == (3, 7)


async def test_silence_is_an_empty_list(device: socket.socket) -> None:
    answers, strangers, _ = await ask(device, b"who")
    assert (answers, strangers) == ([], 0)


async def test_a_taken_local_port_falls_back_to_a_free_one(device: socket.socket) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("0.0.0.0", 0))
        replying = asyncio.create_task(answer(device, b"here"))
        answers, _, _ = await ask(device, b"who", local_port=taken.getsockname()[1])
        await replying
    assert [item.data for item in answers] == [b"here"]
