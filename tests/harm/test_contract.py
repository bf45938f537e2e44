"""The safety contract (docs/safety.md), counted: one scan at each pace, of devices that are easily hurt and that count.

Each scan runs once, the slowest beside the others; every test looks at what the devices counted and at what left.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pytest

from benchmarks.pacing import is_reply
from probes import load_plugins
from scanner.pace import PRESETS, parse_pace
from simulator.logins import find_logins
from tests import wiretap
from tests.harm.frames import astray, is_helpers_arp
from tests.harm.runs import EXCLUDED, OUTSIDE, SCOPE, Run, place

pytestmark = [pytest.mark.lab, pytest.mark.slow]

PACES: Final = ("gentle", "normal", "fast", "lab", "120")

AT_ONCE: Final = 3
"""Scans beside each other, each in a lab of its own: they wait for the pace most of the time."""

LOCKED: Final = ({"status": "401 Unauthorized"}, {"status": "423 Locked"}, {"status": "429 Too Many Requests"})

SITE: Final[tuple[Mapping[str, Any], ...]] = (
    {"persona": "hikvision-camera-old", "quirks": {"max_connections": 1}},
    {"persona": "dahua-camera-old", "quirks": {"max_connections": 1, "reboots_above": 40}},
    {"persona": "axis", "quirks": {"max_connections": 1, "lockout_after": 5}},
    {"persona": "museum-recorder", "quirks": {"max_connections": 1}},
    {"persona": "uniview", "quirks": {"lockout_after": 5}},
    {"persona": "fragile/refuses-all", "quirks": {"lockout_after": 5}},
    {"persona": "fragile/refuses-all", "quirks": {"reboots_above": 40}},
    *({"persona": "fragile/locked", "values": values} for values in LOCKED),
    {"persona": "fragile/tired", "quirks": {"tires": 0.3}},
    {"persona": "fragile/tired", "quirks": {"resets_after": 2}},
    {"persona": "nas"},
    {"persona": "silent"},
)
"""Who is hurt by a careless scan: few sessions, restarts, lockouts, a server that tires; from 10.66.0.10 on."""

LIARS: Final = (
    "elsewhere-location", "elsewhere-claims", "wsd-tricks", "ssdp-tricks", "mdns-elsewhere", "rtsp-foreign-addresses",
    "mdns-types",
)  # fmt: skip
"""Who points at other hosts, at every pace; the other commands and tricks are in test_scope.py."""

REDIRECTS: Final = f"10.66.0.{10 + len(SITE) + LIARS.index('elsewhere-location')}"

every_pace = pytest.mark.parametrize("pace", PACES)


def at(persona: str, quirk: str = "") -> list[str]:
    """Where the devices of a persona, with a quirk, stand."""
    return [
        f"10.66.0.{10 + number}"
        for number, one in enumerate(SITE)
        if one["persona"].startswith(persona) and (not quirk or quirk in one.get("quirks", {}))
    ]


EVERYBODY: Final = at("")


def scan_once(pace: str, folder: Path) -> Run:
    with place(folder, [*SITE, *({"persona": f"hostile/{name}"} for name in LIARS)]) as here:
        return here.scan(pace)


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Run]]]:
    with ThreadPoolExecutor(AT_ONCE) as pool:  # the slowest stands first and runs beside the others
        yield {pace: pool.submit(scan_once, pace, tmp_path_factory.mktemp(pace)) for pace in PACES}


@pytest.fixture
def run(scans: dict[str, Future[Run]], pace: str) -> Run:
    done = scans[pace].result()
    assert done.code in (10, 11, 12), done.complained[-2_000:]
    assert done.wire.lost == 0
    return done


def test_every_pace_that_has_a_word_and_a_number_is_here() -> None:
    assert {preset.name for preset in PRESETS} | {"120"} == set(PACES)


# --- nobody is logged in to, nothing is changed --------------------------------------------------------------------


@every_pace
def test_no_credential_and_no_leg_of_a_login_leaves(run: Run) -> None:
    for address in (*EVERYBODY, *OUTSIDE):
        assert (run.device(address).logins, run.device(address).authorizations) == ([], [])
    assert [found for frame in run.wire.frames for found in find_logins(frame.payload)] == []


SPEAKING_FIRST: Final = (21, 22, 23, 5060, 8000, 34567, 37777)
"""Ports on which whoever says a word begins a login, or a vendor's own conversation."""


