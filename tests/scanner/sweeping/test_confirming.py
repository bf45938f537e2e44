"""Neighbours who answered are confirmed without a packet; tests/harm/test_pace.py sees that none is asked."""

from __future__ import annotations

import asyncio
import socket

import pytest

from scanner.sweeping import confirming
from scanner.sweeping.confirming import Confirmations, confirm


def test_a_neighbour_on_an_interface_that_is_gone_cannot_be_confirmed() -> None:
    assert not confirm(999_999, "fe80::1")


def test_an_address_that_is_none_cannot_be_confirmed() -> None:
    assert not confirm(1, "no address")


def test_a_confirmation_sends_nothing() -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as heard:
        heard.bind(("::1", 0))
        heard.setblocking(False)
        port, confirming_port = heard.getsockname()[1], confirming.ANY_PORT
        assert confirm(socket.if_nametoindex("lo"), "::1")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(confirming, "ANY_PORT", port)
            assert confirm(0, "::1")
            with pytest.raises(BlockingIOError):
                heard.recv(100)
            patch.setattr(confirming, "MSG_PROBE", 0)
            assert confirm(0, "::1")
            assert heard.recv(100) == b"", "without that flag it would have been sent"
        assert confirming_port == confirming.ANY_PORT


class Given:
    """Who was confirmed, and who was missed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, can: bool = True) -> None:
        self.confirmed: list[tuple[int, str]] = []
        self.missed = 0
        self._can = can
        monkeypatch.setattr(confirming, "confirm", self._confirm)
        self.all = Confirmations(self._miss)

    def _confirm(self, index: int, address: str) -> bool:
        self.confirmed.append((index, address))
        return self._can

    def _miss(self) -> None:
        self.missed += 1


async def test_a_confirmation_is_given_when_it_lasts_beyond_the_kernels_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(confirming, "AFTER", 0.001)
    given = Given(monkeypatch)
    given.all.add(3, "fe80::1")
    assert given.confirmed == []
    async with asyncio.timeout(2):
        while not given.confirmed:
            await asyncio.sleep(0)
    given.all.close()
    assert given.confirmed == [(3, "fe80::1")]
    assert given.missed == 0


async def test_the_end_of_a_run_gives_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    given = Given(monkeypatch)
    given.all.add(3, "fe80::1")
    given.all.add(3, "fe80::2")
    given.all.close()
    assert given.confirmed == [(3, "fe80::1"), (3, "fe80::2")]


async def test_the_kernels_question_is_expected_where_nothing_can_be_confirmed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = Given(monkeypatch, can=False)
    given.all.add(3, "fe80::1")
    given.all.close()
    assert given.missed == 1
