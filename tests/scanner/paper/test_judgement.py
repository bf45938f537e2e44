"""Pins what follows from a brand and a model name on paper, and how far a name on paper goes."""

from __future__ import annotations

from datetime import date

import pytest

from scanner.makers_file import load_makers
from scanner.model import Standing, Status
from scanner.paper.columns import guess_columns
from scanner.paper.csv_table import read_csv
from scanner.paper.entries import Entry, read_entries
from scanner.paper.judgement import NEVER_SEEN, PaperRow, judge_entry
from scanner.paper.knowledge import load_knowledge
from scanner.policy_files import load_policies

KNOWN = load_knowledge(load_makers())
TODAY = date(2026, 11, 23)


def judge(
    brand: str, model: str = "", description: str = "Camera", quantity: str = "1", policy: str = "us-ndaa-889"
) -> PaperRow:
    text = f'Description,Brand,Model,Qty\n"{description}","{brand}","{model}",{quantity}\n'
    table = read_csv(text.encode(), "t.csv")
    (entry,) = read_entries(table, guess_columns(table, KNOWN), KNOWN)
    assert isinstance(entry, Entry)
    return judge_entry(entry, load_policies([policy], KNOWN.makers), KNOWN.makers, TODAY)


@pytest.mark.parametrize(
    ("brand", "model", "maker", "standing", "status"),
    [
        ("Dahua", "IPC-HFW1230S", "dahua", Standing.IDENTIFIED, Status.COVERED),
        ("Dahua", "", "dahua", Standing.IDENTIFIED, Status.COVERED),
        ("Dahua", "unheard-9", "dahua", Standing.IDENTIFIED, Status.COVERED),
        ("Dahua", "XVR5108HS", "dahua", Standing.IDENTIFIED, Status.COVERED),
        ("", "DS-2CD2143G2-I", "hikvision", Standing.IDENTIFIED, Status.COVERED),
        ("", "XVR5108HS", "dahua", Standing.SUSPECTED, Status.SUSPECTED),
        ("", "IPC-T22AP", None, Standing.UNRECOGNISED, Status.UNDETERMINED),
        ("EZVIZ", "CS-C6N-A0-1C2WFR", "hikvision", Standing.IDENTIFIED, Status.COVERED),
        ("EZVIZ", "", "hikvision", Standing.IDENTIFIED, Status.COVERED),
        ("Amcrest", "IP5M-T1179E", "dahua", Standing.IDENTIFIED, Status.COVERED),
        ("Amcrest", "", None, Standing.UNRECOGNISED, Status.SUSPECTED),
        ("CP Plus", "CP-UNC-DA21L2", "dahua", Standing.SUSPECTED, Status.SUSPECTED),
        ("Honeywell", "HBD3PR2", "dahua", Standing.SUSPECTED, Status.SUSPECTED),
        ("Honeywell", "HC30W45R3", "honeywell", Standing.IDENTIFIED, Status.UNDETERMINED),
        ("Lorex", "", None, Standing.UNRECOGNISED, Status.SUSPECTED),
        ("Axis", "P3245-LVE", "axis", Standing.IDENTIFIED, Status.NOT_COVERED),
        ("Axis", "DS-2CD2143G2-I", None, Standing.UNDETERMINED, Status.SUSPECTED),
        ("Synology", "NVR1218", "synology", Standing.IDENTIFIED, Status.NOT_COVERED),
        ("Toshiba", "IK-WB16A", "toshiba", Standing.IDENTIFIED, Status.NOT_COVERED),
        ("Uniview", "IPC2122LB-ADF28KM-H", "uniview", Standing.IDENTIFIED, Status.NOT_COVERED),
        ("A shop", "DS-2CD2143G2-I", "hikvision", Standing.IDENTIFIED, Status.COVERED),
        ("A shop", "XVR5108HS", "dahua", Standing.SUSPECTED, Status.SUSPECTED),
        ("A shop", "X123", None, Standing.UNRECOGNISED, Status.UNDETERMINED),
        ("", "", None, Standing.UNRECOGNISED, Status.UNDETERMINED),
    ],
)
def test_brand_and_model_on_paper(
    brand: str, model: str, maker: str | None, standing: Standing, status: Status
) -> None:
    row = judge(brand, model)
    assert (row.identity.maker, row.identity.standing, row.status) == (maker, standing, status)
    assert row.findings[0].reason.startswith("On paper: ")


def test_a_contradiction_names_both() -> None:
    row = judge("Axis", "DS-2CD2143G2-I")
    assert "Hikvision and Axis" in row.findings[0].reason
    assert row.identity.conflicts[0].makers == ("hikvision", "axis")


def test_a_form_that_yields_to_the_brand_gives_no_details_either() -> None:
    assert judge("Synology", "NVR1218", "Recorder").entry.channels is None


def test_coaxial_cameras_can_never_be_found_and_say_so() -> None:
    row = judge("Dahua", "DH-HAC-HFW1200R")
    assert row.status is Status.COVERED
    assert row.visible is False
    assert NEVER_SEEN in row.notes
    assert judge("Dahua", "IPC-HFW1230S").visible is True
    assert judge("Axis", "P3245-LVE").visible is None
    assert judge("Dahua", "", "Kamera HDCVI Starlight").visible is False


def test_a_disk_is_neither_a_device_nor_covered_where_the_list_names_equipment() -> None:
    row = judge("Dahua", "", "Hard disk 4TB", "30")
    assert (row.status, row.of_interest, row.visible) == (Status.NOT_COVERED, False, False)
    assert "by itself not the video surveillance and telecommunications equipment" in row.findings[0].reason
    open_row = judge("Dahua", "", "Hard disk 4TB", "30", "us-bis-entity-list")
    assert open_row.status is Status.UNDETERMINED
    assert judge("", "", "Cable RG59").status is Status.NOT_COVERED


def test_recorders_say_how_many_cameras_hide_behind_them() -> None:
    assert "up to 8 cameras hide behind each, 240 in all" in " ".join(judge("Dahua", "XVR5108HS", "DVR", "30").notes)
    assert "does not show on paper" in " ".join(judge("Dahua", "", "Recorder").notes)


def test_abilities_and_rumours_are_notes_and_never_more() -> None:
    assert "may be able to recognise faces" in " ".join(judge("Hikvision", "iDS-2CD7A46G0-IZHS").notes)
    notes = " ".join(judge("Toshiba", "IK-WB16A").notes)
    assert "nothing rests on this" in notes
    assert "Dahua" in notes


def test_evidence_names_the_row_and_the_rule() -> None:
    (evidence,) = judge("Dahua", "IPC-HFW1230S").identity.evidence
    assert (evidence.group, evidence.field, evidence.value) == ("paper", "paper.model", "IPC-HFW1230S")
    assert evidence.reference == "t.csv, row 2"
    assert "dahua-ip-camera" in evidence.fingerprint
