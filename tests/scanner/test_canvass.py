"""One question on every interface at once, one result for each, nothing of one in the other."""

from __future__ import annotations

from ipaddress import IPv4Interface

import pytest

from scanner.canvass import Question, Reading, broadcasts, put
from scanner.link import Datagram, Shout
from scanner.model import Outcome, replace
from scanner.scope import Interface
from tests.sweep_link import ETH0, ETH1, ScriptedSweepLink, answer, sweep_link


def read(datagram: Datagram) -> Reading | None:
    if datagram.data == b"question":
        return None
    return Reading((("sadp.raw", datagram.data.decode()),), same_as="all" if datagram.data.startswith(b"same") else "")


def shouts(interface: Interface) -> tuple[Shout, ...]:
    return (Shout("239.255.255.250", 37020, interface.name.encode()),)


QUESTION = Question("sadp-sweep", "inquiry", "much", 5.0, shouts, read, local_port=37020, join=("239.255.255.250",))


async def run(link: ScriptedSweepLink) -> list[tuple[str | None, str]]:
    return [(seen.interface, seen.value) async for heard in put(link, QUESTION) for seen in heard.observations]


async def test_every_interface_is_asked_its_own_question() -> None:
    link = sweep_link()
    assert await run(link) == []
    assert {(one.interface, one.shouts[0].payload, one.wait, one.local_port, one.join) for one in link.asked} == {
        ("eth0", b"eth0", 5.0, 37020, ("239.255.255.250",)),
        ("eth1", b"eth1", 5.0, 37020, ("239.255.255.250",)),
    }


async def test_each_interface_has_its_own_answers_and_its_own_result() -> None:
    link = sweep_link()
    link.answers = {"eth0": [answer(b"a"), answer(b"b")], "eth1": [answer(b"c", "10.0.1.9", interface="eth1")]}
    assert sorted(await run(link)) == [("eth0", "a"), ("eth0", "b"), ("eth1", "c")]
    assert {(one.interface, one.answered, one.outcome) for one in link.results} == {
        ("eth0", 2, Outcome.ANSWERED),
        ("eth1", 1, Outcome.ANSWERED),
    }


async def test_questions_of_others_are_left_out_and_counted() -> None:
    link = sweep_link(ETH0)
    link.answers = {"eth0": [answer(b"question"), answer(b"a")]}
    assert await run(link) == [("eth0", "a")]
    assert "1 datagrams were no answers" in link.results[0].detail


async def test_answers_that_say_the_same_are_told_once() -> None:
    link = sweep_link(ETH0)
    link.answers = {"eth0": [answer(b"same 1"), answer(b"same 2"), answer(b"other")]}
    assert [value for _, value in await run(link)] == ["same 1", "other"]


@pytest.mark.parametrize("outcome", [Outcome.SKIPPED, Outcome.BROKEN])
async def test_what_could_not_be_asked_is_said_with_what_was_lost(outcome: Outcome) -> None:
    link = sweep_link(ETH0)
    link.fails = (outcome, "no socket")
    assert await run(link) == []
    (result,) = link.results
    assert (result.outcome, result.detail, result.lost) == (outcome, "no socket", "much")


async def test_without_an_interface_nothing_is_asked() -> None:
    link = ScriptedSweepLink(sweep_link().scope.__class__(sweep_link().scope.networks))
    assert await run(link) == []
    assert link.asked == link.results == []


async def test_leaving_early_ends_every_question() -> None:
    link = sweep_link()
    link.answers = {"eth0": [answer(b"a"), answer(b"b")], "eth1": []}
    source = put(link, QUESTION)
    await anext(source)
    await source.aclose()


async def test_the_broadcast_address_of_a_network_outside_the_scope_is_not_asked() -> None:
    both = replace(ETH0, ipv4=(*ETH0.ipv4, IPv4Interface("172.16.9.2/24")))
    link = sweep_link(both)

    def everybody(interface: Interface) -> tuple[Shout, ...]:
        return tuple(Shout(group, 37810, b"q") for group in broadcasts(interface))

    async for _ in put(link, replace(QUESTION, shouts=everybody)):
        pass
    assert [shout.group for shout in link.asked[0].shouts] == ["255.255.255.255", "10.0.0.255"]


def test_broadcasts_are_the_limited_one_and_those_of_the_networks() -> None:
    assert broadcasts(ETH0) == ("255.255.255.255", "10.0.0.255")
    assert broadcasts(Interface("eth2", 4, None)) == ("255.255.255.255",)
    assert broadcasts(ETH1)[1] == "10.0.1.255"
