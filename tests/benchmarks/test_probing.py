"""Hosts of the probe benchmark: one loopback address each, and every one is asked."""

from __future__ import annotations

from ipaddress import IPv4Address

from benchmarks.probing import HOSTS, OPEN, _ask_all, address


def test_every_host_has_a_loopback_address_of_its_own() -> None:
    used = {address(number) for number in range(max(HOSTS, OPEN))}
    assert len(used) == max(HOSTS, OPEN)
    assert all(IPv4Address(one).is_loopback for one in used)


async def test_each_host_is_asked_once_and_every_answer_counted() -> None:
    asked: list[int] = []

    async def ask(number: int) -> bool:
        asked.append(number)
        return number % 2 == 0

    assert await _ask_all(ask, 7, 3) == 4
    assert sorted(asked) == list(range(7))
