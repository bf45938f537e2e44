"""The ARP sweep asks every interface for the whole scope and tells who has which address."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest

from probes.arp_sweep import LATE, LOST, SWEEP, await_late
from scanner.link import Neighbour, Tally
from scanner.model import Outcome
from tests.sweep_link import run_sweep, sweep_link


def neighbour(address: str, mac: str = "44:19:b6:00:00:09", interface: str = "eth0") -> Neighbour:
    return Neighbour(address, mac, interface, 5.0, b"frame of " + address.encode())


async def test_every_interface_is_asked_and_has_its_result() -> None:
    link = sweep_link()
    link.neighbours = {"eth0": [neighbour("10.0.0.9")], "eth1": [neighbour("10.0.1.9", interface="eth1")]}
    seen = await run_sweep(SWEEP, link)
    assert link.resolved == [("eth0", 510), ("eth1", 510)], "the two networks are one /23"
    assert [(one.address, one.value, one.interface, one.at, one.request) for one in seen] == [
        ("10.0.0.9", "44:19:b6:00:00:09", "eth0", 5.0, "who-has"),
        ("10.0.1.9", "44:19:b6:00:00:09", "eth1", 5.0, "who-has"),
    ]
    assert [(one.interface, one.outcome, one.answered) for one in link.results] == [
        ("eth0", Outcome.ANSWERED, 1),
        ("eth1", Outcome.ANSWERED, 1),
    ]


async def test_a_stranger_is_marked_and_two_owners_are_two() -> None:
    link = sweep_link()
    link.neighbours = {
        "eth0": [
            neighbour("192.168.1.64"),
            neighbour("10.0.0.9"),
            neighbour("10.0.0.9"),
            neighbour("10.0.0.9", "3c:ef:8c:00:00:01"),
        ]
    }
    seen = await run_sweep(SWEEP, link)
    assert [(one.address, one.scope) for one in seen] == [
        ("192.168.1.64", "off"),
        ("10.0.0.9", "in"),
        ("10.0.0.9", "in"),
    ]


async def test_what_it_could_not_ask_it_says() -> None:
    link = sweep_link()
    link.fails = (Outcome.BROKEN, "the raw-socket program ended")
    assert await run_sweep(SWEEP, link) == []
    assert [(one.outcome, one.lost) for one in link.results] == [(Outcome.BROKEN, LOST)] * 2


async def test_a_late_answer_is_told_with_words_and_the_coverage_says_so() -> None:
    link = sweep_link()
    link.late = [neighbour("10.0.0.9"), neighbour("10.0.0.10")]
    assert SWEEP.late is await_late
    seen = [one async for heard in await_late(link) for one in heard.observations]
    assert [(one.name, one.address, one.request, one.scope) for one in seen] == [
        ("mac.mac", "10.0.0.9", LATE, "in"),
        ("mac.mac", "10.0.0.10", LATE, "in"),
    ]
    (result,) = link.results
    assert (result.sweep, result.interface, result.outcome) == ("arp-sweep", "eth0", Outcome.ANSWERED)
    assert (result.asked, result.answered, result.late) == (0, 2, 2)
    assert result.detail == "2 answers came after it had stopped waiting: others may be missing"


async def test_where_nobody_was_late_nothing_is_said() -> None:
    link = sweep_link()
    assert [one async for one in await_late(link)] == []
    assert link.results == []


async def test_what_was_lost_or_unheard_after_the_sweep_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(tallies: Mapping[str, Tally]) -> AsyncIterator[Neighbour]:
        tallies["eth0"].drops = 3
        tallies["eth1"].fail(Outcome.SKIPPED, "the raw-socket program ended")
        return
        yield

    link = sweep_link()
    monkeypatch.setattr(link, "await_late", fail)
    assert [one async for one in await_late(link)] == []
    assert [(one.interface, one.outcome, one.drops, one.detail) for one in link.results] == [
        ("eth0", Outcome.SILENT, 3, ""),
        ("eth1", Outcome.SKIPPED, 0, "the raw-socket program ended; answers that came from then on were not heard"),
    ]


async def test_a_run_that_is_stopped_says_what_came_late_until_then() -> None:
    link = sweep_link()
    link.late = [neighbour("10.0.0.9"), neighbour("10.0.0.10")]
    source = await_late(link)
    await anext(source)
    await source.aclose()  # type: ignore[attr-defined]
    assert [one.late for one in link.results] == [1]
