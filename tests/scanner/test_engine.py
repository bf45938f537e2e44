"""The engine: a pipeline that asks once, stops when decided, survives faults and names what it has not done."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace as replace_sweep
from pathlib import Path
from typing import Any

import pytest

from probes import HostView, Probe, Sweep, Touch
from scanner import engine as subject
from scanner.engine import ALWAYS_BELOW, DECIDED_ALREADY, Engine, Enough, Known, Sensors
from scanner.host import Decided
from scanner.link import Heard, Link, SweepLink
from scanner.model import Attempt, Observation, Outcome, RunInfo, SweepResult, replace
from scanner.record import Record, read_record
from scanner.record_line import RecordError
from scanner.record_writer import RecordWriter
from scanner.scope import Scope, Target, make_scope

RUN = RunInfo("r1", "0.1.0", 1.0, None, "", "lab", (), ("10.0.0.0/24",), (), "")


class Silent:
    """A progress nobody watches, and a link nobody asks."""

    def sweep_started(self, name: str) -> None: ...
    def sweep_ended(self, name: str) -> None: ...
    def host_found(self) -> None: ...
    def host_examined(self) -> None: ...


class Reports:
    """Stands for the sweep link: keeps what sweeps report."""

    def __init__(self) -> None:
        self.results: list[SweepResult] = []
        self.forgotten: set[str] = set()
        self.under_way: list[bool] = []
        self.rest = asyncio.Event()

    def note_work(self, *, under_way: bool) -> None:
        self.under_way.append(under_way)
        if under_way:
            self.rest.clear()
        else:
            self.rest.set()

    def report(self, result: SweepResult) -> None:
        self.results.append(result)

    def stays_known(self, target: Target) -> bool:
        return str(target) not in self.forgotten


def heard(address: str, name: str = "mac.mac", value: str = "44:19:b6:00:00:01", scope: str = "in") -> Heard:
    protocol, _, field = name.partition(".")
    return Heard((Observation(protocol, field, value, address=address, scope=scope),))


def sweep(name: str, *items: Heard, fail: Exception | None = None) -> Sweep:
    async def run(link: SweepLink) -> AsyncIterator[Heard]:
        for item in items:
            yield item
            await asyncio.sleep(0)
        if fail is not None:
            raise fail

    return Sweep(name, "", "", (), Touch(), "what it would have seen is lost", run)


def probe(
    name: str, asked: list[tuple[str, str, int]], order: int = 1, ports: Sequence[int] = (80,), **kwargs: Any
) -> Probe:
    async def run(link: Link, view: HostView, port: int) -> AsyncIterator[Heard]:
        asked.append((name, str(view.target), port))
        if kwargs.get("fail"):
            raise kwargs["fail"]
        for item in kwargs.get("items", ()):
            yield item

    def ports_for(view: HostView) -> tuple[int, ...]:
        extra = tuple(port for service, port in sorted(view.announced) if service == "http")
        return tuple(p for p in ports if p in view.open_ports) + extra

    return Probe(name, "", "", (), Touch(), order, ports_for, run)


async def knock(link: SweepLink, target: Target, enough: Enough) -> AsyncIterator[Heard]:
    yield heard(str(target), "tcp.open-port", "80")


def whole(decided: Callable[[Sequence[Observation]], bool]) -> Callable[[], Decided]:
    """One for each host, which looks at all that it was given so far."""

    def make() -> Decided:
        held: list[Observation] = []

        def decide(new: Sequence[Observation]) -> bool:
            assert not set(new) & set(held), "what was given once is given again"
            held.extend(new)
            return decided(held)

        return decide

    return make


class Bearing:
    """The link as far as the engine asks it: who is left alone, and why."""

    def __init__(self, stopped: str = "") -> None:
        self._stopped = stopped

    def stopped(self, address: str) -> str:
        return self._stopped


class Run:
    """One engine over fakes."""

    def __init__(self, folder: Path, sweeps: Sequence[Sweep], probes: Sequence[Probe], **kwargs: Any) -> None:
        self.reports = Reports()
        self.path = folder / "record.jsonl"
        self.writer = RecordWriter(self.path)
        self.writer.write_run(RUN)
        scope: Scope = make_scope(["10.0.0.0/24"])
        decided = kwargs.pop("decided", lambda observations: False)
        sensors = Sensors(tuple(sweeps), tuple(probes), kwargs.pop("knock", knock), whole(decided), lambda: 5.0)
        link = Bearing(kwargs.pop("stopped", ""))
        self.engine = Engine(
            scope, link, self.reports, self.writer, sensors, progress=Silent(), **kwargs  # type: ignore[arg-type]
        )  # fmt: skip

    async def sense(self, routed: Sequence[Target] = ()) -> Record:
        await self.engine.sense(routed)
        self.writer.close(9.0)
        return read_record(self.path)


async def test_a_host_found_is_knocked_and_probed_once(tmp_path: Path) -> None:
    asked: list[tuple[str, str, int]] = []
    sweeps = [sweep("arp", heard("10.0.0.5")), sweep("sadp", heard("10.0.0.5", "sadp.answer", "ProbeMatch"))]
    run = Run(tmp_path, sweeps, [probe("http", asked)])
    record = await run.sense()
    assert asked == [("http", "10.0.0.5", 80)]
    assert {o.name for o in record.observations} == {"mac.mac", "tcp.open-port", "sadp.answer"}


@pytest.mark.parametrize(
    "stranger", [heard("192.168.1.64", scope="off"), heard("192.168.1.64"), heard("10.0.0.255"), heard("8.8.8.8")]
)
async def test_a_host_outside_the_scope_is_kept_and_never_contacted(stranger: Heard, tmp_path: Path) -> None:
    asked: list[tuple[str, str, int]] = []
    record = await Run(tmp_path, [sweep("arp", stranger)], [probe("http", asked)]).sense()
    assert asked == []
    assert len(record.observations) == 1


async def test_a_port_announced_late_is_still_probed(tmp_path: Path) -> None:
    asked: list[tuple[str, str, int]] = []
    answer = "<ProbeMatch><DeviceDescription>DS-1</DeviceDescription><HttpPort>8899</HttpPort></ProbeMatch>"
    late = sweep("sadp", *[heard("10.0.0.9", value=str(n)) for n in range(30)], heard("10.0.0.5", "sadp.raw", answer))
    await Run(tmp_path, [sweep("arp", heard("10.0.0.5")), late], [probe("http", asked)]).sense()
    assert ("http", "10.0.0.5", 8899) in asked
    assert len(asked) == len(set(asked))


async def test_once_decided_only_corroborating_probes_run(tmp_path: Path) -> None:
    asked: list[tuple[str, str, int]] = []
    probes = [probe("banner", asked, 1), probe("paths", asked, ALWAYS_BELOW)]
    record = await Run(tmp_path, [sweep("arp", heard("10.0.0.5"))], probes, decided=lambda observations: True).sense()
    assert [name for name, _, _ in asked] == ["banner"]
    assert [(a.by, a.outcome) for a in record.attempts] == [("paths", Outcome.SKIPPED)]


async def test_once_decided_a_probe_does_not_go_on_to_further_ports(tmp_path: Path) -> None:
    asked: list[tuple[str, str, int]] = []
    two = sweep("ports", heard("10.0.0.5", "tcp.open-port", "80"), heard("10.0.0.5", "tcp.open-port", "8000"))
    run = Run(tmp_path, [two], [probe("banner", asked, 1, (80, 8000))], decided=lambda observations: True)
    record = await run.sense()
    assert [port for _, _, port in asked] == [80]
    assert [(a.port, a.detail) for a in record.attempts] == [(8000, "the maker was decided already")]


async def test_a_probe_is_told_what_was_heard_of_its_host_by_now(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    async def run(link: Link, view: HostView, port: int) -> AsyncIterator[Heard]:
        yield heard("10.0.0.5", "http.raw", "page")
        seen.append([item.value for item in view.told()])

    both = sweep("arp", heard("10.0.0.5", value="here"), heard("10.0.0.6", value="elsewhere"))
    asking = Probe("banner", "", "", (), Touch(), 1, lambda view: (80,) if str(view.target) == "10.0.0.5" else (), run)
    await Run(tmp_path, [both], [asking]).sense()
    assert seen == [["here", "80", "page"]]


async def knock_twice(link: SweepLink, target: Target, enough: Enough) -> AsyncIterator[Heard]:
    yield heard(str(target), "tcp.open-port", "80")
    if not await enough():
        yield heard(str(target), "tcp.open-port", "81")


async def test_who_is_decided_by_its_first_ports_is_knocked_at_no_further_and_that_is_said(tmp_path: Path) -> None:
    asked: list[tuple[str, str, int]] = []
    probes = [
        probe("banner", asked, 1, (80, 81), items=[heard("10.0.0.5", "http.raw", "page")]),
        probe("paths", asked, ALWAYS_BELOW),
    ]
    run = Run(
        tmp_path, [sweep("arp", heard("10.0.0.5"))], probes, knock=knock_twice,
        decided=lambda observations: any(o.name == "http.raw" for o in observations),
    )  # fmt: skip
    record = await run.sense()
    assert asked == [("banner", "10.0.0.5", 80)]
    assert [(a.by, a.port, a.detail) for a in record.attempts] == [
        ("port-sweep", None, f"further ports: {DECIDED_ALREADY}"),
        ("paths", 80, DECIDED_ALREADY),
    ]


@pytest.mark.parametrize(("told", "decided"), [((), True), ((heard("10.0.0.5", "http.raw", "page"),), False)])
async def test_who_told_our_probes_nothing_or_is_not_decided_is_knocked_at_everywhere(
    told: tuple[Heard, ...], decided: bool, tmp_path: Path
) -> None:
    asked: list[tuple[str, str, int]] = []
    probes = [probe("banner", asked, 1, (80, 81), items=told), probe("paths", asked, ALWAYS_BELOW)]
    run = Run(
        tmp_path, [sweep("arp", heard("10.0.0.5"))], probes, knock=knock_twice, decided=lambda observations: decided
    )
    record = await run.sense()
    assert {o.value for o in record.observations if o.name == "tcp.open-port"} == {"80", "81"}
    assert asked[0] == ("banner", "10.0.0.5", 80)
    assert ("paths", "10.0.0.5", 80) not in asked[:1]


@pytest.mark.parametrize("kept", [0, 100])
async def test_whoever_was_asked_nothing_yet_goes_before_who_has_most_left_to_be_asked(
    kept: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def knock_slowly(link: SweepLink, target: Target, enough: Enough) -> AsyncIterator[Heard]:
        for _ in range(10):
            await asyncio.sleep(0)  # meanwhile the others are found
        async for item in knock_twice(link, target, enough):
            yield item

    monkeypatch.setattr(subject, "KEPT_HOSTS", kept)
    asked: list[tuple[str, str, int]] = []
    probes = [probe("banner", asked, 1, (80,)), probe("paths", asked, ALWAYS_BELOW, (81,))]
    hosts = [f"10.0.0.{number}" for number in (5, 6, 7)]
    run = Run(tmp_path, [sweep("arp", *map(heard, hosts))], probes, knock=knock_slowly, hosts_in_flight=1)
    run.reports.forgotten.add("10.0.0.7")  # the kernel would have to resolve him again
    await run.sense()
    first, second = [("banner", host, 80) for host in hosts], [("paths", host, 81) for host in hosts]
    assert asked == [*first, second[2], *second[:2]]


async def test_a_probe_is_told_when_the_maker_is_decided_by_what_it_heard_itself(tmp_path: Path) -> None:
    told: list[bool] = []

    async def run_probe(link: Link, view: HostView, port: int) -> AsyncIterator[Heard]:
        told.append(view.decided())
        yield heard("10.0.0.5", "http.raw", "page")
        told.append(view.decided())

    one = Probe("banner", "", "", (), Touch(), 1, lambda view: (80,), run_probe)
    await Run(
        tmp_path, [sweep("arp", heard("10.0.0.5"))], [one],
        decided=lambda observations: any(o.name == "http.raw" for o in observations),
    ).sense()  # fmt: skip
    assert told == [False, True]


async def test_what_was_heard_is_judged_once_with_all_that_follows_from_it(tmp_path: Path) -> None:
    judged: list[set[str]] = []

    def decide(observations: Sequence[Observation]) -> bool:
        judged.append({seen.name for seen in observations})
        return True

    asked: list[tuple[str, str, int]] = []
    probes = [probe(name, asked, ALWAYS_BELOW + number) for number, name in enumerate("abc")]
    await Run(tmp_path, [sweep("arp", heard("10.0.0.5"))], probes, decided=decide).sense()
    assert judged == [{"mac.mac", "mac.oui", "mac.prefix", "tcp.open-port"}]


async def test_a_faulty_probe_costs_only_itself(tmp_path: Path) -> None:
    asked: list[tuple[str, str, int]] = []
    probes = [probe("bad", asked, 1, fail=ZeroDivisionError("oops")), probe("good", asked, 2)]
    record = await Run(tmp_path, [sweep("arp", heard("10.0.0.5"))], probes).sense()
    assert [name for name, _, _ in asked] == ["bad", "good"]
    assert [(a.by, a.outcome) for a in record.attempts] == [("bad", Outcome.BROKEN)]
    assert "ZeroDivisionError" in record.attempts[0].detail


async def test_a_faulty_sweep_says_what_is_lost(tmp_path: Path) -> None:
    run = Run(tmp_path, [sweep("mdns", fail=OSError("no device")), sweep("arp", heard("10.0.0.5"))], [])
    await run.sense()
    assert [(r.sweep, r.outcome, r.lost) for r in run.reports.results] == [
        ("mdns", Outcome.BROKEN, "what it would have seen is lost")
    ]


async def test_a_full_disk_ends_the_run_instead_of_being_swallowed(tmp_path: Path) -> None:
    run = Run(tmp_path, [sweep("arp", fail=RecordError("No space left on device"))], [])
    with pytest.raises(ExceptionGroup) as caught:
        await run.sense()
    assert caught.group_contains(RecordError)


async def test_a_cancelled_run_names_what_was_not_done(tmp_path: Path) -> None:
    never = asyncio.Event()

    async def hang(link: SweepLink) -> AsyncIterator[Heard]:
        yield heard("10.0.0.5")
        await never.wait()

    run = Run(tmp_path, [Sweep("arp", "", "", (), Touch(), "", hang)], [])
    task = asyncio.create_task(run.sense())
    while not run.path.read_bytes().count(b"open-port"):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    run.writer.close(9.0, "interrupted", run.engine.undone())
    record = read_record(run.path)
    assert record.sealed
    assert record.ended is not None
    assert record.ended.undone == ("sweep arp was not finished",)


async def test_a_flood_of_strangers_hides_no_host_of_the_scope_and_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.engine.HOSTS_CAP", 3)
    forged = [heard(f"172.16.0.{number}", scope="off") for number in range(9)]
    record = await Run(tmp_path, [sweep("a", *forged, heard("10.0.0.5"))], []).sense()
    assert [seen.address for seen in record.observations if seen.name == "mac.mac"] == [
        "172.16.0.0", "172.16.0.1", "172.16.0.2", "10.0.0.5",
    ]  # fmt: skip
    assert [(note.subject, note.text) for note in record.notes] == [
        ("run", "more than 3 sources were heard; what further ones said was not kept")
    ]


async def test_hosts_of_the_scope_beyond_the_cap_are_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.engine.HOSTS_CAP", 2)
    record = await Run(tmp_path, [sweep("a", *(heard(f"10.0.0.{number}") for number in range(1, 6)))], []).sense()
    assert {seen.address for seen in record.observations} == {"10.0.0.1", "10.0.0.2"}
    assert [note.subject for note in record.notes] == ["run"]


async def test_a_flood_from_one_host_is_capped_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scanner.engine.OBSERVATIONS_PER_HOST", 10)
    flood = [heard("10.0.0.5", "http.title", f"t{n}") for n in range(50)]
    record = await Run(tmp_path, [sweep("wsd", *flood)], [], knock=silence).sense()
    assert len(record.observations) == 10
    assert "more than 10 different things" in record.notes[0].text


async def silence(link: SweepLink, target: Target, enough: Enough) -> AsyncIterator[Heard]:
    return
    yield


async def test_what_an_earlier_run_asked_is_not_asked_again(tmp_path: Path) -> None:
    asked: list[tuple[str, str, int]] = []
    known = Known(
        frozenset({"arp"}),
        frozenset({("http", "10.0.0.5", 80)}),
        (*heard("10.0.0.5").observations, *heard("10.0.0.6").observations),
    )
    run = Run(tmp_path, [sweep("arp", heard("10.0.0.7"))], [probe("http", asked)], known=known)
    await run.sense()
    assert asked == [("http", "10.0.0.6", 80)]


async def test_routed_targets_are_examined_without_a_sweep(tmp_path: Path) -> None:
    asked: list[tuple[str, str, int]] = []
    scope = make_scope(["10.0.0.0/30"])
    await Run(tmp_path, [], [probe("http", asked)]).sense(list(scope.targets()))
    assert sorted(asked) == [("http", "10.0.0.1", 80), ("http", "10.0.0.2", 80)]


async def test_a_host_is_counted_once_and_only_when_it_said_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(Silent, "host_found", lambda self: counted.append("found"))
    monkeypatch.setattr(Silent, "host_examined", lambda self: counted.append("examined"))

    async def knock_one(link: SweepLink, target: Target, enough: Enough) -> AsyncIterator[Heard]:
        if str(target) == "10.0.0.1":
            yield heard(str(target), "tcp.open-port", "80")

    scope = make_scope(["10.0.0.0/30"])
    await Run(tmp_path, [], [], knock=knock_one).sense(list(scope.targets()))
    assert counted == ["found", "examined"]


async def test_hosts_in_flight_are_bounded(tmp_path: Path) -> None:
    now = most = 0

    async def slow(link: SweepLink, target: Target, enough: Enough) -> AsyncIterator[Heard]:
        nonlocal now, most
        now += 1
        most = max(most, now)
        for _ in range(200):
            await asyncio.sleep(0)
        now -= 1
        yield heard(str(target), "tcp.open-port", "80")

    run = Run(
        tmp_path, [sweep("arp", *[heard(f"10.0.0.{n}") for n in range(1, 100)])], [], knock=slow, hosts_in_flight=7
    )
    await run.sense()
    assert most == 7


def test_an_attempt_reaches_the_record(tmp_path: Path) -> None:
    run = Run(tmp_path, [], [])
    run.engine.attempted(Attempt("http", "10.0.0.5", 80, Outcome.REFUSED))
    run.writer.close(2.0)
    assert read_record(run.path).attempts[0].outcome is Outcome.REFUSED


async def test_a_fact_heard_again_is_the_same_fact_whenever_it_was_heard(tmp_path: Path) -> None:
    first = heard("10.0.0.5")
    later = Heard((replace(first.observations[0], at=99.0),))
    record = await Run(tmp_path, [sweep("arp", first, later)], [], knock=silence).sense()
    assert len(record.observations) == 1


async def test_what_an_earlier_run_heard_is_not_written_twice(tmp_path: Path) -> None:
    earlier = replace(heard("10.0.0.5").observations[0], at=1.0)
    run = Run(tmp_path, [sweep("arp", heard("10.0.0.5"))], [], knock=silence, known=Known(observations=(earlier,)))
    assert (await run.sense()).observations == ()  # it stands in the record already: `replay` put it there


async def test_a_probe_that_an_earlier_run_made_counts_when_the_maker_is_decided(tmp_path: Path) -> None:
    """The first port was asked then, so this second one is a further one, and is spared."""
    asked: list[tuple[str, str, int]] = []
    known = Known(frozenset(), frozenset({("http", "10.0.0.5", 80)}), heard("10.0.0.5").observations)

    async def two_ports(link: SweepLink, target: Target, enough: Enough) -> AsyncIterator[Heard]:
        yield heard(str(target), "tcp.open-port", "80")
        yield heard(str(target), "tcp.open-port", "81")

    run = Run(
        tmp_path, [], [probe("http", asked, ports=(80, 81))], knock=two_ports, known=known, decided=lambda _: True
    )  # fmt: skip
    record = await run.sense()
    assert asked == []
    assert [(a.port, a.detail) for a in record.attempts] == [(81, DECIDED_ALREADY)]


async def test_trouble_of_this_machine_is_said_in_words(tmp_path: Path) -> None:
    run = Run(tmp_path, [sweep("mdns", fail=OSError(errno.EMFILE, "Too many open files"))], [])
    await run.sense()
    assert "out of file handles: raise the limit" in run.reports.results[0].detail


async def test_routed_addresses_that_were_not_reached_are_counted(tmp_path: Path) -> None:
    never = asyncio.Event()

    async def hang(link: SweepLink, target: Target, enough: Enough) -> AsyncIterator[Heard]:
        await never.wait()
        yield

    run = Run(tmp_path, [], [], knock=hang, hosts_in_flight=2)
    task = asyncio.create_task(run.sense(list(make_scope(["10.0.0.0/28"]).targets())))
    for _ in range(50):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    waiting, unfed = run.engine.undone()
    assert "hosts were found and not examined to the end" in waiting
    assert unfed.endswith("addresses behind a router were not asked at all")
    assert sum(int(line.split()[0]) for line in (waiting, unfed)) == 14


@pytest.mark.parametrize(("earlier", "knocked"), [(True, ["80"]), (False, ["80", "81"])])
async def test_what_an_earlier_run_said_of_the_first_ports_holds(
    earlier: bool, knocked: list[str], tmp_path: Path
) -> None:
    async def two_turns(link: SweepLink, target: Target, enough: Enough) -> AsyncIterator[Heard]:
        yield heard(str(target), "tcp.open-port", "80")
        if not await enough():
            yield heard(str(target), "tcp.open-port", "81")

    known = Known(observations=heard("10.0.0.5").observations, enough={"10.0.0.5": earlier})
    run = Run(tmp_path, [], [], knock=two_turns, known=known, decided=lambda _: not earlier)
    assert [seen.value for seen in (await run.sense()).observations] == knocked


async def test_who_is_left_alone_is_knocked_at_no_further_and_that_is_said(tmp_path: Path) -> None:
    async def two_turns(link: SweepLink, target: Target, enough: Enough) -> AsyncIterator[Heard]:
        yield heard(str(target), "tcp.open-port", "80")
        if not await enough():
            yield heard(str(target), "tcp.open-port", "81")

    run = Run(
        tmp_path, [sweep("arp", heard("10.0.0.5"))], [], knock=two_turns, stopped="not asked further: it is locked"
    )
    record = await run.sense()
    assert "81" not in {seen.value for seen in record.observations}
    assert [(a.by, a.outcome, a.detail) for a in record.attempts] == [
        ("port-sweep", Outcome.SKIPPED, "not asked further: it is locked")
    ]


async def test_a_host_that_answered_an_earlier_run_counts_as_answering(tmp_path: Path) -> None:
    asked: list[tuple[str, str, int]] = []
    said = replace(heard("10.0.0.5", "http.title", "x").observations[0], by="http")
    known = Known(frozenset(), frozenset({("http", "10.0.0.5", 80)}), (said,))
    answers: list[bool] = []

    async def ask(link: SweepLink, target: Target, enough: Enough) -> AsyncIterator[Heard]:
        yield heard(str(target), "tcp.open-port", "80")
        answers.append(await enough())

    run = Run(tmp_path, [], [probe("http", asked)], knock=ask, known=known, decided=lambda _: True)
    await run.sense()
    assert (answers, asked) == ([True], [])


def with_late(name: str, *items: Heard, wait: asyncio.Event | None = None, fail: Exception | None = None) -> Sweep:
    """A sweep that hears nobody, and these when everything else has ended; then until it is told so again."""

    async def late(link: SweepLink) -> AsyncIterator[Heard]:
        await link.rest.wait()  # type: ignore[attr-defined]
        for item in items:
            yield item
        if fail is not None:
            raise fail
        await link.rest.wait()  # type: ignore[attr-defined]

    return replace_sweep(sweep(name), late=late)


async def test_whoever_answers_a_sweep_late_is_examined_like_others(tmp_path: Path) -> None:
    asked: list[tuple[str, str, int]] = []
    sweeps = [with_late("arp", heard("10.0.0.9")), sweep("sadp", heard("10.0.0.5"))]
    run = Run(tmp_path, sweeps, [probe("http", asked)])
    record = await run.sense()
    assert asked == [("http", "10.0.0.5", 80), ("http", "10.0.0.9", 80)]
    assert {one.address for one in record.observations} == {"10.0.0.5", "10.0.0.9"}
    assert run.reports.under_way == [True, True, False, True, False]
    assert run.engine.undone() == ()


async def test_waiting_for_late_answers_is_no_work_of_its_own(tmp_path: Path) -> None:
    run = Run(tmp_path, [with_late("arp")], [])
    await run.sense(())
    assert run.reports.under_way[-1] is False
    assert run.reports.under_way.count(False) == 1


async def test_a_fault_while_waiting_for_late_answers_costs_no_more_than_that(tmp_path: Path) -> None:
    asked: list[tuple[str, str, int]] = []
    sweeps = [with_late("arp", fail=ZeroDivisionError("oops")), sweep("sadp", heard("10.0.0.5"))]
    run = Run(tmp_path, sweeps, [probe("http", asked)])
    await run.sense()
    assert asked == [("http", "10.0.0.5", 80)]
    assert [(one.sweep, one.outcome) for one in run.reports.results] == [("arp", Outcome.BROKEN)]
