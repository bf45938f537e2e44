"""The sweep link on a real wire: everybody found, strangers seen and left alone, and every failure said aloud."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest

from probes import arp_sweep, dhdiscover_sweep, link_listen, sadp_sweep, wsd_sweep
from probes.port_sweep import knock_host
from scanner.interfaces import choose_interfaces
from scanner.ledger import Books
from scanner.link import Tally
from scanner.model import Attempt, Observation, Outcome, SweepResult
from scanner.netlink import list_neighbours
from scanner.pace import parse_pace
from scanner.pacer import Pacer
from scanner.ranges import TargetRange
from scanner.rawhelper.asking import LEAST_PASSES
from scanner.rawhelper.packet_socket import RECEIVE_SPACE
from scanner.scope import make_scope
from scanner.sweeping import nudging
from scanner.sweeping.link import Sweeping
from scanner.sweeping.nudging import PACKETS
from simulator.namespaces import call_in, run_ip
from tests.full_table import full_table
from tests.probes.test_sadp_sweep import ANSWER as HIKVISION
from tests.scanner.codec.test_ipv4_udp import udp_frame
from tests.segment import Segment, arp_frame, mac_of, make_segment, sadp_frame

pytestmark = pytest.mark.lab


class Run:
    """One run of the link on a segment and what it said."""

    def __init__(self, link: Sweeping, results: list[SweepResult], attempts: list[Attempt], books: Books) -> None:
        self.link = link
        self.results = results
        self.attempts = attempts
        self.books = books

    async def hear(self, plugin: object) -> list[Observation]:
        return [seen async for item in plugin.SWEEP.run(self.link) for seen in item.observations]  # type: ignore[attr-defined]

    async def find(self) -> dict[str | None, str]:
        return {seen.address: seen.value for seen in await self.hear(arp_sweep)}


@asynccontextmanager
async def run_on(segment: Segment, pace: str = "fast", *, raw: bool = True) -> AsyncIterator[Run]:
    results: list[SweepResult] = []
    attempts: list[Attempt] = []
    books = Books()
    with segment.enter():
        link = Sweeping(
            segment.scope, Pacer(parse_pace(pace)), report=results.append, attempted=attempts.append, books=books,
            raw=raw, rng=random.Random(1),
        )  # fmt: skip
        async with link:
            yield Run(link, results, attempts, books)


async def test_sixty_hosts_of_a_24_are_found_in_well_under_a_second(segment: Segment) -> None:
    segment.populate(60)
    async with run_on(segment) as run:
        found = await run.find()
    assert found == {address: macs[0] for address, macs in segment.hosts.items()}
    (result,) = run.results
    assert (result.outcome, result.asked, result.answered, result.drops) == (Outcome.ANSWERED, 253, 60, 0)
    assert result.elapsed < 1.0
    assert result.packets == segment.asked.total() == 60 + 2 * 193


async def test_hosts_that_sleep_through_the_first_request_are_found(segment: Segment) -> None:
    segment.populate(60, sleepy=0.2)
    async with run_on(segment) as run:
        assert set(await run.find()) == set(segment.hosts)


async def test_who_answers_when_the_sweep_is_over_is_heard_while_the_run_goes_on(segment: Segment) -> None:
    segment.populate(20)
    segment.slow = dict.fromkeys(sorted(segment.hosts)[::2], 1.5)
    async with run_on(segment) as run:
        run.link.note_work(under_way=True)
        prompt = await run.find()
        assert set(prompt) == set(segment.hosts) - set(segment.slow)
        late: list[Observation] = []
        async for heard in arp_sweep.await_late(run.link):
            late += heard.observations
            if len(late) == len(segment.slow):
                run.link.note_work(under_way=False)
    assert {seen.address: seen.value for seen in late} == {a: segment.hosts[a][0] for a in segment.slow}
    assert {seen.request for seen in late} == {arp_sweep.LATE}
    assert [(one.late, one.answered, one.outcome) for one in run.results] == [
        (0, 10, Outcome.ANSWERED), (10, 10, Outcome.ANSWERED),
    ]  # fmt: skip


async def test_a_segment_that_is_silent_as_a_whole_is_waited_for(segment: Segment) -> None:
    segment.populate(5)
    segment.slow = dict.fromkeys(segment.hosts, 1.5)
    async with run_on(segment) as run:
        assert set(await run.find()) == set(segment.hosts)
    assert [one.late for one in run.results] == [0]


async def test_slow_answers_that_begin_within_the_sweep_have_it_wait_for_the_others(segment: Segment) -> None:
    """The answers take 0.05 to 1.2 s: what was measured of the first holds the sweep until the last."""
    segment.populate(40)
    segment.slow = {address: 0.05 + number * 0.03 for number, address in enumerate(sorted(segment.hosts))}
    async with run_on(segment) as run:
        assert set(await run.find()) == set(segment.hosts)
        assert [one.late for one in run.results] == [0]


async def test_a_20_with_a_thousand_hosts_takes_a_few_seconds() -> None:
    with make_segment("10.77.0.0/20") as segment:
        segment.populate(1000, sleepy=0.05)
        async with run_on(segment, "10000") as run:
            begun = time.monotonic()
            found = await run.find()
            took = time.monotonic() - begun
    assert set(found) == set(segment.hosts)
    assert took < 6.0
    assert run.results[0].drops == 0


async def test_the_ledger_counts_what_each_host_was_asked(segment: Segment) -> None:
    segment.populate(20, sleepy=0.2)
    async with run_on(segment) as run:
        await run.find()
    assert {address: run.books.ledger_of(address).packets for address in segment.hosts} == {
        address: segment.asked[address] for address in segment.hosts
    }


async def test_who_is_silent_to_arp_was_asked_in_every_pass(segment: Segment) -> None:
    segment.populate(3)
    silent = next(a for a in ("10.77.0.200", "10.77.0.201", "10.77.0.202", "10.77.0.203") if a not in segment.hosts)
    async with run_on(segment) as run:
        await run.find()
        run.books.enter(silent, packets=1)  # it was found otherwise: by a discovery answer, say
    assert segment.asked[silent] >= 2
    assert run.books.ledger_of(silent).packets == 1 + segment.asked[silent]


async def test_a_stranger_on_the_wire_is_seen_and_never_asked(segment: Segment) -> None:
    segment.populate(5)
    segment.on_first = lambda: [
        arp_frame("44:19:b6:00:00:64", "192.168.1.64", operation=1, target="192.168.1.1"),
        sadp_frame("44:19:b6:00:00:64", "192.168.1.64"),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(link_listen, "WAIT", 0.2)
        async with run_on(segment) as run:
            seen = await run.hear(arp_sweep) + await run.hear(link_listen)
    off = [(one.name, one.address, one.scope) for one in seen if one.scope != "in"]
    assert off == [("mac.mac", "192.168.1.64", "off"), ("sadp.layer2", "192.168.1.64", "off")]
    assert "1 addresses outside the scope were heard and not contacted" in run.results[0].detail
    assert "192.168.1.64" not in segment.asked


async def test_nothing_leaves_for_an_address_outside_the_scope(segment: Segment) -> None:
    """Every frame at the other end of the wire, of ARP, three discoveries and knocks, is held to the scope."""
    segment.populate(3)
    segment.on_first = lambda: [arp_frame("44:19:b6:00:00:64", "192.168.1.64", operation=1, target="192.168.1.1")]
    with pytest.MonkeyPatch.context() as patch:
        for module in (wsd_sweep, sadp_sweep, dhdiscover_sweep):
            patch.setattr(module, "QUESTION", _shorter(module.QUESTION))
        async with run_on(segment) as run:
            await run.find()
            for module in (wsd_sweep, sadp_sweep, dhdiscover_sweep):
                await run.hear(module)
            for address in segment.hosts:
                target = run.link.scope.admit(address)
                assert target is not None
                assert [heard async for heard in knock_host(run.link, target, (80,))] == []
    scope = make_scope([segment.network])
    assert all(scope.contains(address) for address in segment.asked)
    ipv4 = [ip_address(frame[30:34]) for frame in segment.heard if frame[12:14] == b"\x08\x00"]
    assert {str(address) for address in ipv4 if address.is_multicast} <= {
        "239.255.255.250",
        "239.255.255.251",
        "224.0.0.22",
    }
    strangers = {str(address) for address in ipv4 if not address.is_multicast and not scope.contains(address)}
    assert strangers == {"255.255.255.255", "10.77.0.255"}
    assert set(segment.hosts) <= {str(address) for address in ipv4}, "the knocks were seen"


def _shorter(question: object) -> object:
    from scanner.model import replace

    return replace(question, wait=0.1)  # type: ignore[type-var]


async def test_knocking_leaves_the_neighbour_table_as_it_was(segment: Segment) -> None:
    segment.populate(8)
    async with run_on(segment) as run:
        await run.find()
        targets = [target for target in run.link.scope.targets() if str(target) in segment.hosts]
        await asyncio.gather(*(run.link.knock(target, 80) for target in targets))
        table = {entry.address: entry for entry in list_neighbours() if entry.address in segment.hosts}
        assert set(table) == set(segment.hosts)
        assert segment.asked.total() == 8 + 2 * (253 - 8), "the kernel asked nobody itself"
    with segment.enter():
        assert not {entry.address for entry in list_neighbours()} & set(segment.hosts)
    assert {attempt.outcome for attempt in run.attempts} == {Outcome.SILENT}


async def test_a_killed_helper_is_broken_and_what_it_found_is_kept(segment: Segment) -> None:
    segment.populate(60)
    async with run_on(segment, "100") as run:
        found = 0
        client = await run.link._client()
        assert client is not None
        async for _ in arp_sweep.SWEEP.run(run.link):
            found += 1
            if found == 3:
                os.kill(client.ready["pid"], signal.SIGKILL)
    (result,) = run.results
    assert result.outcome is Outcome.BROKEN
    assert "killed by signal 9" in result.detail
    assert result.lost == arp_sweep.LOST
    assert result.asked == 253
    assert 3 <= result.answered < 60


async def test_an_interface_that_goes_down_is_broken(segment: Segment) -> None:
    segment.populate(60)
    async with run_on(segment, "100") as run:
        found = 0
        async for _ in arp_sweep.SWEEP.run(run.link):
            found += 1
            if found == 3:
                call_in(segment.scan, lambda: run_ip(["link set eth0 down"]))
    assert run.results[0].outcome is Outcome.BROKEN
    assert "eth0" in run.results[0].detail


async def test_a_send_queue_that_is_full_slows_the_sweep_and_costs_nobody(segment: Segment) -> None:
    """The kernel takes 64 kB a second and keeps back a few frames: for the rest it says ENOBUFS."""
    segment.populate(60)
    narrow = ["tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "512kbit", "burst", "1600", "limit", "1600"]
    with segment.enter():
        if subprocess.run(narrow, check=False).returncode:
            pytest.skip("this kernel has no token-bucket queue")
    async with run_on(segment, "lab") as run:
        assert set(await run.find()) == set(segment.hosts)
    (result,) = run.results
    assert result.outcome is Outcome.ANSWERED
    assert "the send queue was full" in result.detail
    assert result.packets == segment.asked.total(), "what the kernel refused is not counted as asked"
    assert min(segment.asked[str(target)] for target in run.link.scope.targets() if str(target) != segment.scanner) >= 1


async def test_answers_that_overran_the_receiver_are_counted_and_the_silent_asked_once_more(segment: Segment) -> None:
    """The program stands still while more frames come than its buffer of 8 MiB holds: whose they were nobody knows."""
    segment.populate(3)
    noise = arp_frame("44:19:b6:00:00:01", "192.168.1.64", operation=1, target="192.168.1.1")
    async with run_on(segment, "500") as run:
        client = await run.link._client()
        assert client is not None
        found: set[str | None] = set()
        flooded = False
        async for heard in arp_sweep.SWEEP.run(run.link):
            found |= {seen.address for seen in heard.observations} & set(segment.hosts)
            if len(found) == 3 and not flooded:
                flooded = True
                os.kill(client.ready["pid"], signal.SIGSTOP)
                for _ in range(RECEIVE_SPACE // 256):
                    segment.say(noise)
                os.kill(client.ready["pid"], signal.SIGCONT)
    (result,) = run.results
    assert result.drops > 0
    silent = {str(target) for target in run.link.scope.targets()} - set(segment.hosts) - {segment.scanner}
    assert {segment.asked[address] for address in silent} == {LEAST_PASSES + 1}


async def test_a_full_neighbour_table_stops_no_knock_where_neighbours_may_be_entered(segment: Segment) -> None:
    segment.populate(8)
    async with run_on(segment, "lab") as run:
        await run.find()
        targets = [target for target in run.link.scope.targets() if str(target) in segment.hosts]
        with full_table():
            await asyncio.gather(*(run.link.knock(target, 80) for target in targets))
    assert {attempt.outcome for attempt in run.attempts} == {Outcome.SILENT}
    knocked = {str(ip_address(frame[30:34])) for frame in segment.heard if frame[12:14] == b"\x08\0"}
    assert knocked == set(segment.hosts)


@pytest.mark.slow
async def test_a_full_neighbour_table_without_that_right_is_waited_for_and_never_read_as_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It stays full until somebody had no place, and five seconds longer, for which the tries must be enough."""
    with make_segment("10.77.0.0/27") as segment:
        segment.populate(8)
        with full_table() as age:
            again = nudging._try_again
            monkeypatch.setattr(nudging, "_try_again", lambda *words: (age(), again(*words)))
            async with run_on(segment, "lab", raw=False) as run:
                assert set(await run.find()) == set(segment.hosts)
                (target,) = [target for target in run.link.scope.targets() if str(target) == min(segment.hosts)]
                await run.link.knock(target, 80)
    (result,) = run.results
    assert (result.outcome, result.asked, result.answered) == (Outcome.ANSWERED, 29, 8)
    assert result.packets > PACKETS * result.asked, "who had no place was asked again"
    assert [attempt.outcome for attempt in run.attempts] == [Outcome.SILENT]