@every_pace
def test_not_a_byte_is_said_on_ports_where_that_would_begin_a_login(run: Run) -> None:
    said = [frame for frame in run.wire.frames if frame.protocol == wiretap.TCP and frame.payload]
    web = [frame for frame in said if frame.payload.startswith(b"GET / HTTP/1.1")]
    assert web
    assert [str(frame) for frame in said if frame.ports[1] in SPEAKING_FIRST and not is_web(run, frame)] == []


def is_web(run: Run, frame: wiretap.Frame) -> bool:
    """Some have a plain web page at 8000, and are asked for it there."""
    return frame.destination in (*at("fragile/refuses-all"), REDIRECTS) and frame.ports[1] == 8000


READING: Final = re.compile(
    r"<(?:\w+:)?(?:GetSystemDateAndTime|GetServices|GetHostname|GetDeviceInformation)\b"
    r'|^\{"apiVersion":"1\.0","method":"getAllUnrestrictedProperties"\}$',
    re.MULTILINE,
)
"""What a POST may carry: calls that read."""


@every_pace
def test_only_reading_verbs_are_used(run: Run) -> None:
    seen = [request for address in EVERYBODY for request in run.device(address).requests_seen]
    told = [request for request in seen if request.service in ("http", "https", "rtsp")]
    assert {request.line.split(" ")[0] for request in told} <= {"GET", "HEAD", "POST", "OPTIONS", "DESCRIBE"}
    posts = [request.told for request in told if request.line.startswith("POST")]
    assert posts
    assert [post for post in posts if not READING.search(post)] == []


DISCOVERY: Final = {
    37020: re.compile(rb"<Types>inquiry(?:_v32)?</Types>"),
    37810: re.compile(rb'"method":"DHDiscover\.search"'),
    5050: re.compile(rb"\A\xa3\x01"),
    3702: re.compile(rb"(?s)<(?:\w+:)?Probe\b|UniviewProbe"),
    34569: re.compile(rb"\A\xff.{13}\xfa\x05", re.DOTALL),
    23456: re.compile(rb"\AMHED"),
    1900: re.compile(rb"\AM-SEARCH \* HTTP/1\.1\r\n"),
    5353: re.compile(rb"\A\x00\x00[\x00\x02]\x00"),  # TC: more of what is known already follows (RFC 6762 section 7.2)
}
"""What a datagram to each port may be: a question."""


@every_pace
def test_only_questions_go_by_datagram(run: Run) -> None:
    sent = [frame for frame in run.wire.frames if frame.protocol == wiretap.UDP]
    assert {frame.ports[1] for frame in sent} == set(DISCOVERY)
    assert [str(frame) for frame in sent if not DISCOVERY[frame.ports[1]].search(frame.payload)] == []


# --- connections ---------------------------------------------------------------------------------------------------


@every_pace
def test_no_host_sees_two_connections_at_once(run: Run) -> None:
    for address in EVERYBODY:
        assert run.device(address).most_open <= 1
        held = [one for one in wiretap.connections(run.wire.to(address)) if one.established]
        assert wiretap.most_at_once(held) <= 1


@every_pace
def test_a_host_that_holds_one_session_never_refuses_us(run: Run) -> None:
    for address in at("", "max_connections"):
        assert run.device(address).connections > 0
        assert run.device(address).turned_away == 0


@every_pace
def test_every_connection_ends_with_a_fin_and_none_is_left(run: Run) -> None:
    for address in EVERYBODY:
        ledger = run.device(address)
        assert ledger.left_open == 0
        ours = {one.closed for one in wiretap.connections(run.wire.to(address)) if one.established}
        if address not in at("", "resets_after"):
            assert set(ledger.ends) <= {"clean", "handshake"}, address
            assert ours <= {"fin"}, address


# --- how much ------------------------------------------------------------------------------------------------------

PROBES: Final = {probe.name: probe for probe in load_plugins()[1]}
WEB: Final = {"http-banner", "http-maker-paths"}


@every_pace
def test_no_probe_costs_more_than_it_declares(run: Run) -> None:
    for attempt in run.attempts:
        if (probe := PROBES.get(attempt["by"])) is not None:
            assert attempt.get("connections", 0) <= probe.touch.connections, attempt
            assert attempt.get("requests", 0) <= probe.touch.requests, attempt
            assert attempt.get("packets", 0) <= probe.touch.datagrams, attempt


