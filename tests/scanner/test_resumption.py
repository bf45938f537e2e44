"""What an interrupted record leaves to the run that goes on with it, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.engine import DECIDED_ALREADY
from scanner.exits import UsageError
from scanner.model import Attempt, Note, Observation, Outcome, RunInfo, SweepResult, replace
from scanner.record import Record, read_record
from scanner.record_line import Value, digest_of
from scanner.record_writer import RecordWriter
from scanner.resumption import check_resumable, check_same_scope, describe, is_done, replay, take_up
from scanner.temper import MUTE, REFUSAL_STOP

RUN = RunInfo(
    "r1", "0.1.0", 1.0, None, "camcensus scan", "normal", ("eth0", "eth1"), ("10.0.0.0/24",), (), "the auditor"
)
HOST = "10.0.0.5"
PAGE = b"HTTP/1.1 200 OK\r\n\r\nhello"
REFUSAL = b"HTTP/1.1 401 Unauthorized\r\n\r\n"
LOCKED = b"HTTP/1.1 423 Locked\r\n\r\n"

Write = Callable[..., Record]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a record of these values and raw bytes that nobody closed, and read it back."""

    def make(*values: Value, raw: tuple[bytes, ...] = (), run: RunInfo = RUN, how: str = "") -> Record:
        path = tmp_path / "record.jsonl"
        path.unlink(missing_ok=True)
        with RecordWriter(path) as record:
            record.write_run(run)
            for data in raw:
                record.write_raw(data)
            for value in values:
                record.write(value)
            if how:
                record.close(9.0, how)
        return read_record(path)

    return make


def swept(name: str, interface: str, outcome: Outcome = Outcome.ANSWERED) -> SweepResult:
    return SweepResult(name, interface, outcome)


def tried(by: str, port: int | None = 80, outcome: Outcome = Outcome.ANSWERED, detail: str = "") -> Attempt:
    return Attempt(by, HOST, port, outcome, detail)


def told(data: bytes, request: str = "GET /", by: str = "http-banner", name: str = "http.raw") -> Observation:
    protocol, _, field = name.partition(".")
    return Observation(protocol, field, data.decode(), HOST, 80, request=request, at=5.0, by=by, digest=digest_of(data))


@pytest.mark.parametrize(
    ("ended", "interfaces", "done"),
    [
        ({"eth0", "eth1"}, ("eth0", "eth1"), True),
        ({"eth0"}, ("eth0", "eth1"), False),
        ({"eth0", "eth1"}, ("eth0",), True),
        (set(), (), False),
        (set(), ("eth0",), False),
        ({""}, ("eth0", "eth1"), True),
    ],
)
def test_a_sweep_is_done_when_it_ended_everywhere(ended: set[str], interfaces: tuple[str, ...], done: bool) -> None:
    assert is_done(frozenset(ended), interfaces) is done


def test_unfinished_broken_and_skipped_sweeps_are_done_again(write: Write) -> None:
    record = write(
        swept("arp", "eth0"), swept("arp", "eth1", Outcome.SILENT), swept("sadp", "eth0"),
        swept("wsd", "eth0", Outcome.BROKEN), swept("wsd", "eth1"), swept("listen", "eth0", Outcome.SKIPPED),
    )  # fmt: skip
    earlier = take_up(record, ["arp", "sadp", "wsd", "listen"], ["eth0", "eth1"])
    assert earlier.known.sweeps == {"arp"}
    assert earlier.done == {"arp": {"eth0", "eth1"}, "sadp": {"eth0"}, "wsd": {"eth1"}}


@pytest.mark.parametrize(
    ("attempt", "asked_again"),
    [
        (tried("http-banner"), False),
        (tried("http-banner", outcome=Outcome.SILENT), False),
        (tried("http-banner", outcome=Outcome.REFUSED), False),
        (tried("http-banner", outcome=Outcome.GARBLED), False),
        (tried("http-banner", outcome=Outcome.BROKEN), True),
        (tried("http-banner", outcome=Outcome.SKIPPED, detail="nmap could not be run"), True),
        (tried("http-banner", outcome=Outcome.SKIPPED, detail=DECIDED_ALREADY), False),
    ],
)
def test_what_was_asked_is_not_asked_again(attempt: Attempt, asked_again: bool, write: Write) -> None:
    known = take_up(write(attempt), [], []).known
    assert (("http-banner", HOST, 80) not in known.probed) is asked_again


