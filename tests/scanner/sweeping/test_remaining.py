"""The sweeps of a resumed run ask only what the interrupted one had not."""

from __future__ import annotations

from probes import Sweep, Touch
from probes.arp_sweep import SWEEP as ARP
from probes.port_sweep import knock_host
from scanner.link import Neighbour, SweepLink, Tally
from scanner.model import Outcome
from scanner.ranges import TargetRange
from scanner.scope import Target
from scanner.sweeping.remaining import Remaining, narrow
from tests.sweep_link import AT, ETH0, ETH1, ScriptedSweepLink, answer, run_sweep, sweep_link


def target(link: SweepLink, address: str) -> Target:
    admitted = link.scope.admit(address)
    assert admitted is not None
    return admitted


async def resolve(link: SweepLink, tally: Tally) -> list[Neighbour]:
    return [one async for one in link.resolve(ETH0, TargetRange(link.scope), tally)]


async def test_who_answered_is_not_asked_for_again_and_still_counted() -> None:
    link = sweep_link(ETH0, networks=("10.0.0.0/24",))
    link.neighbours["eth0"] = [Neighbour("10.0.0.9", "02:00:00:00:00:09", "eth0", AT)]
    tally = Tally()
    found = await resolve(Remaining(link, resolved={"eth0": frozenset({"10.0.0.5", "10.0.0.6"})}), tally)
    assert [one.address for one in found] == ["10.0.0.9"]
    assert link.resolved == [("eth0", 252)]
    assert (tally.answered, tally.notes) == (
        3, ["2 addresses had answered the interrupted run and were not asked again"]
    )  # fmt: skip


async def test_an_interface_without_earlier_answers_is_asked_as_ever() -> None:
    link = sweep_link(ETH0, networks=("10.0.0.0/24",))
    tally = Tally()
    await resolve(Remaining(link, resolved={"eth1": frozenset({"10.0.1.5"})}), tally)
    assert link.resolved == [("eth0", 254)]
    assert tally.notes == []


async def test_a_wire_on_which_everybody_answered_is_left_in_peace() -> None:
    """And what is left of the scope lies on another wire: it must not be asked for here as by a stranger."""
    link = sweep_link(ETH0, ETH1, networks=("10.0.0.0/29", "10.0.1.0/24"))
    everybody = frozenset(f"10.0.0.{number}" for number in (1, 3, 4, 5, 6))
    tally = Tally()
    assert await resolve(Remaining(link, resolved={"eth0": everybody}, clock=lambda: 7.0), tally) == []
    assert link.resolved == []
    assert tally.result("arp-sweep", "eth0", "lost").outcome is Outcome.ANSWERED
    assert tally.result("arp-sweep", "eth0", "lost").at == 7.0


async def test_knocks_are_given_back_in_their_order_before_one_is_made() -> None:
    link = sweep_link(ETH0)
    link.outcomes["10.0.0.5", 80] = [Outcome.REFUSED]
    remaining = Remaining(link, knocks={("10.0.0.5", 80): (Outcome.SILENT, Outcome.ANSWERED)})
    place = target(link, "10.0.0.5")
    assert [await remaining.knock(place, 80) for _ in range(3)] == [Outcome.SILENT, Outcome.ANSWERED, Outcome.REFUSED]
    assert link.knocked == [("10.0.0.5", 80)]


async def test_a_host_half_knocked_at_is_knocked_at_to_the_end() -> None:
    """The second knock on a silent port is made by the run in which the host has shown to be there."""
    link = sweep_link(ETH0)
    remaining = Remaining(link, knocks={("10.0.0.5", 80): (Outcome.SILENT,), ("10.0.0.5", 554): (Outcome.ANSWERED,)})
    heard = [item async for item in knock_host(remaining, target(link, "10.0.0.5"), (80, 554, 81), clock=lambda: AT)]
    assert [seen.value for item in heard for seen in item.observations] == ["554"]
    assert link.knocked == [("10.0.0.5", 81), ("10.0.0.5", 80), ("10.0.0.5", 81)]


async def test_a_sweep_runs_on_the_interfaces_it_had_not_ended_on() -> None:
    link = sweep_link()
    await run_sweep(narrow(ARP, frozenset({"eth0"})), link)
    assert [name for name, _ in link.resolved] == ["eth1"]
    assert [result.interface for result in link.results] == ["eth1"]


async def test_a_sweep_towards_routed_hosts_sees_every_interface() -> None:
    """It leaves out what the interfaces reach; with fewer of them it would ask more."""

    async def never(link: SweepLink):  # type: ignore[no-untyped-def]
        yield

    routed = Sweep("x", "", "", (), Touch(), "", never, routed=True)
    assert narrow(routed, frozenset({"eth0"})) is routed
    assert narrow(ARP, frozenset()) is ARP


async def test_questions_to_a_segment_are_handed_on() -> None:
    link = ScriptedSweepLink(sweep_link(ETH0).scope, answers={"eth0": [answer(b"x")]})
    remaining, tally = Remaining(link), Tally()
    heard = [one async for one in remaining.shout(ETH0, (), wait=1.0, tally=tally, repeats=3, join=("224.0.0.1",))]
    assert [one.data for one in heard] == [b"x"]
    assert (link.asked[0].repeats, link.asked[0].join) == (3, ("224.0.0.1",))
    assert [one async for one in remaining.overhear(ETH0, wait=1.0, tally=tally)] == []
    assert remaining.interfaces == (ETH0,)


async def test_late_answers_and_the_engine_s_word_pass_through() -> None:
    link = sweep_link(ETH0)
    link.late = [Neighbour("10.0.0.9", "44:19:b6:00:00:09", "eth0", 5.0, late=True)]
    remaining = Remaining(link, resolved={"eth0": frozenset({"10.0.0.5"})})
    remaining.note_work(under_way=False)
    assert link.under_way == [False]
    assert [one.address async for one in remaining.await_late({"eth0": Tally()})] == ["10.0.0.9"]
