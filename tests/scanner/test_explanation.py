"""One device in plain words: found by what it is called, told from status to bytes."""

from __future__ import annotations

import pytest

from scanner.explanation import BYTES_SHOWN, explain_device, find_device
from scanner.model import Status, replace
from tests.reports.samples import hikvision_camera, make_report

DEVICE = hikvision_camera()


@pytest.mark.parametrize(
    "word", [DEVICE.id, DEVICE.addresses.ipv4[0], DEVICE.addresses.mac[0], f" {DEVICE.addresses.mac[0].upper()} "]
)
def test_a_device_is_found_by_id_address_and_mac(word: str) -> None:
    assert find_device(make_report((DEVICE,)), word) == DEVICE


def test_nobody_and_several_are_refused_in_words() -> None:
    report = make_report((DEVICE, replace(DEVICE, id="dev-2")))
    with pytest.raises(LookupError, match=f"shared by 2 devices: {DEVICE.id}, dev-2; name one by its id"):
        find_device(report, DEVICE.addresses.ipv4[0])
    with pytest.raises(LookupError, match=r"no device of this run is called '10\.9\.9\.9'"):
        find_device(report, "10.9.9.9")


def test_the_way_from_the_status_to_the_bytes_is_told() -> None:
    lines = list(explain_device(DEVICE, lambda digest: b"<ProbeMatch>\x1b" + bytes(BYTES_SHOWN)))
    assert f"Status: {Status.COVERED.value}" in lines
    assert any(line.startswith("List us-ndaa-889 (") and line.endswith(": covered") for line in lines)
    assert any(line.startswith("* maker=hikvision, decisive") for line in lines)
    assert "    0000  3c 50 72 6f 62 65 4d 61 74 63 68 3e 1b 00 00 00  <ProbeMatch>...." in lines
    assert f"    … {len('<ProbeMatch>') + 1} more bytes in the record" in lines
    assert lines[-1].startswith("This run sent it ")


def test_bytes_that_the_record_lacks_are_said_to_be_lacking() -> None:
    assert any("bytes: not in this record (SHA-256 " in line for line in explain_device(DEVICE, lambda digest: None))
