"""Every command, among devices that lie: not one frame leaves for anybody outside the scope.

The commands run at three places beside each other, at each place one after the other: a machine with a default route,
a second address in the neighbouring subnet, and a name server on the wire. What sends nothing runs at a fourth, where
nobody has spoken before. Each test looks at the frames that left while its command ran. That the scope holds at every
pace is for test_contract.py to say.
"""

from __future__ import annotations

import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from scanner.exits import Exit
from simulator.logins import find_logins
from tests import wiretap
from tests.harm.commands import COMMANDS, HONEST, LIARS, LOGIN, PASSWORD, SILENT, link_local
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
)
from tools.commands import commands

pytestmark = [pytest.mark.lab, pytest.mark.slow]

PLACES: Final = ((0, SILENT), (1,), (2,))
"""Those beside each other, each with what follows in its folder."""

BROADCASTS: Final = {"eth0": "10.66.1.255"}

every_command = pytest.mark.parametrize("name", COMMANDS)


@dataclass(frozen=True)
class Done:
    """What all commands left."""

    runs: dict[str, Run]
    begun: list[tuple[str, ...]]  # the words of every command
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
        return Done(
            runs, here.begun, touch_outsiders(here), {address: link_local(here, address) for address in OUTSIDE}
        )


def touch_outsiders(here: Place) -> Run:
    """Connect by hand to whoever must hear nothing."""
    with here.listen() as wire:
        for address in (TRIPWIRE, NEIGHBOUR, "192.0.2.1"):
            script = f"import socket; socket.create_connection(('{address}', 80), 0.5).close()"
            here.lab.run_in_scanner(["python3", "-c", script])
    return Run(0, "", "", here.folder, here.lab.counts(), wire)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> list[Done]:
    folders = [tmp_path_factory.mktemp("scope") for _ in PLACES]
    with ThreadPoolExecutor(len(PLACES)) as pool:
        rows = pool.map(lambda row, folder: [run_all(number, folder) for number in row], PLACES, folders)
        return [part for row in rows for part in row]


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
    found = {0} if not COMMANDS[name].scope else {0, 10, 11, 12}
    expected = {"interrupted": {Exit.FAILED}, "doctor": {Exit.CLEAN, Exit.FAILED}, "simulate": {10}}
    assert run.code in expected.get(name, found), run.complained[-2_000:]
    assert run.wire.lost == 0


def test_every_command_of_the_program_was_run(done: list[Done]) -> None:
    """A new command goes into tests/harm/commands.py, so that it is known to keep to the scope."""
    begun = [" ".join(("camcensus", *words, "")) for part in done for words in part.begun]
    assert [name for name, _ in commands() if not any(one.startswith(f"{name} ") for one in begun)] == []


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


@pytest.mark.parametrize("name", ["demo", "demo on loopback", "simulate"])
def test_what_is_played_on_this_machine_stays_on_it(run: Run, name: str) -> None:
    """It was really played and asked, and is nothing that stands on the wire."""
    found = [device["addresses"]["ipv4"] for device in run.report["devices"]]
    assert len(found) >= 3
    assert [one for one in found if any(address.startswith("10.66.") for address in one)] == []


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
