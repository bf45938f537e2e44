"""Pins the forms of an answer: data that survives JSON, one CSV row per row, and lines that leave nothing out."""

from __future__ import annotations

import json
from datetime import date

from scanner.model import Addresses, Device, Identity, Ledger, Standing, Status
from scanner.paper.answers import ROW_COLUMNS, SCHEMA, as_data, as_lines, as_rows
from scanner.paper.check import PaperList, check_list
from scanner.paper.knowledge import load_knowledge
from scanner.policy_files import load_policies

KNOWN = load_knowledge()
LIST = b"""Description;Brand;Model;Qty;Date
Bullet camera;Dahua;DH-HAC-HFW1200R;150;2019-11-20
Dome camera;Dahua;IPC-HDBW1230E;2;2019-11-20
Hard disk;Dahua;;30;
Total;;;182;
"""


def make(*devices: Device, compare: bool = True) -> PaperList:
    return check_list(
        LIST,
        "t.csv",
        load_policies(makers=KNOWN.makers),
        KNOWN,
        date(2026, 11, 23),
        devices=devices if compare else None,
    )


def camera(name: str, model: str) -> Device:
    who = Identity("dahua", None, model, None, None, "camera", Standing.IDENTIFIED, 0.9)
    return Device(name, Addresses(), who, Status.COVERED, (), Ledger())


def test_data_survives_json_and_holds_every_answer() -> None:
    data = json.loads(json.dumps(as_data(make(camera("a", "IPC-HDBW1230E"), camera("z", "IPC-HFW5442E")))))
    assert data["schema"] == SCHEMA
    assert [(row["row"], row["status"], row["visible_on_a_network"]) for row in data["rows"]] == [
        (2, "covered", False), (3, "covered", True), (4, "not_covered", False),
    ]  # fmt: skip
    assert data["rows"][0]["findings"][0]["since"] == "2018-08-13"
    assert data["counts"] == {"covered": 2, "suspected": 0, "not_covered": 1, "undetermined": 0}
    assert data["skipped"] == [{"table": "t.csv", "row": 5, "why": "a line of totals"}]
    assert [row["presence"] for row in data["reconciliation"]["rows"]] == [
        "cannot be found", "partly found", "no network device",
    ]  # fmt: skip
    assert data["reconciliation"]["found_and_not_on_paper"] == ["z"]
    assert "reconciliation" not in as_data(make(compare=False))


def test_rows_have_every_column_filled_with_text() -> None:
    rows = list(as_rows(make(compare=False)))
    assert len(rows) == 3
    assert all(len(row) == len(ROW_COLUMNS) and all(isinstance(cell, str) for cell in row) for row in rows)
    assert dict(zip(ROW_COLUMNS, rows[0], strict=True))["lists"] == "us-ndaa-889: covered"


def test_lines_tell_the_guess_the_whole_and_what_was_not_judged() -> None:
    text = "\n".join(as_lines(make(camera("z", "IPC-HFW5442E"))))
    for part in (
        "brand: column 2, by its header 'Brand'",
        "150 coaxial cameras on paper can never be found on the network",
        "row 2: covered: 150 × Dahua DH-HAC-HFW1200R (camera)",
        "row 4: not covered: 30 × Dahua Hard disk (storage)",
        "Not judged: 1 row\n  t.csv, row 5: a line of totals",
        "not found: 1 row",
        "found and not on paper: 1 device\n    dahua IPC-HFW5442E at z",
    ):
        assert part in text


def test_a_list_without_findings_says_so() -> None:
    silent = load_policies(["xk-sanctions-law"], KNOWN.makers)
    paper = check_list(LIST, "t.csv", silent, KNOWN, date(2026, 11, 23))
    assert "No list that makes findings was chosen." in "\n".join(as_lines(paper))
    assert paper.counts == {Status.UNDETERMINED: 3}


def test_an_open_row_says_what_would_settle_it_and_what_to_check() -> None:
    policies = load_policies(["us-bis-entity-list", "us-ndaa-889"], KNOWN.makers)
    data = b"Brand,Model,Description\nDahua,,Hard disk 4TB\n"
    text = "\n".join(as_lines(check_list(data, "t.csv", policies, KNOWN, date(2026, 11, 23))))
    assert "What would change this: Proof that it is a camera" in text
    assert "Check by hand: Read the label and the model plate" in text
    assert "Other lists: us-ndaa-889: not covered" in text


def test_a_list_without_a_row_to_judge_says_so() -> None:
    policies = load_policies(["us-ndaa-889"], KNOWN.makers)
    lines = as_lines(check_list(b"Brand,Model\n", "t.csv", policies, KNOWN, date(2026, 11, 23)))
    assert "No row that could be judged was found." in lines