async def test_without_raw_sockets_the_kernels_table_finds_everybody(segment: Segment) -> None:
    segment.populate(60)
    async with run_on(segment, "lab", raw=False) as run:
        found = await run.find()
        heard = await run.hear(link_listen)
    assert found == {address: macs[0] for address, macs in segment.hosts.items()}
    assert {run.books.ledger_of(address).packets for address in found} == {1}, "the datagram that made the kernel ask"
    arp, listening = run.results
    assert arp.outcome is Outcome.ANSWERED
    assert "the kernel's neighbour table was used" in arp.detail
    assert heard == []
    assert (listening.outcome, listening.lost) == (Outcome.SKIPPED, link_listen.LOST)


def test_a_user_without_any_right_finds_everybody(segment: Segment) -> None:
    segment.populate(40)
    script = Path(__file__).with_name("unprivileged.py")
    with segment.enter():
        done = subprocess.run(
            [sys.executable, str(script), segment.network], capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["found"] == {address: macs[0] for address, macs in segment.hosts.items()}
    assert told["rights"] == 0
    (_, arp, detail, _), (_, listening, _, lost) = told["results"]
    assert arp == "answered"
    assert "neighbour table was used instead of own ARP requests" in detail
    assert (listening, lost) == ("skipped", link_listen.LOST)


async def test_a_loopback_has_nobody_to_ask() -> None:
    results: list[SweepResult] = []
    bare = make_scope(["127.0.0.0/24"])
    scope = make_scope(["127.0.0.0/24"], choose_interfaces(bare.networks))
    async with Sweeping(scope, Pacer(parse_pace("fast")), report=results.append, attempted=print) as link:
        assert [item async for item in arp_sweep.SWEEP.run(link)] == []
        assert await link._client() is None
        assert link.no_raw == "no interface of the scope has a link layer"
    assert results[0].outcome is Outcome.SKIPPED
    assert "lo has no hardware addresses to ask for" in results[0].detail


async def test_what_waited_for_knocks_is_given_back_when_the_link_ends() -> None:
    scope = make_scope(["127.0.0.0/24"])
    target = scope.admit("127.0.0.1")
    assert target is not None
    listener = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    async with listener:
        before = _epolls()
        async with Sweeping(scope, Pacer(parse_pace("fast")), report=print, attempted=print, raw=False) as link:
            assert await link.knock(target, listener.sockets[0].getsockname()[1]) is Outcome.ANSWERED
            assert _epolls() == before + 1
        assert _epolls() == before


def _epolls() -> int:
    """How many epoll objects this process has open."""
    opened = Path("/proc/self/fd").iterdir()
    return sum(1 for one in opened if one.is_symlink() and "eventpoll" in str(one.readlink()))


async def test_a_wire_without_an_own_address_is_asked_as_nobody(segment: Segment) -> None:
    segment.populate(10)
    with segment.enter():
        run_ip(["addr flush dev eth0"])
        bare = make_scope([segment.network])
        scope = make_scope([segment.network], choose_interfaces(bare.networks, ["eth0"]))
        tally = Tally()
        async with Sweeping(scope, Pacer(parse_pace("fast")), report=print, attempted=print) as link:
            (interface,) = scope.interfaces
            found = {one.address async for one in link.resolve(interface, TargetRange(scope), tally)}
    assert found == set(segment.hosts)
    assert set(segment.senders) == {"0.0.0.0"}


async def test_cancelling_a_run_ends_the_helper(segment: Segment) -> None:
    pid = 0
    asking = asyncio.Event()

    async def run() -> None:
        nonlocal pid
        async with run_on(segment, "10") as made:
            client = await made.link._client()
            asking.set()
            assert client is not None
            pid = client.ready["pid"]
            await made.find()

    task = asyncio.ensure_future(run())
    await asking.wait()
    await asyncio.sleep(0.05)
    begun = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - begun < 1.0
    assert not Path(f"/proc/{pid}").exists()


async def test_two_owners_of_one_address_are_both_seen(segment: Segment) -> None:
    segment.hosts = {"10.77.0.64": ["44:19:b6:00:00:01", "3c:ef:8c:00:00:01"], "10.77.0.9": [mac_of("10.77.0.9")]}
    async with run_on(segment) as run:
        seen = await run.hear(arp_sweep)
    assert sorted(one.value for one in seen if one.address == "10.77.0.64") == segment.hosts["10.77.0.64"][::-1]


async def test_an_error_of_whoever_uses_the_link_comes_out_as_it_is(segment: Segment) -> None:
    with pytest.raises(LookupError, match="disk full"):
        async with run_on(segment):
            raise LookupError("disk full")


async def test_what_the_reverse_path_filter_drops_is_heard_all_the_same(segment: Segment) -> None:
    """The usual closed network: a strict filter, no default route, and a factory-fresh camera that answers SADP."""
    call_in(segment.scan, lambda: Path("/proc/sys/net/ipv4/conf/all/rp_filter").write_text("1"))
    segment.on_first = lambda: [udp_frame(HIKVISION), udp_frame(HIKVISION, source="10.77.0.9")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(link_listen, "WAIT", 0.2)
        async with run_on(segment) as run:
            await run.find()
            seen = await run.hear(link_listen)
    assert [(one.name, one.address, one.scope) for one in seen] == [("sadp.raw", "192.168.1.64", "off")]
