"""The mDNS sweep: what zeroconf finds becomes observations; what cannot be opened is said."""

from __future__ import annotations

import asyncio
import errno
import gc
import socket
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from ipaddress import IPv4Interface
from types import SimpleNamespace

import pytest
from zeroconf.asyncio import AsyncServiceInfo

from probes import mdns_sweep
from probes.mdns_sweep import IS_TYPE, SWEEP, describe, open_zeroconf
from scanner.interfaces import choose_interfaces
from scanner.link import Tally
from scanner.model import Outcome, SweepResult
from scanner.pace import parse_pace
from scanner.pacer import Pacer
from scanner.scope import Interface, make_scope
from scanner.sweeping.link import Sweeping
from simulator.estate import Estate
from simulator.lab import Lab
from tests.sweep_link import ETH0, ETH1, run_sweep, sweep_link

SCOPE = make_scope(["10.0.0.0/24"])


def info(*addresses: str, **properties: str) -> AsyncServiceInfo:
    packed = [socket.inet_pton(socket.AF_INET6 if ":" in one else socket.AF_INET, one) for one in addresses]
    return AsyncServiceInfo(
        "_axis-video._tcp.local.",
        "AXIS P3265-V - ACCC8E000001._axis-video._tcp.local.",
        addresses=packed,
        port=80,
        properties=properties,
        server="axis-accc8e000001.local.",
    )


def told(one: AsyncServiceInfo) -> list[tuple[str, str, str | None, str]]:
    return [(seen.field, seen.value, seen.address, seen.scope) for seen in describe(one, SCOPE, "eth0", 3.0)]


def test_a_service_is_told_with_its_texts() -> None:
    assert told(info("10.0.0.9", macaddress="ACCC8E000001")) == [
        ("service", "AXIS P3265-V - ACCC8E000001._axis-video._tcp.local.", "10.0.0.9", "in"),
        ("type", "_axis-video._tcp.local.", "10.0.0.9", "in"),
        ("hostname", "axis-accc8e000001.local.", "10.0.0.9", "in"),
        ("txt", "macaddress=ACCC8E000001", "10.0.0.9", "in"),
    ]


def test_an_address_outside_the_scope_is_marked() -> None:
    assert {scope for *_, scope in told(info("192.168.1.64"))} == {"off"}


def test_ipv4_speaks_for_a_device_that_has_both() -> None:
    assert {address for _, _, address, _ in told(info("10.0.0.9", "fe80::1"))} == {"10.0.0.9"}
    assert {address for _, _, address, _ in told(info("fe80::1"))} == {"fe80::1"}
    assert {address for _, _, address, _ in told(info())} == {None}


def test_claims_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mdns_sweep, "TEXT_CAP", 100)
    many = info(*[f"10.0.0.{host}" for host in range(1, 100)], **{f"k{n}": "v" * 200 for n in range(5)})
    seen = describe(many, SCOPE, "eth0", 3.0)
    assert len({one.address for one in seen}) == mdns_sweep.ADDRESSES_CAP
    assert max(len(one.value) for one in seen) == 100


@pytest.mark.parametrize(
    ("text", "good"),
    [("_http._tcp.local.", True), ("_CGI._tcp.local.", True), ("_x" * 40 + "._tcp.local.", False), ("http.", False)],
)
def test_only_service_types_are_browsed(text: str, good: bool) -> None:
    assert bool(IS_TYPE.fullmatch(text)) is good


async def test_no_interface_to_listen_on_is_a_sweep_that_could_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    import zeroconf.asyncio

    def refuse(**_: object) -> None:
        raise RuntimeError("No interfaces to listen on, check that any interfaces have IP version 4")

    monkeypatch.setattr(zeroconf.asyncio, "AsyncZeroconf", refuse)
    tally = Tally()
    assert open_zeroconf(ETH1, tally) is None
    assert tally.outcome is Outcome.BROKEN
    assert "No interfaces to listen on" in tally.notes[0]


