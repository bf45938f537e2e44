"""Hosts of the probe benchmark: one loopback address each, and every one is asked, by every way with the same bytes."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address

import pytest

from benchmarks import probing
from benchmarks.probing import ANSWER, HOSTS, OPEN, WAYS, _ask_all, _choose_program, addresses
from tests.loopback import serve_answer


def test_every_host_has_a_loopback_address_of_its_own() -> None:
    used = set(addresses(max(HOSTS, OPEN)))
    assert len(used) == max(HOSTS, OPEN)
    assert all(IPv4Address(one).is_loopback for one in used)


async def test_each_host_is_asked_once_and_every_answer_counted() -> None:
    asked: list[str] = []

    async def ask(host: str) -> bool:
        asked.append(host)
        return host in "aceg"

    assert await _ask_all(ask, list("abcdefg"), 3) == 4
    assert sorted(asked) == list("abcdefg")


async def test_the_bare_protocol_sends_what_the_program_sends_and_reads_until_the_close(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = {}
    for way in ("camcensus", "protocol"):
        async with serve_answer(ANSWER) as seen:
            monkeypatch.setattr(probing, "PORT", seen.port)
            assert await asyncio.wait_for(_choose_program(way)(["127.0.0.1"], 1), 2) == 1
        said[way] = seen.requests[0].replace(str(seen.port).encode(), b"PORT")
    assert said["protocol"] == said["camcensus"]
    assert said["protocol"].startswith(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n")


def test_each_way_has_its_program_whatever_the_loop() -> None:
    programs = {way: _choose_program(way) for way in WAYS}
    assert programs == {
        "camcensus": probing.ours,
        "camcensus-uvloop": probing.ours,
        "aiohttp": probing.bare,
        "protocol": probing.unguarded,
        "protocol-uvloop": probing.unguarded,
    }