@every_pace
def test_a_web_port_is_sent_a_fixed_small_number_of_requests(run: Run) -> None:
    """Eight by the two web probes; ONVIF and the description of UPnP are asked at one port of a host."""
    for address in EVERYBODY:
        seen = [one for one in run.device(address).requests_seen if one.service in ("http", "https")]
        web = Counter(one.port for one in seen if "onvif" not in one.line)
        assert all(count <= 8 for count in web.values()), (address, web)
        assert sum(1 for one in seen if "onvif" in one.line) <= 4


LONG: Final = 5.0
"""Seconds over which the pace of one host is counted: at the gentle one a single exchange is longer than a second."""

EXCHANGE: Final = 10
"""Frames of one exchange with TLS, which is begun as one step (docs/performance.md)."""

HELD: Final = 1.25
"""Share of the pace of all in any second that is guarded here, where three scans and their devices share the cores; the
bar and how far it is met stand in docs/performance.md."""


@every_pace
def test_nobody_is_asked_faster_than_the_pace_says(run: Run, pace: str) -> None:
    asked = parse_pace(pace)
    sent = [frame for frame in run.wire.frames if not is_reply(frame)]
    assert wiretap.busiest((frame.at for frame in sent), 1.0) <= HELD * asked.overall
    for address in {frame.destination for frame in sent if not frame.to_mac[0] & 1}:
        most = wiretap.busiest((frame.at for frame in sent if frame.destination == address), LONG)
        assert most <= LONG * asked.per_host + EXCHANGE, address


# --- what a host does not bear -------------------------------------------------------------------------------------


@every_pace
def test_no_lockout_is_reached(run: Run) -> None:
    for address in EVERYBODY:
        assert run.device(address).refusals <= 4, address
        assert not run.device(address).locked


@every_pace
def test_who_says_locked_is_sent_nothing_more(run: Run) -> None:
    for address in at("fragile/locked"):
        assert run.device(address).stream_requests == 1
        seen = run.device(address).requests_seen[0].at
        later = [one for one in wiretap.connections(run.wire.to(address)) if one.began > seen + 0.1]
        assert later == [], f"{address} was connected to after it had said that it is locked"
        assert "locked" in str([one.get("detail") for one in run.attempts if one["address"] == address])


@every_pace
def test_who_tires_is_slowed_and_then_left_alone(run: Run) -> None:
    (address,) = at("fragile/tired", "tires")
    assert run.device(address).stream_requests <= 18  # of 29, and of 10 where the simulator itself is not late
    details = [one.get("detail", "") for one in told_of(run, address)]
    assert any("took more than twice as long" in detail or "fell silent" in detail for detail in details)


@every_pace
def test_who_resets_is_left_alone_after_the_third_time(run: Run) -> None:
    (address,) = at("fragile/tired", "resets_after")
    assert run.device(address).stream_requests == 2 + 3
    assert any("it reset 3 connections" in one.get("detail", "") for one in told_of(run, address))


def told_of(run: Run, address: str) -> list[dict[str, Any]]:
    return [one for one in run.attempts if one["address"] == address]


@pytest.mark.parametrize("pace", [pace for pace in PACES if pace != "lab"])
def test_who_restarts_when_pushed_does_not_restart(run: Run) -> None:
    """More than 40 datagrams and connections within a second, and these are gone; `lab` is for no real device."""
    for address in at("", "reboots_above"):
        assert run.device(address).reboots == 0


# --- the books -----------------------------------------------------------------------------------------------------


@every_pace
@pytest.mark.parametrize("address", EVERYBODY)
def test_the_report_says_of_each_device_what_the_device_counted(run: Run, address: str) -> None:
    told, counted = run.account(address), run.device(address)
    hellos = [one for one in told_of(run, address) if one["by"] == "tls-certificate"]
    assert told["connections"] == counted.connections
    assert told["requests"] - sum(one.get("requests", 0) for one in hellos) == counted.stream_requests
    wire = run.wire.to(address)
    assert told["connections"] == sum(1 for one in wiretap.connections(wire) if one.established)
    datagrams = [frame for frame in wire if frame.protocol == wiretap.UDP]
    unheard = 0 if +(counted.datagrams - counted.shared) else sum(len(frame.payload) for frame in datagrams)
    if address not in at("museum-recorder"):  # a device sees our own ClientHello as a handshake, not as payload
        assert told["sent"] == counted.received - counted.received_shared + unheard
    asked = sum(1 for frame in wire if is_helpers_arp(frame))
    kernels = told["packets"] - len(datagrams) - asked
    assert -1 <= kernels <= 0, "the kernel asks for a host once where the raw-socket program has not heard it yet"