async def test_where_ipv6_cannot_be_opened_ipv4_is_asked_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import zeroconf.asyncio
    from zeroconf import IPVersion

    tried: list[tuple[list[object], IPVersion]] = []

    def open_ipv4(*, interfaces: list[object], ip_version: IPVersion) -> str:
        tried.append((interfaces, ip_version))
        if ip_version is IPVersion.All:
            raise OSError("Cannot assign requested address")
        return "open"

    monkeypatch.setattr(zeroconf.asyncio, "AsyncZeroconf", open_ipv4)
    tally = Tally()
    assert open_zeroconf(ETH0, tally) == "open"
    assert tried == [(["10.0.0.2", 2], IPVersion.All), (["10.0.0.2"], IPVersion.V4Only)]
    assert tally.outcome is None
    assert "over IPv6 could not be opened" in tally.notes[0]


class Library:
    """What of zeroconf stands between a browser and the wire."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, tuple[object, ...]]] = []
        names = {False: ("10.0.0.2", 5353), True: ("fe80::1", 5353, 0, 2)}
        self.engine = SimpleNamespace(
            senders=[
                SimpleNamespace(sock=SimpleNamespace(dup=partial(nullcontext, ipv6)), is_ipv6=ipv6, sock_name=name)
                for ipv6, name in names.items()
            ]
        )

    def async_send(self, out: object, *where: object) -> None:
        raise AssertionError("the library sent by itself")


async def send_two(library: Library, monkeypatch: pytest.MonkeyPatch, refused: bool | None = None) -> Tally:
    """A question of two packets; sockets of the family that is `refused` send nothing."""

    def send(ipv6: bool, payload: bytes, where: tuple[object, ...]) -> None:
        if ipv6 is refused:
            raise OSError(errno.ENOBUFS, "")
        library.sent.append((payload, where))

    monkeypatch.setattr(mdns_sweep, "send_told", send)
    link, tally = sweep_link(ETH0), Tally()
    question = SimpleNamespace(packets=lambda: [b"one", b"two"])
    task = asyncio.ensure_future(mdns_sweep._send_in_turn(library, link, ETH0, tally))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    library.async_send(question, "192.0.2.1", 53)
    assert library.sent == [], "not before its turn"
    for _ in range(5):
        await asyncio.sleep(0)
    task.cancel()
    assert link.paid == [("eth0", 4)], "two packets over two families"
    return tally


async def test_what_the_library_sends_waits_for_the_pace_and_goes_to_the_groups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = Library()
    tally = await send_two(library, monkeypatch)
    places = [("224.0.0.251", 5353), ("ff02::fb", 5353, 0, 2)]
    assert library.sent == [(packet, place) for packet in (b"one", b"two") for place in places]
    assert (tally.packets, tally.outcome) == (4, None)


@pytest.mark.parametrize(("ipv6", "outcome"), [(False, Outcome.BROKEN), (True, None)])
async def test_what_the_kernel_threw_away_is_told(
    monkeypatch: pytest.MonkeyPatch, ipv6: bool, outcome: Outcome | None
) -> None:
    tally = await send_two(Library(), monkeypatch, refused=ipv6)
    assert (tally.packets, tally.outcome) == (2, outcome)
    assert "could not be asked: the kernel is out of buffers, or its neighbour table is full" in tally.notes[0]


async def test_one_question_is_cut_and_all_together_end_at_what_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known already makes a question as long as a storm of answers."""
    sent: list[bytes] = []
    monkeypatch.setattr(mdns_sweep, "send_told", lambda _, payload, __: sent.append(payload))
    link, tally, library = sweep_link(ETH0), Tally(), Library()
    task = asyncio.ensure_future(mdns_sweep._send_in_turn(library, link, ETH0, tally))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    for _ in range(12):
        library.async_send(SimpleNamespace(packets=lambda: [b"%d" % n for n in range(100)]))
    for _ in range(50):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert sent[:8] == [b"0", b"0", b"1", b"1", b"2", b"2", b"3", b"3"]
    assert len(sent) == tally.packets == mdns_sweep.DATAGRAMS_CAP == sum(count for _, count in link.paid)
    assert tally.notes == ["3 questions were held back: they would have been too many"]


async def test_listed_types_are_asked_for_together_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mdns_sweep, "TYPES_PAUSE", 0.0)
    asked: list[list[str]] = []
    browser = mdns_sweep.Browser(SimpleNamespace(zeroconf=None), Tally())  # type: ignore[arg-type]
    monkeypatch.setattr(browser, "_browse", asked.append)
    for batch in range(mdns_sweep.BATCHES_CAP + 1):
        for number in range(3):
            name = f"_t{batch}-{number}._tcp.local."
            browser._note(None, mdns_sweep.ENUMERATION, name, None)  # type: ignore[arg-type]
        await asyncio.sleep(0.01)
    assert asked[0] == ["_t0-0._tcp.local.", "_t0-1._tcp.local.", "_t0-2._tcp.local."]
    assert len(asked) == mdns_sweep.BATCHES_CAP
    assert browser.unasked == 3


