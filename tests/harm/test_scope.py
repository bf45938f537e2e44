"""Every command that touches the network, among devices that lie: not one frame leaves for anybody outside the scope.

The commands run at three places beside each other, at each place one after the other: a machine with a default route,
a second address in the neighbouring subnet, and a name server on the wire. Each test looks at the frames that left
while its command ran.
"""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv6Address
from pathlib import Path
from typing import Final

import pytest

from scanner.exits import Exit
from simulator.logins import find_logins
from tests import wiretap
from tests.harm.frames import MEMBERSHIP, astray
from tests.harm.runs import (
    BEHIND,
    EXCLUDED,
    NEIGHBOUR,
    OUTSIDE,
    SCOPE,
    SHUT_OUT,
    STRANGER,
    TRIPWIRE,
    Place,
    Run,
    place,
    scan_words,
)

pytestmark = [pytest.mark.lab, pytest.mark.slow]

LIARS: Final = (
    "elsewhere-location", "elsewhere-script", "elsewhere-refresh", "elsewhere-services", "elsewhere-claims",
    "wsd-tricks", "ssdp-elsewhere", "ssdp-tricks", "mdns-elsewhere", "rtsp-foreign-addresses", "sadp-for-others",
    "arp-strangers", "arp-for-everything", "flood-neighbours", "wsd-thousand-addresses", "http-redirect-to-commands",
)  # fmt: skip
"""From 10.66.0.10 on: whoever names, redirects to or claims to be another host."""

HONEST: Final = ("hikvision-camera-new", "axis")

PLACES: Final = 3

BROADCASTS: Final = {"eth0": "10.66.1.255"}

LOGIN: Final = f"10.66.0.{10 + LIARS.index('elsewhere-services')}"
"""The device that the auditor has a login for names services on other hosts."""

USER, PASSWORD = "auditor", "Zx81-Spectrum"


@dataclass(frozen=True)
class Command:
    """One command: at which place and how it is run, and what it may touch."""

    at: int
    run: Callable[[Place], Run]
    scope: tuple[str, ...] = (SCOPE,)
    excluded: str = EXCLUDED


def interrupted(here: Place) -> Run:
    """A scan that is ended by Ctrl-C in its midst."""
    out = here.folder / "interrupted"
    with here.listen() as wire:
        process = here.start("scan", *scan_words("eth0", "fast", out))
        deadline = time.monotonic() + 60
        path = out / "record.jsonl"
        while time.monotonic() < deadline and not (path.exists() and path.read_bytes().count(b"\n") > 60):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said, complained = process.communicate(timeout=60)
    return Run(process.returncode, said, complained, out, here.lab.counts(), wire)


def resumed(here: Place) -> Run:
    out = here.folder / "resumed"
    return here.run("scan", "--resume", str(here.folder / "interrupted"), "--out", str(out), out=out)


def with_a_login(here: Place) -> Run:
    """Everything that is asked for by name, with a login for one device and one for a host outside the scope."""
    logins = here.folder / "logins.json"
    logins.write_text(json.dumps({address: {"user": USER, "password": PASSWORD} for address in (LOGIN, TRIPWIRE)}))
    logins.chmod(0o600)
    return here.scan(
        "fast", "--credentials", str(logins), "--probe", "onvif-information", "--probe", "onvif-credentials",
        name="with-a-login",
    )  # fmt: skip


def by_nmap(here: Place) -> Run:
    """The second opinion, of a host that names services elsewhere and of an honest one."""
    out = here.folder / "nmap"
    words = ("--interface", "eth0", "--pace", "fast", "--out", str(out), "--probe", "nmap-opinion")
    return here.run("scan", *NMAP_SCOPE, *words, out=out)


NMAP_SCOPE: Final = (f"10.66.0.{10 + LIARS.index('wsd-tricks')}/32", f"10.66.0.{10 + len(LIARS)}/32")


def routed(here: Place) -> Run:
    """A few addresses of a network in which this machine has no address."""
    out = here.folder / "routed"
    words = ("--interface", "eth0", "--pace", "fast", "--routed", "--out", str(out))
    return here.run("scan", ROUTED, "--exclude", "10.68.0.250", *words, out=out)


ROUTED: Final = "10.68.0.248/30"


