"""The parent's end of the pipe, with the real program at the other end."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from scanner.pace import Pace
from scanner.pacer import Pacer
from scanner.ranges import permitted
from scanner.rawhelper.privileges import CAP_NET_ADMIN, OPEN_FILES
from scanner.scope import Interface, Scope, make_scope
from scanner.sweeping import raw_client
from scanner.sweeping.raw_client import Event, RawClient, RawUnavailable, _environment
from tests.scanner.codec.test_ipv6_udp import CARD, udp6_frame
from tests.segment import SCANNER_MAC, Segment, arp_frame, mac_of, sadp_frame

pytestmark = pytest.mark.lab


class Running:
    def __init__(self, client: RawClient, scope: Scope, pacer: Pacer) -> None:
        self.client = client
        self.scope = scope
        self.pacer = pacer

    @property
    def interface(self) -> Interface:
        return self.scope.interfaces[0]

    def sweep(self, rate: float = 5000, passes: int = 2) -> AsyncIterator[Event]:
        return self.client.sweep(self.interface, permitted(self.scope), sender="10.77.0.2", rate=rate, passes=passes)


@asynccontextmanager
async def start(segment: Segment, pace: float = 5000) -> AsyncIterator[Running]:
    with segment.enter():
        scope = segment.scope
        pacer = Pacer(Pace(pace, 40))
        client = await RawClient.start(
            scope, scope.interfaces, keep_neighbours=True, draw=pacer.overall.draw, settle=pacer.overall.settle
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(client.read())
            try:
                yield Running(client, scope, pacer)
            finally:
                await client.close()


async def test_a_sweep_finds_everybody_and_ends(segment: Segment) -> None:
    segment.populate(30)
    async with start(segment) as running:
        events = [event async for event in running.sweep()]
        assert {event["address"] for event in events[:-1]} == set(segment.hosts)
        assert events[-1]["event"] == "done"
        assert running.client.ended == ""
    assert running.client.ended == "the raw-socket program ended (exit code 0)"


async def test_frames_not_sent_are_given_back(segment: Segment) -> None:
    async with start(segment, pace=1000) as running:
        [event async for event in running.sweep(rate=1000)]
        await asyncio.sleep(0.05)
        assert running.pacer.overall._held == 0


async def test_a_sweep_that_is_left_stops_asking(segment: Segment) -> None:
    segment.populate(30)
    async with start(segment) as running:
        source = running.sweep(rate=200)
        await anext(source)
        await source.aclose()  # type: ignore[attr-defined]
        await asyncio.sleep(0.1)
        count = segment.asked.total()
        await asyncio.sleep(0.2)
        assert segment.asked.total() == count < 254


async def test_strangers_go_to_the_sweep_that_runs_or_to_who_listens_later(segment: Segment) -> None:
    early = arp_frame("44:19:b6:00:00:64", "192.168.1.64", operation=1, target="192.168.1.1")
    during = arp_frame("44:19:b6:00:00:65", "192.168.1.65", operation=1, target="192.168.1.1")
    after = arp_frame("44:19:b6:00:00:66", "192.168.1.66", operation=1, target="192.168.1.1")
    async with start(segment) as running:
        segment.say(early)
        await asyncio.sleep(0.05)
        segment.on_first = lambda: [during]
        swept = {event.get("address") async for event in running.sweep()}
        assert {"192.168.1.64", "192.168.1.65"} <= swept
        segment.say(after)
        segment.say(sadp_frame("44:19:b6:00:00:67", "192.0.0.64"))
        await asyncio.sleep(0.05)
        overheard = [event async for event in running.client.overhear(running.interface, 0.1)]
        assert [(event["event"], event["mac"][-2:]) for event in overheard] == [("heard", "66"), ("sadp", "67")]


async def test_a_frame_that_is_no_arp_is_no_answer_of_a_sweep_that_begins_after_it(segment: Segment) -> None:
    """A camera announces itself before the sweep begins: that is for who listens, and broke the sweep."""
    async with start(segment) as running:
        segment.say(sadp_frame("44:19:b6:00:00:67", "192.0.0.64"))
        await asyncio.sleep(0.05)
        swept = {event["event"] async for event in running.sweep()}
        assert swept <= {"heard", "done"}
        overheard = [event async for event in running.client.overhear(running.interface, 0.1)]
        assert [event["mac"][-2:] for event in overheard if event["event"] == "sadp"] == ["67"]


async def test_a_neighbour_is_learned_only_as_it_was_heard(segment: Segment) -> None:
    segment.hosts = {"10.77.0.9": [mac_of("10.77.0.9")]}
    async with start(segment) as running:
        [event async for event in running.sweep()]
        client, interface = running.client, running.interface
        assert client.can_learn
        assert await client.learn(interface, "10.77.0.9") == 0
        assert await client.learn(interface, "10.77.0.9", forget=True) == 0
        assert await client.learn(interface, "10.77.0.8") != 0
        assert await client.learn(interface, "not an address") != 0


async def test_neighbours_of_one_turn_go_together_and_each_is_answered(
    segment: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_client, "LEARN_CAP", 3)
    segment.hosts = {f"10.77.0.{n}": [mac_of(f"10.77.0.{n}")] for n in range(10, 15)}
    async with start(segment) as running:
        [event async for event in running.sweep()]
        written: list[str] = []
        write = running.client._write
        monkeypatch.setattr(
            running.client, "_write", lambda request: (written.append(str(request["op"])), write(request))
        )
        learn = partial(running.client.learn, running.interface)
        numbers = await asyncio.gather(
            *(learn(f"10.77.0.{n}") for n in (9, *range(10, 15))), learn("10.77.0.12", forget=True), learn("10.77.0.12")
        )
        assert numbers == [errno.EADDRNOTAVAIL, 0, 0, 0, 0, 0, 0, 0]
        assert written == ["learn", "learn", "forget", "learn"]


async def test_whose_card_an_answer_came_from_is_asked_in_order(segment: Segment) -> None:
    to = bytes.fromhex(SCANNER_MAC.replace(":", ""))
    async with start(segment) as running:
        find = partial(running.client.find_owner, running.interface)
        segment.say(udp6_frame("fe80::9", to=to))
        segment.say(udp6_frame("fe80::a", to=to, mac=bytes.fromhex("3cef8c000001")))
        while not await find("fe80::a", (40_000,)):
            await asyncio.sleep(0.01)
        asked = (find(address, (40_000,)) for address in ("fe80::a", "10.77.0.9", "fe80::9", "fe80::b"))
        assert await asyncio.gather(*asked) == ["3c:ef:8c:00:00:01", None, CARD.hex(":"), None]
        os.kill(running.client.ready["pid"], signal.SIGSTOP)
        waiting = asyncio.ensure_future(find("fe80::9", (40_000,)))
        await asyncio.sleep(0)
        os.kill(running.client.ready["pid"], signal.SIGKILL)
        assert await waiting is None
        assert await find("fe80::9", (40_000,)) is None


async def test_a_killed_program_is_said_to_everybody_who_waits(segment: Segment) -> None:
    segment.populate(30)
    async with start(segment, pace=100) as running:
        events: list[Event] = []

        async def sweep() -> None:
            async for event in running.sweep(rate=100):
                events.append(event)

        async def overhear() -> None:
            async for event in running.client.overhear(running.interface, 30.0):
                events.append(event)

        async with asyncio.TaskGroup() as group:
            group.create_task(sweep())
            group.create_task(overhear())
            await asyncio.sleep(0.2)
            os.kill(running.client.ready["pid"], signal.SIGKILL)
        assert [event["event"] for event in events].count("ended") == 2
        assert "killed by signal 9" in running.client.ended
        assert [event["event"] async for event in running.sweep()] == ["ended"]
        assert await running.client.learn(running.interface, "10.77.0.9") != 0
        assert not running.client.can_learn


async def test_what_cannot_be_started_says_why(segment: Segment) -> None:
    with segment.enter():
        scope = make_scope(["10.77.0.0/24"], [Interface("eth9", 9, "02:00:00:00:00:09")])
        pacer = Pacer(Pace(100, 40))
        with pytest.raises(RawUnavailable, match="no interface 'eth9'"):
            await RawClient.start(
                scope, scope.interfaces, keep_neighbours=False, draw=pacer.overall.draw, settle=pacer.overall.settle
            )


def test_the_program_gets_nobodys_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_PRELOAD", "/tmp/evil.so")
    monkeypatch.setenv("PYTHONSTARTUP", "/tmp/evil.py")
    monkeypatch.setenv("HOME", "/tmp/evil")
    environment = _environment()
    assert set(environment) == {"PATH", "PYTHONPATH", "HOME"}
    assert "evil" not in "".join(environment.values())


async def test_the_kernel_says_that_the_program_holds_nothing_but_its_sockets(
    segment: Segment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen from outside: whatever the program says of itself."""
    monkeypatch.setenv("CAMCENSUS_SECRET", "of the parent")
    with (tmp_path / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)
        async with start(segment) as running:
            proc = Path(f"/proc/{running.client._process.pid}")
            status = dict(line.split(":\t", 1) for line in (proc / "status").read_text().splitlines() if ":\t" in line)
            opened = {int(one.name): str(one.readlink()) for one in (proc / "fd").iterdir()}
            environment = (proc / "environ").read_bytes()
            limits = (proc / "limits").read_text()
    assert int(status["CapPrm"], 16) | int(status["CapEff"], 16) == 1 << CAP_NET_ADMIN
    assert (status["CapInh"], status["CapAmb"], status["NoNewPrivs"]) == ("0" * 16, "0" * 16, "1")
    assert {target.partition(":")[0] for number, target in opened.items() if number > 2} == {"socket"}
    assert all(target.startswith(("pipe:", "socket:")) for number, target in opened.items() if number < 2)
    assert {one.partition(b"=")[0] for one in environment.split(b"\0") if one} == {b"PATH", b"PYTHONPATH", b"HOME"}
    assert re.search(r"Max core file size +0 +0 ", limits)
    assert re.search(rf"Max open files +{OPEN_FILES} +{OPEN_FILES} ", limits)
