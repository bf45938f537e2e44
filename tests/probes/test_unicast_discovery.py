"""Single hosts are asked the same read-only questions, never twice in a row, and only their own answers count."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from probes.unicast_discovery import PROBE, SWEEP, Questions, build_questions, ports_for
from scanner.link import Datagram
from scanner.model import Attempt, Outcome
from scanner.ranges import TargetRange
from scanner.scope import Target, make_scope
from tests.probes.test_dhdiscover_sweep import ANSWER as DAHUA
from tests.probes.test_sadp_sweep import ANSWER as HIKVISION
from tests.probes.test_wsd_sweep import match
from tests.support import make_view
from tests.sweep_link import ETH0, answer, run_sweep, sweep_link

ROUTED = ("10.0.0.0/24", "10.9.0.0/30")


def test_only_read_only_questions_are_asked() -> None:
    questions = build_questions()
    assert [port for port, _ in questions] == [37020, 37810, 3702, 3702]
    assert b"<Types>inquiry</Types>" in questions[0][1]
    assert b"DHDiscover.search" in questions[1][1]


def test_no_host_is_asked_twice_in_a_row() -> None:
    questions = Questions(TargetRange(make_scope(["10.9.0.0/29"])), build_questions())
    assert len(questions) == 24
    groups = [shout.group for shout in questions]
    assert all(one != two for one, two in itertools.pairwise(groups))
    assert {groups.count(group) for group in groups} == {4}
    assert len(questions[2:5]) == 3
    with pytest.raises(IndexError):
        questions[24]


async def test_behind_a_router_every_address_is_asked() -> None:
    link = sweep_link(ETH0, networks=ROUTED)
    link.answers[""] = [answer(HIKVISION, "10.9.0.1", interface=""), answer(b"noise", "10.9.0.2", interface="")]
    (seen,) = await run_sweep(SWEEP, link)
    assert (seen.name, seen.address, seen.interface, seen.request) == ("sadp.raw", "10.9.0.1", None, "unicast")
    assert "0011223344556677" not in seen.value
    assert {shout.group for shout in link.asked[0].shouts} == {"10.9.0.1", "10.9.0.2"}


async def test_a_scope_without_a_router_is_not_swept_host_by_host() -> None:
    link = sweep_link(ETH0, networks=ROUTED[:1])
    assert await run_sweep(SWEEP, link) == []
    assert link.asked == []


class AskedLink:
    """A Link that answers datagrams by port."""

    def __init__(self, **answers: list[Datagram]) -> None:
        self.answers = {int(port[1:]): some for port, some in answers.items()}
        self.asked: list[tuple[int, int]] = []
        self.reason = ""
        self.attempts: list[Attempt] = []

    def stopped(self, address: str) -> str:
        return self.reason

    async def ask(
        self, target: Target, port: int, payloads: Sequence[bytes], *, wait: float, local_port: int = 0
    ) -> list[Datagram]:
        self.asked.append((port, len(payloads)))
        return self.answers.get(port, [])

    def note(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)


@pytest.mark.parametrize(
    ("link", "names", "outcome"),
    [
        (AskedLink(), [], Outcome.SILENT),
        (AskedLink(p37020=[answer(b"noise", "127.0.0.1")]), [], Outcome.GARBLED),
        (AskedLink(p37020=[answer(HIKVISION, "127.0.0.1")]), ["sadp.raw"], Outcome.ANSWERED),
        (
            AskedLink(p3702=[answer(match(), "127.0.0.1")], p37810=[answer(DAHUA, "127.0.0.1")]),
            ["dhdiscover.raw", "onvif-wsd.raw"],
            Outcome.ANSWERED,
        ),
    ],
    ids=["silent", "garbled", "one", "two"],
)
async def test_one_host_is_asked_on_all_ports_in_one_run(link: AskedLink, names: list[str], outcome: Outcome) -> None:
    heard = [item async for item in PROBE.run(link, make_view(), 3702)]  # type: ignore[arg-type]
    assert sorted(seen.name for item in heard for seen in item.observations) == names
    assert sorted(link.asked) == [(3702, 2), (37020, 1), (37810, 1)]
    (attempt,) = link.attempts
    assert (attempt.by, attempt.port, attempt.outcome, attempt.packets) == ("unicast-discovery", 3702, outcome, 4)
    assert attempt.packets <= PROBE.touch.datagrams


async def test_a_host_that_is_left_alone_is_skipped_and_not_called_silent() -> None:
    link = AskedLink()
    link.reason = "not asked further: it says locked"
    assert [item async for item in PROBE.run(link, make_view(), 3702)] == []  # type: ignore[arg-type]
    assert link.asked == []
    (attempt,) = link.attempts
    assert (attempt.outcome, attempt.detail, attempt.packets) == (Outcome.SKIPPED, link.reason, 0)


@pytest.mark.parametrize(
    ("ports", "heard", "asked"),
    [
        ((), (), True),
        ((8000,), (), True),
        ((22,), (), False),
        ((8000,), ("sadp.raw",), False),
        ((8000,), ("onvif-wsd.raw",), False),
        ((8000,), ("mac.mac",), True),
    ],
)
def test_it_is_worth_asking_whom_multicast_did_not_reach(
    ports: tuple[int, ...], heard: tuple[str, ...], asked: bool
) -> None:
    assert bool(ports_for(make_view(*ports, heard=frozenset(heard)))) is asked