def test_knocks_are_kept_in_their_order_and_failed_ones_are_not(write: Write) -> None:
    earlier = take_up(
        write(
            tried("port-sweep", 554, Outcome.SILENT), tried("port-sweep", 80), tried("port-sweep", 81, Outcome.BROKEN),
            tried("port-sweep", 554),
        ),
        [],
        [],
    )  # fmt: skip
    assert earlier.knocks == {(HOST, 554): (Outcome.SILENT, Outcome.ANSWERED), (HOST, 80): (Outcome.ANSWERED,)}
    assert earlier.known.probed == frozenset()


@pytest.mark.parametrize(
    ("attempts", "enough"),
    [
        ([tried("port-sweep", 80), tried("port-sweep", 554)], {}),
        ([tried("port-sweep", 80), tried("port-sweep", 8000, Outcome.SILENT)], {HOST: False}),
        ([tried("port-sweep", None, Outcome.SKIPPED, f"further ports: {DECIDED_ALREADY}")], {HOST: True}),
    ],
)
def test_whether_the_first_ports_were_enough_is_not_asked_anew(
    attempts: list[Attempt], enough: dict[str, bool], write: Write
) -> None:
    """With what was heard since, the answer might be another, and half of the ports would stay closed."""
    assert take_up(write(*attempts), [], []).known.enough == enough


def test_addresses_that_answered_are_known_by_interface(write: Write) -> None:
    def owner(address: str, interface: str, by: str = "arp-sweep", scope: str = "in") -> Observation:
        return Observation("mac", "mac", "a", address, interface=interface, by=by, scope=scope)

    earlier = take_up(
        write(
            owner("10.0.0.5", "eth0"), owner("10.0.0.6", "eth1"), owner("10.0.0.7", "eth0", by="link-listen"),
            owner("192.168.1.64", "eth0", scope="off"),
        ),
        [],
        [],
    )  # fmt: skip
    assert earlier.resolved == {"eth0": {"10.0.0.5"}, "eth1": {"10.0.0.6"}}


def test_only_a_probe_that_was_cut_is_given_its_answers_back(write: Write) -> None:
    page, other = told(PAGE), told(REFUSAL, "GET /ISAPI", by="http-maker-paths")
    earlier = take_up(write(page, other, tried("http-banner"), raw=(PAGE, REFUSAL)), [], [])
    assert {key: answer.received for key, answer in earlier.answers.items()} == {(HOST, 80, "GET /ISAPI"): REFUSAL}
    assert earlier.answers[HOST, 80, "GET /ISAPI"].at == 5.0


def test_an_icon_is_no_whole_answer(write: Write) -> None:
    icon = told(PAGE, "GET /favicon.ico", name="favicon.md5")
    assert take_up(write(icon, raw=(PAGE,)), [], []).answers == {}


def test_a_host_that_was_left_alone_stays_left_alone(write: Write) -> None:
    stopped = "not asked further: it reset 3 connections"
    earlier = take_up(write(tried("rtsp-banner", 554, Outcome.SKIPPED, stopped)), [], [])
    assert earlier.tempers[HOST].stopped == stopped


def test_a_host_that_said_locked_is_left_alone_though_nothing_was_skipped_yet(write: Write) -> None:
    earlier = take_up(write(told(LOCKED), raw=(LOCKED,)), [], [])
    assert "locked" in earlier.tempers[HOST].stopped


def test_refusals_of_both_runs_count_together(write: Write) -> None:
    refused = [told(REFUSAL, f"GET /{number}") for number in range(REFUSAL_STOP - 1)]
    temper = take_up(write(*refused, raw=(REFUSAL,)), [], []).tempers[HOST]
    assert temper.stopped == ""
    temper.recall(REFUSAL)
    assert temper.stopped


