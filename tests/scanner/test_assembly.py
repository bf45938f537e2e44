"""Wishes are checked before the first packet; a scope that faces no interface is refused."""

from __future__ import annotations

import ipaddress
import itertools
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import assembly
from scanner.assembly import (
    Decider,
    Wishes,
    choose_plugins,
    inherit,
    is_on_link,
    prepare,
    refuse_routed,
    routed_targets,
    sense_job,
)
from scanner.dissect import CONTROL_REQUEST
from scanner.exits import UsageError
from scanner.fingerprint import Library
from scanner.fingerprint_files import load_library
from scanner.identify import add_together
from scanner.interfaces import Available
from scanner.judging import is_settled
from scanner.matching import match_observations
from scanner.model import Observation, RunInfo, replace
from scanner.progress import PlainProgress
from scanner.record import Record, read_record
from scanner.record_line import RecordError
from scanner.record_writer import RecordWriter
from scanner.scope import Interface, Scope, make_scope

ETH0 = Interface("eth0", 2, "02:00:00:00:00:01", (ipaddress.IPv4Interface("10.0.0.2/24"),), ())
LO = Interface("lo", 1, None, (ipaddress.IPv4Interface("127.0.0.1/8"),), ())


def scope_of(*networks: str, interfaces: tuple[Interface, ...] = (ETH0,)) -> Scope:
    return make_scope(networks, interfaces)


def test_a_network_on_the_wire_passes() -> None:
    refuse_routed(scope_of("10.0.0.0/24", "10.0.0.128/25"))


def test_loopback_passes_without_a_link_layer() -> None:
    refuse_routed(scope_of("127.5.0.0/24", interfaces=(LO,)))


@pytest.mark.parametrize("network", ["10.99.0.0/24", "10.0.0.0/23", "10.0.1.7"])
def test_a_network_that_faces_no_interface_is_refused_with_what_to_do(network: str) -> None:
    with pytest.raises(UsageError, match=r"faces no interface \(this machine stands in 10\.0\.0\.0/24\).*--routed"):
        refuse_routed(scope_of("10.0.0.0/24", network))


def test_without_any_interface_the_machines_own_networks_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembly, "list_interfaces", lambda: (Available(ETH0, is_up=True, has_carrier=True),))
    with pytest.raises(UsageError, match=r"stands in 10\.0\.0\.0/24"):
        refuse_routed(scope_of("10.99.0.0/24", interfaces=()))


def test_only_what_arp_cannot_reach_is_knocked_at_blindly() -> None:
    scope = scope_of("10.0.0.0/24", "10.9.0.0/30")
    assert [str(target) for target in routed_targets(scope)] == ["10.9.0.1", "10.9.0.2"]


def test_an_interface_without_hardware_address_has_no_wire() -> None:
    assert not is_on_link(ipaddress.ip_network("127.0.0.0/24"), (LO,))


def test_opt_in_plugins_run_only_when_named() -> None:
    names = {plugin.name for plugin in choose_plugins(Wishes(("10.0.0.0/24",)))[1]}
    more = {plugin.name for plugin in choose_plugins(Wishes(("10.0.0.0/24",), extra=("nmap-opinion",)))[1]}
    assert more - names == {"nmap-opinion"}


def test_a_plugin_can_be_left_out_and_an_unknown_one_is_refused() -> None:
    sweeps, _ = choose_plugins(Wishes(("10.0.0.0/24",), without=("mdns-sweep",)))
    assert "mdns-sweep" not in {sweep.name for sweep in sweeps}
    with pytest.raises(UsageError, match="no sweep or probe is called 'nosuch'"):
        choose_plugins(Wishes(("10.0.0.0/24",), without=("nosuch",)))


NO_SWEEPS = tuple(sweep.name for sweep in assembly.load_plugins()[0])
RUN = RunInfo("r1", "0.1.0", 1.0, None, "", "gentle", ("lo",), ("127.9.0.1/32",), ("127.9.0.2/32",), "the auditor")


def interrupted(folder: Path) -> Record:
    with RecordWriter(folder / "record.jsonl") as record:
        record.write_run(RUN)
    return read_record(folder / "record.jsonl")


async def sense(wishes: Wishes, path: Path, **clocks: object) -> Record:
    """A run over one loopback address where nobody is, without sweeps."""
    progress = PlainProgress(1)
    await sense_job(prepare(replace(wishes, without=NO_SWEEPS)), path, progress, **clocks)  # type: ignore[arg-type]
    return read_record(path)