@every_pace
def test_the_whole_report_says_what_the_whole_network_counted(run: Run) -> None:
    """Requests are compared for those who hear every one: a liar may hang up while the next is on its way."""
    connections = sum(device["ledger"]["connections"] for device in run.report["devices"])
    requests = sum(run.account(address)["requests"] for address in EVERYBODY)
    hellos = sum(
        one.get("requests", 0) for one in run.attempts if one["by"] == "tls-certificate" and one["address"] in EVERYBODY
    )
    assert connections == sum(ledger.connections for ledger in run.counts.devices.values())
    assert requests - hellos == sum(run.device(address).stream_requests for address in EVERYBODY)
    assert connections == sum(1 for one in wiretap.connections(run.wire.frames) if one.established)


GROUPS: Final = {
    ("239.255.255.250", 37020): "sadp-sweep", ("255.255.255.255", 37020): "sadp-sweep",
    ("239.255.255.250", 3702): "wsd-sweep", ("ff02::c", 3702): "wsd-sweep",
    ("255.255.255.255", 3702): "uniview-sweep",
    ("239.255.255.251", 37810): "dhdiscover-sweep", ("255.255.255.255", 37810): "dhdiscover-sweep",
    ("10.66.1.255", 37810): "dhdiscover-sweep",
    ("255.255.255.255", 5050): "dvrip-sweep",
    ("255.255.255.255", 34569): "xm-sweep",
    ("234.55.55.55", 23456): "tvt-sweep",
    ("239.255.255.250", 1900): "ssdp-sweep", ("ff02::c", 1900): "ssdp-sweep",
    ("224.0.0.251", 5353): "mdns-sweep", ("ff02::fb", 5353): "mdns-sweep",
}  # fmt: skip
"""Whose question a datagram to everybody is."""


def sent_by_sweep(run: Run) -> Counter[str]:
    """Datagrams to everybody that left, by the sweep whose they are."""
    return Counter(
        GROUPS[frame.destination, frame.ports[1]]
        for frame in run.wire.frames
        if frame.protocol == wiretap.UDP and frame.destination not in run.counts.devices
    )


@every_pace
def test_the_coverage_says_of_each_sweep_what_left(run: Run) -> None:
    told = Counter({sweep["sweep"]: sweep["packets"] for sweep in run.report["coverage"]["sweeps"]})
    frames = sum(1 for frame in run.wire.frames if is_helpers_arp(frame))
    kernels = frames - told.pop("arp-sweep")
    assert 0 <= kernels <= len(EVERYBODY) + len(LIARS)
    assert +told == sent_by_sweep(run)


SAFETY: Final = (Path(__file__).resolve().parents[2] / "docs" / "safety.md").read_text("utf-8")


@every_pace
def test_no_sweep_sends_more_than_the_safety_page_says(run: Run) -> None:
    for sweep, count in sent_by_sweep(run).items():
        row = re.search(rf"^\| `{sweep}` \| (\d+) \| ([^|]+) \|", SAFETY, re.MULTILINE)
        assert row is not None
        assert count <= int(row[1]), sweep
        for (group, port), whose in GROUPS.items():
            if whose == sweep and group != "10.66.1.255":
                assert f"{group}:{port}" in row[2].replace("[", "").replace("]", ""), row[2]
    asked = Counter(frame.destination for frame in run.wire.frames if is_helpers_arp(frame))
    assert max(asked.values()) <= 4 + 1


# --- the scope -----------------------------------------------------------------------------------------------------


@every_pace
def test_not_one_frame_leaves_the_scope(run: Run) -> None:
    assert [str(frame) for frame in astray(run.wire.frames, SCOPE, EXCLUDED, {"eth0": "10.66.1.255"})] == []
    for address in OUTSIDE:
        ledger = run.device(address)
        assert run.wire.to(address) == []
        assert (ledger.connections, ledger.datagrams - ledger.shared) == (0, Counter())
