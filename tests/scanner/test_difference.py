"""Differences between runs, with their reasons."""

from __future__ import annotations

from scanner.difference import Change, compare
from scanner.model import (
    Addresses,
    Coverage,
    Device,
    Identity,
    Ledger,
    PolicyInfo,
    Report,
    RunInfo,
    Standing,
    Status,
    replace,
)
from scanner.told import Told, ToldDevice

RUN = RunInfo("r", "0", 0.0, None, "", "", (), (), (), "")
POLICY = PolicyInfo("us-ndaa-889", "t", "i", "k", "r", "2026-11-23", "")


def device(
    name: str, status: Status = Status.COVERED, address: str = "10.0.0.5", maker: str | None = "dahua"
) -> Device:
    identity = Identity(maker, None, "m", None, None, "camera", Standing.IDENTIFIED, 0.98)
    return Device(name, Addresses((address,)), identity, status, (), Ledger())


def report(*devices: Device, complete: bool = True, fingerprints: str = "f") -> Report:
    counts = {status.value: sum(d.status is status for d in devices) for status in Status}
    return Report(RUN, Coverage(complete, True, 1, 1, 0, 0, 0), devices, (POLICY,), fingerprints, counts)


def with_card(name: str, card: str, serial: str | None = None) -> Device:
    made = device(name)
    return replace(
        made, addresses=Addresses(("10.0.0.5",), (), (card,)), identity=replace(made.identity, serial=serial)
    )


def kinds(before: Report, after: Report, *earlier: Report) -> list[tuple[Change, str]]:
    return [(item.change, item.device) for item in compare(before, after, earlier)]


def test_equal_runs_do_not_differ() -> None:
    assert compare(report(device("a")), report(device("a"))) == ()


def test_appeared_gone_and_came_back_are_three_things() -> None:
    before, after = report(device("a")), report(device("b"), device("c"))
    assert kinds(before, after, report(device("c"))) == [
        (Change.APPEARED, "b"), (Change.GONE, "a"), (Change.CAME_BACK, "c"),
    ]  # fmt: skip


def test_a_device_missing_from_an_incomplete_run_is_not_said_to_be_gone_for_sure() -> None:
    (item,) = compare(report(device("a")), report(complete=False))
    assert item.reasons == ("this run was incomplete: it may be there unseen",)


def test_a_status_change_names_what_changed_in_the_device() -> None:
    (item,) = compare(report(device("a", Status.UNDETERMINED, maker=None)), report(device("a")))
    assert item.change is Change.STATUS
    assert item.reasons == ("the device changed: maker: unknown became dahua",)


def test_a_status_change_names_new_fingerprints_and_a_new_copy_of_the_list() -> None:
    before = report(device("a", Status.NOT_COVERED))
    after = replace(report(device("a"), fingerprints="g"), policies=(replace(POLICY, copy_date="2027-01-01"),))
    (item,) = compare(before, after)
    assert item.reasons == (
        "the two runs were judged with different fingerprints",
        "list us-ndaa-889: the copy of 2026-11-23 became that of 2027-01-01",
    )


def test_a_new_address_is_a_move_and_not_a_new_device() -> None:
    (item,) = compare(report(device("a")), report(device("a", address="10.0.0.9")))
    assert (item.change, item.reasons) == (Change.MOVED, ("10.0.0.5 became 10.0.0.9",))


def test_one_card_under_another_id_is_the_same_device() -> None:
    card = "02:00:00:00:00:01"
    before, after = report(with_card("by-serial", card, "S1")), report(with_card("by-card", card))
    (item,) = compare(before, after)
    assert (item.change, item.reasons) == (Change.DETAILS, ("the device changed: serial: S1 became unknown",))
    assert kinds(report(), after, before) == [(Change.CAME_BACK, "by-card")]


def test_a_card_that_two_devices_have_unites_nothing() -> None:
    card = "02:00:00:00:00:01"
    before = report(with_card("a", card))
    after = report(with_card("b", card), with_card("c", card))
    assert kinds(before, after) == [(Change.APPEARED, "b"), (Change.APPEARED, "c"), (Change.GONE, "a")]


def told(status: Status, **other: object) -> Told:
    was = ToldDevice(status, "dahua", "identified", frozenset({"r1"}), {"us-ndaa-889": status})
    plain: dict[str, object] = {
        "run": "r", "version": "0", "fingerprints": "f", "as_of": "", "copies": {"us-ndaa-889": "2026-11-23"},
        "devices": {"a": was},
    }  # fmt: skip
    return Told(**{**plain, **other})  # type: ignore[arg-type]


def test_what_was_told_then_and_is_known_now_is_a_change_of_the_rules_not_of_the_device() -> None:
    run = report(device("a"))
    (item,) = compare(run, run, told=told(Status.NOT_COVERED, copies={"us-ndaa-889": "2018-01-01"}))
    assert item.change is Change.STATUS
    assert item.before is not None
    assert item.before.status is Status.NOT_COVERED
    assert item.reasons == ("a list changed: us-ndaa-889, whose copy of 2018-01-01 became that of 2026-11-23",)
    assert compare(run, run, told=told(Status.COVERED)) == ()


def test_a_device_that_changed_since_it_was_told_of_is_a_change_of_the_device() -> None:
    (item,) = compare(
        report(device("a", Status.UNDETERMINED, maker=None)), report(device("a")), told=told(Status.UNDETERMINED)
    )
    assert item.reasons == ("the device changed: maker: unknown became dahua",)