async def test_types_beyond_the_cap_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(mdns_sweep, "TYPES_PAUSE", 0.0)
    browser = mdns_sweep.Browser(SimpleNamespace(zeroconf=None), Tally())  # type: ignore[arg-type]
    monkeypatch.setattr(browser, "_browse", asked.append)
    for number in range(100):
        browser._note(None, mdns_sweep.ENUMERATION, f"_t{number}._tcp.local.", None)  # type: ignore[arg-type]
    await asyncio.sleep(0.01)
    assert [len(types) for types in asked] == [mdns_sweep.TYPES_CAP - len(mdns_sweep.TYPES)]
    assert browser.unasked == 100 - len(asked[0])


@pytest.mark.parametrize(
    "name", ["evil\x1b[2J._axis-video._tcp.local.", "x" * 300 + "._axis-video._tcp.local.", "nobody"]
)
async def test_a_bad_name_is_counted_and_costs_the_others_nothing(name: str) -> None:
    """The library refuses such a name by an exception; one device must not end the sweep of all."""
    browser = mdns_sweep.Browser(SimpleNamespace(zeroconf=None), Tally())  # type: ignore[arg-type]
    infos: asyncio.Queue[AsyncServiceInfo] = asyncio.Queue()
    await browser._resolve("_axis-video._tcp.local.", name, asyncio.Semaphore(1), infos)
    assert (browser.misnamed, infos.empty()) == (1, True)


async def test_an_interface_without_an_address_is_skipped_and_said() -> None:
    link = sweep_link(Interface("eth2", 4, "02:00:00:00:00:03"))
    assert await run_sweep(SWEEP, link) == []
    assert (link.results[0].outcome, link.results[0].lost) == (Outcome.SKIPPED, mdns_sweep.LOST)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # zeroconf leaves its socket open
async def test_an_address_that_is_not_ours_is_broken_not_silent() -> None:
    link = sweep_link(Interface("eth0", 2, "02:00:00:00:00:01", (IPv4Interface("10.99.0.2/24"),)))
    assert await run_sweep(SWEEP, link) == []
    gc.collect()
    assert link.results[0].outcome is Outcome.BROKEN


def test_an_old_kernel_without_the_choice_for_ipv6_is_no_fault() -> None:
    chosen: list[tuple[int, ...]] = []

    def choose(level: int, option: int, value: int) -> None:
        if level == socket.IPPROTO_IPV6:
            raise OSError(errno.ENOPROTOOPT, "Protocol not available")
        chosen.append((level, option, value))

    mdns_sweep.keep_apart(SimpleNamespace(family=socket.AF_INET6, setsockopt=choose))
    assert chosen == [(socket.IPPROTO_IP, mdns_sweep.IP_MULTICAST_ALL, 0)]


@pytest.mark.lab
@pytest.mark.slow
async def test_several_interfaces_are_browsed_at_once_and_kept_apart(lan: Callable[..., Lab]) -> None:
    """A device of one segment is never told of the other, though both groups are joined on this machine."""
    networks = ("10.77.1.0/24", "10.77.2.0/24")
    segments = [
        {"network": network, "scanner": network.replace(".0/24", ".2"),
         "devices": [{"persona": "axis", "address": network.replace(".0/24", ".9")}]}
        for network in networks
    ]  # fmt: skip
    lab = lan(Estate.model_validate({"id": "two", "segments": segments}))
    results: list[SweepResult] = []
    with lab.enter():
        scope = make_scope(networks, choose_interfaces(make_scope(networks).networks))
        async with Sweeping(scope, Pacer(parse_pace("lab")), report=results.append, attempted=print) as link:
            heard = [seen async for item in SWEEP.run(link) for seen in item.observations]
    first, second = sorted(results, key=lambda result: result.at)
    assert second.at < first.at + first.elapsed
    assert {(seen.interface, seen.address) for seen in heard} == {
        (interface.name, str(interface.ipv4[0].ip).removesuffix(".2") + ".9") for interface in scope.interfaces
    }
    assert [result.answered for result in results] == [1, 1]