def by_ipv6(here: Place) -> Run:
    """Link-local addresses as well, but for those of whoever must hear nothing."""
    out = here.folder / "ipv6"
    words = ("--interface", "eth0", "--pace", "fast", "--out", str(out))
    shut = [word for address in OUTSIDE for word in ("--exclude", link_local(here, address))]
    return here.run("scan", "10.66.0.8/29", "fe80::/64", *shut, *words, out=out)


def link_local(here: Place, address: str) -> str:
    """The IPv6 address of a device."""
    mac = next(device.mac for device in here.lab.devices if device.address == address)
    raw = bytes.fromhex(mac.replace(":", ""))
    return str(IPv6Address(b"\xfe\x80" + bytes(6) + bytes([raw[0] ^ 2]) + raw[1:3] + b"\xff\xfe" + raw[3:]))


def silent(*words: str) -> Command:
    """A command that sends nothing at all."""
    return Command(
        0, lambda here: here.run(*(word.replace("RUN", str(here.folder / "scan")) for word in words)), scope=()
    )


COMMANDS: Final = {
    "doctor": silent("doctor", "--interface", "eth0"),
    "plan": silent("plan", SCOPE, "--exclude", EXCLUDED, "--interface", "eth0"),
    "scan": Command(0, lambda here: here.scan("fast", name="scan")),
    "judge": silent("judge", "RUN", "--out", "RUN/again", "--fail-on", "none"),
    "report": silent("report", "RUN", "markdown"),
    "explain": silent("explain", "RUN", "10.66.0.10"),
    "diff": silent("diff", "RUN", "RUN"),
    "schedule": silent("schedule", "print", SCOPE, "--interface", "eth0"),
    "sense": Command(
        2,
        lambda here: here.run("sense", *scan_words("eth0", "120", here.folder / "sensed"), out=here.folder / "sensed"),
    ),
    "interrupted": Command(1, interrupted),
    "resumed": Command(1, resumed),
    "with a login": Command(1, with_a_login),
    "nmap": Command(2, by_nmap, NMAP_SCOPE, ""),
    "routed": Command(0, routed, (ROUTED,), "10.68.0.250"),
    "ipv6": Command(1, by_ipv6, ("10.66.0.8/29", "fe80::/64"), ""),
}
"""In the order in which they are run: what is judged must have been sensed."""

every_command = pytest.mark.parametrize("name", COMMANDS)


@dataclass(frozen=True)
class Done:
    """What all commands left."""

    runs: dict[str, Run]
    tripwire: Run  # connections by hand, after everything else
    link_locals: dict[str, str]  # IPv6 addresses of whoever must hear nothing


def run_all(number: int, folder: Path) -> Done:
    """Every command of one place, in their order."""
    devices = [{"persona": f"hostile/{name}"} for name in LIARS] + [{"persona": name} for name in HONEST]
    with place(folder, devices) as here:
        done = here.lab.run_in_scanner(["ip", "addr", "add", "10.67.0.2/24", "dev", "eth0"])
        assert done.returncode == 0, done.stderr
        wanted = {name: one for name, one in COMMANDS.items() if one.at == number}
        runs = {name: one.run(here) for name, one in wanted.items() if name != "nmap" or shutil.which("nmap")}
        return Done(runs, touch_outsiders(here), {address: link_local(here, address) for address in OUTSIDE})


def touch_outsiders(here: Place) -> Run:
    """Connect by hand to whoever must hear nothing."""
    with here.listen() as wire:
        for address in (TRIPWIRE, NEIGHBOUR, "192.0.2.1"):
            script = f"import socket; socket.create_connection(('{address}', 80), 0.5).close()"
            here.lab.run_in_scanner(["python3", "-c", script])
    return Run(0, "", "", here.folder, here.lab.counts(), wire)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> list[Done]:
    with ThreadPoolExecutor(PLACES) as pool:
        return list(pool.map(run_all, range(PLACES), [tmp_path_factory.mktemp("scope") for _ in range(PLACES)]))


@pytest.fixture(scope="module")
def runs(done: list[Done]) -> dict[str, Run]:
    return {name: run for part in done for name, run in part.runs.items()}