def test_a_port_that_was_mute_to_http_stays_so(write: Write) -> None:
    silent = tried("http-banner", 8000, Outcome.SILENT, MUTE)
    once = tried("http-banner", 80, Outcome.ANSWERED, MUTE)  # its first page was answered
    assert take_up(write(silent, once), [], []).tempers[HOST].mute == {8000}


def test_a_healthy_host_has_nothing_to_remember(write: Write) -> None:
    assert take_up(write(told(PAGE), tried("http-banner"), raw=(PAGE,)), [], []).tempers == {}


def test_the_new_record_stands_for_itself(write: Write, tmp_path: Path) -> None:
    """It holds what was heard and asked, and nothing that will be told a second time."""
    kept = (told(PAGE), tried("http-banner"), swept("arp", "eth0"), Note(HOST, "slow"))
    left = (
        tried("rtsp-banner", 554, Outcome.BROKEN), tried("x", 1, Outcome.SKIPPED), swept("wsd", "eth0", Outcome.BROKEN),
        Note("run", "out of file handles (2 times)"), Note("scope", "10.0.0.0/24 is behind a router"),
    )  # fmt: skip
    record = write(*kept, *left, raw=(PAGE,))
    with RecordWriter(tmp_path / "new.jsonl") as writer:
        writer.write_run(RUN)
        replay(record, take_up(record, ["arp", "wsd"], ["eth0"]), writer)
        writer.close(9.0)
    new = read_record(tmp_path / "new.jsonl")
    assert (*new.observations, *new.attempts, *new.sweeps, *new.notes) == kept
    assert set(new.raw) == {digest_of(PAGE)}
    assert new.sealed


def test_the_reader_is_told_where_the_rest_comes_from(write: Write) -> None:
    note = describe(write(told(PAGE), tried("http-banner"), raw=(PAGE,)), 7.0)
    assert note == Note(
        "resumed",
        "goes on with run r1 of 1970-01-01 00:00:01 UTC, which was broken off without a seal: 1 observations and "
        "1 attempts were taken over",
        7.0,
    )


def test_a_complete_record_is_refused(write: Write) -> None:
    with pytest.raises(UsageError, match="is complete: there is nothing to go on with"):
        check_resumable(write(how="done"))


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        (swept("sadp-sweep", "eth0", Outcome.BROKEN), True),
        (tried("http-banner", outcome=Outcome.BROKEN), True),
        (swept("sadp-sweep", "eth0", Outcome.SKIPPED), False),
        (tried("http-banner", outcome=Outcome.SILENT), False),
    ],
)
def test_a_run_to_its_end_is_taken_where_our_own_side_had_failed(write: Write, value: Value, taken: bool) -> None:
    """A cable was pulled out, and is in again."""
    record = write(value, how="done")
    if taken:
        check_resumable(record)
    else:
        with pytest.raises(UsageError, match="is complete"):
            check_resumable(record)


@pytest.mark.parametrize("how", ["", "interrupted", "broken"])
def test_an_incomplete_record_is_taken(write: Write, how: str) -> None:
    check_resumable(write(how=how))


def test_an_imported_record_is_refused(write: Write) -> None:
    with pytest.raises(UsageError, match="was imported, not scanned"):
        check_resumable(write(run=replace(RUN, source="import")))


def test_another_scope_is_refused(write: Write) -> None:
    record = write()
    check_same_scope(record, ["10.0.0.0/24"], [])
    with pytest.raises(UsageError, match=r"is a run over 10\.0\.0\.0/24, not over 10\.0\.1\.0/24"):
        check_same_scope(record, ["10.0.1.0/24"], [])
    with pytest.raises(UsageError, match=r"excluded nothing, and now 10\.0\.0\.7/32 is to be"):
        check_same_scope(record, ["10.0.0.0/24"], ["10.0.0.7/32"])
