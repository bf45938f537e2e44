"""What is new to a reader of the earlier report: by hardware and list, never by address, never by a key many share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reports import RenderOptions, to_json
from scanner import baseline as module
from scanner.baseline import make_baseline, only_new, read_baseline
from scanner.exits import Exit, UsageError, choose_exit
from scanner.model import (
    Addresses,
    Coverage,
    Device,
    Finding,
    Identity,
    Ledger,
    Report,
    RunInfo,
    Standing,
    Status,
    replace,
)

RUN = RunInfo("r", "0", 0.0, None, "", "", (), (), (), "")
WHOLE = Coverage(complete=True, sealed=True, asked=1, answered=1, silent=0, excluded=0, failed=0)


def finding(status: Status, policy: str = "l") -> Finding:
    return Finding(policy, "", status, "", "", None, "none", None, "")


def device(
    name: str, *statuses: Status, serial: str | None = None, mac: str | None = None, address: str = "10.0.0.5"
) -> Device:
    who = Identity("dahua", None, "m", None, serial, "camera", Standing.IDENTIFIED, 0.98)
    findings = tuple(finding(status, f"list-{n}") for n, status in enumerate(statuses))
    overall = statuses[0] if statuses else Status.UNDETERMINED
    return Device(name, Addresses((address,), (), (mac,) if mac else ()), who, overall, findings, Ledger())


def report(*devices: Device, complete: bool = True) -> Report:
    counts = {status.value: sum(d.status is status for d in devices) for status in Status}
    return Report(RUN, replace(WHOLE, complete=complete), devices, (), "f", counts)


def new(before: tuple[Device, ...], after: tuple[Device, ...]) -> list[str]:
    return [d.id for d in only_new(report(*after), make_baseline(before)).devices]


C, S, U, N = Status.COVERED, Status.SUSPECTED, Status.UNDETERMINED, Status.NOT_COVERED


def test_the_form_read_is_the_form_written() -> None:
    assert module.SCHEMA == to_json.SCHEMA


@pytest.mark.parametrize(
    ("before", "after", "news"), [(C, C, False), (C, S, False), (S, C, True), (U, S, True), (N, U, True), (N, N, False)]
)
def test_only_what_is_graver_than_told_is_new(before: Status, after: Status, news: bool) -> None:
    assert new((device("a", before, serial="S1"),), (device("a", after, serial="S1"),)) == (["a"] if news else [])


def test_a_device_is_known_at_another_address_and_under_another_id() -> None:
    before = device("ip-10.0.0.5", C, serial="S1", mac="02:00:00:00:00:01")
    for after in (
        device("x", C, serial="s1 ", address="10.0.0.99"),
        device("y", C, mac="02:00:00:00:00:01", address="10.0.0.98"),
    ):
        assert new((before,), (after,)) == []
    assert new((before,), (device("z", C, serial="S2", mac="02:00:00:00:00:02"),)) == ["z"], (
        "another unit, same address"
    )


def test_a_key_that_several_devices_have_names_nobody() -> None:
    zeros = [device(f"d{n}", C, serial="000000", mac=f"02:00:00:00:00:0{n}") for n in range(4)]
    assert new((zeros[0], zeros[1]), (zeros[0], zeros[1], zeros[2])) == ["d2"]
    assert new((zeros[0],), (zeros[0], zeros[3])) == ["d3"], "shared in the later run only"
    bare = [device(f"b{n}", C, serial="000000") for n in range(2)]
    assert new((bare[0], bare[1]), (bare[0], bare[1])) == [], (
        "told apart by the report's ids where nothing else is left"
    )


def test_each_list_is_judged_for_itself() -> None:
    held = only_new(report(device("a", C, S, serial="S1")), make_baseline([device("a", C, serial="S1")]))
    assert [f.list for f in held.devices[0].findings] == ["list-1"]
    assert held.devices[0].status is S
    assert held.counts == {"covered": 0, "suspected": 1, "not_covered": 0, "undetermined": 0}


def test_without_a_list_the_device_itself_is_known_or_new() -> None:
    assert new((device("a"),), (device("a"), device("b"))) == ["b"]


def test_what_could_not_be_seen_is_never_old() -> None:
    held = only_new(report(device("a", C, serial="S1"), complete=False), make_baseline([device("a", C, serial="S1")]))
    assert held.devices == ()
    assert choose_exit(held) is Exit.UNCERTAIN


def test_a_written_report_is_read_as_it_was_told(tmp_path: Path) -> None:
    earlier = report(device("a", C, N, serial="S1", mac="02:00:00:00:00:01"), device("b", S))
    (tmp_path / "report.json").write_text(to_json.render(earlier, RenderOptions()))
    assert read_baseline(tmp_path) == read_baseline(tmp_path / "report.json") == make_baseline(earlier.devices)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "is no camcensus"),
        ('{"schema": "camcensus.paper/1"}', "is no camcensus"),
        ('{"schema": "camcensus.report/1"}', "damaged"),
        ('{"schema": "camcensus.report/1", "devices": [{"id": 1}]}', "damaged"),
        ('{"schema": "camcensus.report/1", "devices": [1]}', "damaged"),
    ],
)
def test_what_is_no_report_is_refused_with_advice(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=why) as refused:
        read_baseline(path)
    assert "give the report.json of an earlier run" in str(refused.value)


def test_a_wrong_status_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    held = json.loads(to_json.render(report(device("a", C)), RenderOptions()))
    held["devices"][0]["status"] = "guilty"
    path.write_text(json.dumps(held))
    with pytest.raises(UsageError, match="damaged"):
        read_baseline(path)


def test_a_missing_or_huge_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_baseline(tmp_path)
    (tmp_path / "report.json").write_text("{}")
    monkeypatch.setattr(module, "LARGEST", 1)
    with pytest.raises(UsageError, match="too many"):
        read_baseline(tmp_path)