@pytest.fixture
def run(runs: dict[str, Run], name: str) -> Run:
    if name not in runs:
        pytest.skip("the program nmap is missing")
    return runs[name]


@every_command
def test_it_did_its_work(run: Run, name: str) -> None:
    expected = {"interrupted": {Exit.FAILED}, "doctor": {Exit.CLEAN, Exit.FAILED}, "diff": {0}, "explain": {0}}
    assert run.code in expected.get(name, {0, 10, 11, 12}), run.complained[-2_000:]
    assert run.wire.lost == 0


@every_command
def test_not_one_frame_leaves_the_scope(run: Run, name: str) -> None:
    command = COMMANDS[name]
    assert [str(frame) for frame in astray(run.wire.frames, command.scope, command.excluded, BROADCASTS)] == []
    outside = [address for address in OUTSIDE if name != "routed" or address != BEHIND]
    assert {address: len(run.wire.to(address)) for address in outside} == dict.fromkeys(outside, 0)


@every_command
def test_no_name_is_asked_for(run: Run, name: str) -> None:
    assert [str(frame) for frame in run.wire.frames if frame.ports[1] in (53, 137, 5355)] == []


@pytest.mark.parametrize("name", [name for name, one in COMMANDS.items() if not one.scope])
def test_what_only_thinks_sends_nothing(run: Run, name: str) -> None:
    """But for the kernel's own word of its groups, some seconds after the interface came up."""
    assert [str(frame) for frame in run.wire.frames if frame.destination not in MEMBERSHIP] == []


@every_command
def test_whoever_stands_outside_counted_nothing_but_what_everybody_hears(run: Run, name: str) -> None:
    for address in (TRIPWIRE, NEIGHBOUR, SHUT_OUT, STRANGER):
        ledger = run.device(address)
        assert ledger.connections == 0
        assert ledger.datagrams - ledger.shared == Counter()


def test_the_excluded_camera_is_heard_and_stands_in_the_report_unasked(runs: dict[str, Run]) -> None:
    """It answers what everybody is asked; leaving that out of the report would hide it."""
    assert set(runs["scan"].account(SHUT_OUT).values()) == {0}
    assert set(runs["scan"].account(STRANGER).values()) == {0}


# --- a login goes to the named device, and nowhere else ------------------------------------------------------------


def test_a_login_goes_to_the_named_device_and_nowhere_else(runs: dict[str, Run]) -> None:
    run = runs["with a login"]
    signs = {frame.destination for frame in run.wire.frames if find_logins(frame.payload)}
    assert signs == {LOGIN}
    told = [line for line in run.attempts if line["by"] == "onvif-credentials"]
    assert {line["address"] for line in told} == {LOGIN}
    plain = [
        name for name, one in runs.items() if name != "with a login" for f in one.wire.frames if find_logins(f.payload)
    ]
    assert plain == []


def test_the_password_itself_never_leaves(runs: dict[str, Run]) -> None:
    assert [str(one) for one in runs["with a login"].wire.frames if PASSWORD.encode() in one.payload] == []


# --- IPv6 ----------------------------------------------------------------------------------------------------------


def test_an_excluded_link_local_address_is_not_connected_to(done: list[Done], runs: dict[str, Run]) -> None:
    """The kernel may look after its neighbour's address when that asked for ours; nothing of ours is for it."""
    sent = [frame for frame in runs["ipv6"].wire.frames if frame.protocol != wiretap.ICMPV6]
    assert [str(one) for part in done for one in sent if one.destination in part.link_locals.values()] == []
    others = [one for one in sent if one.destination.startswith("fe80::") and one.protocol == wiretap.TCP]
    assert others, "link-local hosts of the scope are asked"


# --- the tripwire works --------------------------------------------------------------------------------------------


def test_the_tripwire_would_have_seen_it(done: list[Done]) -> None:
    """A connection by hand is captured, held to be astray, and counted by the host."""
    for part in done:
        found = {frame.destination for frame in astray(part.tripwire.wire.frames, SCOPE, EXCLUDED, BROADCASTS)}
        assert found >= {TRIPWIRE, NEIGHBOUR}
        assert any(one.to_mac and one.destination == "192.0.2.1" for one in part.tripwire.wire.frames)
        assert part.tripwire.device(TRIPWIRE).connections == 1