async def test_a_clock_that_is_set_during_a_run_is_said_and_leaves_the_run_complete(tmp_path: Path) -> None:
    calls = itertools.count()

    def clock() -> float:
        return time.time() + (3600 if next(calls) > 3 else 0)

    record = await sense(Wishes(("127.9.0.1",), pace="lab"), tmp_path / "record.jsonl", clock=clock)
    assert [note.text[:28] for note in record.notes if note.subject == "clock"] == ["the clock stepped by +3600 s"]
    assert record.ended is not None
    assert record.ended.how == "done"


async def test_a_steady_clock_is_not_mentioned(tmp_path: Path) -> None:
    record = await sense(Wishes(("127.9.0.1",), pace="lab"), tmp_path / "record.jsonl")
    assert not {"clock", "run"} & {note.subject for note in record.notes}


def test_what_is_not_wished_anew_is_as_in_the_interrupted_run(tmp_path: Path) -> None:
    wishes = inherit(Wishes((), pace="", resume=tmp_path), interrupted(tmp_path))
    assert (wishes.scope, wishes.excluded, wishes.interfaces) == (("127.9.0.1/32",), ("127.9.0.2/32",), ("lo",))
    assert (wishes.pace, wishes.authorised_by) == ("gentle", "the auditor")


def test_what_is_wished_anew_holds(tmp_path: Path) -> None:
    wishes = Wishes((), ("eth9",), (), "fast", authorised_by="another", resume=tmp_path)
    new = inherit(wishes, interrupted(tmp_path))
    assert (new.interfaces, new.pace, new.authorised_by) == (("eth9",), "fast", "another")


def test_another_scope_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    interrupted(tmp_path)
    with pytest.raises(UsageError, match="is a run over"):
        prepare(Wishes(("127.9.0.0/30",), resume=tmp_path))


async def test_a_run_without_a_record_to_write_asks_nobody(tmp_path: Path) -> None:
    (tmp_path / "record.jsonl").touch()
    with pytest.raises(RecordError, match="exists already"):
        await sense(Wishes(("127.9.0.1",), pace="lab"), tmp_path / "record.jsonl")


async def test_an_interrupted_run_over_loopback_goes_on(tmp_path: Path) -> None:
    interrupted(tmp_path)
    record = await sense(Wishes((), pace="lab", resume=tmp_path), tmp_path / "new.jsonl")
    assert record.run.scope == ("127.9.0.1/32",)
    assert "resumed" in {note.subject for note in record.notes}
    assert record.ended is not None
    assert record.ended.how == "done"


async def test_an_overflowing_neighbour_table_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = iter((5, 12))
    monkeypatch.setattr(assembly, "count_overflows", lambda: next(counts))
    record = await sense(Wishes(("127.9.0.1",), pace="lab"), tmp_path / "record.jsonl")
    said = [note.text for note in record.notes if note.subject == "neighbour table"]
    assert [text[:72] for text in said] == ["the neighbour table of this machine overflowed 7 times during the run, b"]


LIBRARY: Library = load_library()

TELLING = [
    Observation(*rule.field.split(".", 1), example.value, "10.0.0.5", 80, request=f"GET /{rule.id}", digest=rule.id)
    for rule in LIBRARY.fingerprints
    if rule.maker in ("hikvision", "dahua") and rule.field != "http.distinct-answer"
    for example in rule.examples[:1]
]
PATHS = ["/ISAPI/System/deviceInfo", "/cgi-bin/magicBox.cgi?action=getMachineName"]
ANSWERS = [
    Observation("http", "answer", f"{status} {path}", "10.0.0.5", 80, request=request, digest=f"{status}{path}")
    for status in (200, 401, 404)
    for path, request in (*((path, f"GET {path}") for path in PATHS), ("/camcensus-control-path", CONTROL_REQUEST))
]


@given(st.lists(st.lists(st.sampled_from([*TELLING, *ANSWERS]), max_size=4), max_size=5))
def test_heard_bit_by_bit_the_answer_is_that_to_the_whole(pieces: list[list[Observation]]) -> None:
    decide = Decider(LIBRARY)
    held: dict[Observation, None] = {}
    for piece in pieces:
        new = [seen for seen in dict.fromkeys(piece) if seen not in held]
        held.update(dict.fromkeys(new))
        matches = match_observations(add_together(list(held)), LIBRARY)
        assert decide(new) == is_settled(matches, LIBRARY.weights)
