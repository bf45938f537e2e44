"""Names that firmware ships with stay, since they show the maker; what a person typed does not."""

from __future__ import annotations

import pytest

from scanner.typed_names import is_factory_name


@pytest.mark.parametrize(
    "name",
    [
        "", "IP Camera", "IP_Camera", "Network Video Recorder", "Embedded Net DVR", "NVR", "IPC", "IPCAM", "General",
        "HIKVISION DS-2CD2042WD-I", "HIKVISION%20DS-2CD2042WD-I", "Amcrest", "CP_PLUS", "CP%20PLUS", "Lorex",
        "AXIS P3265-V - ACCC8E000001", "UNV IPC3614", "6J0E022PAG00000", "Camera 01", "name-12", "192.168.1.64",
        "Dahua Technology Co., Ltd",
    ],
)  # fmt: skip
def test_what_firmware_ships_stays(name: str) -> None:
    assert is_factory_name(name)


@pytest.mark.parametrize(
    "name", ["Bank Gate", "Bank%20Gate", "Anna's Printer", "Kamera e hyrjes", "摄像机", "gate1", "Axis behind the bank"]
)
def test_what_a_person_typed_does_not(name: str) -> None:
    assert not is_factory_name(name)
