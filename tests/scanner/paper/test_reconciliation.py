"""Pins the three answers of a comparison with a run, and that what cannot show is never called missing."""

from __future__ import annotations

from datetime import date

import pytest

from scanner.model import Addresses, Device, Identity, Ledger, Standing, Status, replace
from scanner.paper import reconciliation
from scanner.paper.check import check_list
from scanner.paper.knowledge import load_knowledge
from scanner.paper.reconciliation import Presence, Reconciliation, same_model
from scanner.policy_files import load_policies

KNOWN = load_knowledge()
POLICIES = load_policies(makers=KNOWN.makers)


def device(
    name: str,
    maker: str | None = "dahua",
    model: str | None = None,
    *,
    kind: str | None = "camera",
    serial: str | None = None,
    status: Status = Status.COVERED,
) -> Device:
    who = Identity(maker, None, model, None, serial, kind, Standing.IDENTIFIED, 0.9)
    return Device(name, Addresses(("10.0.0.1",), (), ("90:02:a9:00:00:01",)), who, status, (), Ledger())


def compare(rows: str, *devices: Device) -> Reconciliation:
    data = ("Description;Brand;Model;Qty;Serial;MAC;IP\n" + rows).encode()
    found = check_list(data, "t.csv", POLICIES, KNOWN, date(2026, 11, 23), devices=devices).reconciliation
    assert found is not None
    return found


def test_found_partly_found_and_not_found() -> None:
    found = compare(
        "Cam;Dahua;IPC-HFW1230S;2\nCam;Dahua;IPC-HDW1431S;3\nNVR;Dahua;NVR4108HS;1\n",
        device("a", model="DH-IPC-HFW1230S-S5"),
        device("b", model="IPC-HFW1230S"),
        device("c", model="IPC-HDW1431S-S4"),
    )
    assert [(line.presence, line.devices, line.how) for line in found.lines] == [
        (Presence.FOUND, ("a", "b"), "model"),
        (Presence.PARTLY, ("c",), "model"),
        (Presence.NOT_FOUND, (), ""),
    ]
    assert found.lines[1].sentence == "1 of 3 found, matched by model, 2 not found."
    assert "None of 1 found" in found.lines[2].sentence
    assert found.unlisted == ()


def test_another_unit_at_the_address_of_a_row_with_a_mac_is_not_that_unit() -> None:
    other, unseen = device("other"), device("unseen")
    unseen = replace(unseen, addresses=Addresses(("10.0.0.1",)))
    row = "Camera;Dahua;;1;;90:02:a9:00:00:77;10.0.0.1\n"
    assert compare(row, replace(other, identity=replace(other.identity, maker="axis"))).lines[0].devices == ()
    (line,) = compare(row, unseen).lines
    assert (line.devices, line.how) == (("unseen",), "address")


def test_a_row_is_held_against_the_devices_alone_that_it_may_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of thousands of rows against thousands of devices would take minutes otherwise."""
    asked: list[tuple[str, str]] = []

    def counting(paper: str, found: str) -> bool:
        asked.append((paper, found))
        return same_model(paper, found)

    monkeypatch.setattr(reconciliation, "same_model", counting)
    rows = "".join(f"Cam;Dahua;A{n:02}-1230S;1\n" for n in range(30))
    found = compare(rows, *(device(f"{n}", model=f"DH-A{n:02}-1230S") for n in range(30)))
    assert {line.presence for line in found.lines} == {Presence.FOUND}
    assert len(asked) == 30


def test_what_has_no_address_is_never_called_missing() -> None:
    found = compare(
        "Cam;Dahua;DH-HAC-HFW1200R;150\nHard disk;Dahua;;30\nCable;;;9000\n", device("a", model="DH-HAC-HFW1200R")
    )
    assert [line.presence for line in found.lines] == [Presence.NEVER, Presence.NO_DEVICE, Presence.NO_DEVICE]
    assert found.lines[0].devices == ()
    assert "can never be found on the network" in found.lines[0].sentence
    assert found.unlisted == ("a",)


@pytest.mark.parametrize(
    ("cells", "how"),
    [(";90:02:A9:00:00:01;", "mac"), ("4D0000A;;", "serial"), (";;10.0.0.1", "address")],
)
def test_identifiers_come_before_model_names(cells: str, how: str) -> None:
    found = compare(
        f"Cam;Dahua;IPC-HFW1230S;1;;;\nCam;Dahua;IPC-HFW1230S;1;{cells}\n",
        device("a", model="IPC-HFW1230S", serial="DH4D0000A"),
    )
    assert [(line.devices, line.how) for line in found.lines] == [((), ""), (("a",), how)]


def test_without_a_model_maker_and_kind_are_compared() -> None:
    found = compare("Recorder;Dahua;;2\n", device("a", kind="camera"), device("b", kind="recorder"))
    assert [(line.devices, line.how) for line in found.lines] == [(("b",), "maker and kind")]
    assert found.unlisted == ("a",)


def test_a_row_without_a_number_takes_all_and_says_so() -> None:
    found = compare("Cam;Dahua;IPC-HFW1230S;\n", device("a", model="IPC-HFW1230S"), device("b", model="IPC-HFW1230S"))
    assert found.lines[0].devices == ("a", "b")
    assert "gives no number" in found.lines[0].sentence


def test_found_and_not_on_paper_counts_cameras_and_listed_makers_apart_from_others() -> None:
    found = compare(
        "Cam;Dahua;IPC-HFW1230S;1\n",
        device("cam", "axis", "P3245", status=Status.NOT_COVERED),
        device("router", "huawei", kind="router"),
        device("printer", "hp", kind="printer", status=Status.NOT_COVERED),
    )
    assert found.unlisted == ("cam", "router")
    assert found.others == 1


def test_a_device_that_shows_another_maker_is_a_quarrel() -> None:
    found = compare("Cam;Axis;P3245-LVE;1;;;10.0.0.1\n", device("a", "hikvision", "DS-2CD2032-I"))
    assert "The list says axis, the device itself shows hikvision" in found.lines[0].sentence


@pytest.mark.parametrize(
    ("paper", "seen", "same"),
    [
        ("IPC-HFW1230S", "DH-IPC-HFW1230S-S5", True),
        ("DHI-NVR4108HS-8P", "NVR4108HS-8P", True),
        ("DS-2CD2032-I 4mm", "DS-2CD2032-I", True),
        ("Hikvision DS-2CD2032-I", "ds-2cd2032-i", True),
        ("DS-2CD2032", "DS-2CD2032-I", True),
        ("DS-2CD203", "DS-2CD2032-I", False),
        ("DS-2", "DS-2-X", False),
        ("IPC-HFW1230S", "IPC-HFW1230T", False),
        ("Dome", "Dome", False),
    ],
)
def test_same_model(paper: str, seen: str, same: bool) -> None:
    assert same_model(paper, seen) is same
    assert same_model(seen, paper) is same
