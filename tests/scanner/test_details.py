"""What a device is, apart from who made it: model, firmware, serial, kind and channels from any field, and its line."""

from __future__ import annotations

import json
from typing import Final

import pytest

from scanner.details import COAXIAL_CAMERA, COAXIAL_PORTS, find_details
from scanner.fingerprint_files import load_library
from scanner.identify import identify
from scanner.model import Identity, Observation

LIBRARY: Final = load_library()
SCOPE: Final = "onvif://www.onvif.org/"
Seen = tuple[str, str]


def sadp(model: str, serial: str, firmware: str = "V5.7.3build 220112", **more: int) -> Seen:
    extra = "".join(f"<{name}>{value}</{name}>" for name, value in more.items())
    head = f"<Types>inquiry</Types><DeviceDescription>{model}</DeviceDescription><DeviceSN>{serial}</DeviceSN>"
    return "sadp.raw", f"<ProbeMatch>{head}<SoftwareVersion>{firmware}</SoftwareVersion>{extra}</ProbeMatch>"


def dhdiscover(kind: str, model: str, **more: int) -> Seen:
    info = {"DeviceClass": kind, "DeviceType": model, "SerialNo": "6G0E022PAG00000", "Version": "2.8", **more}
    return "dhdiscover.raw", json.dumps({"method": "client.notifyDevInfo", "params": {"deviceInfo": info}})


def onvif(maker: str, model: str, serial: str = "") -> Seen:
    return (
        "onvif.device-information",
        f"Manufacturer={maker}; Model={model}; FirmwareVersion=V1.2; SerialNumber={serial}",
    )


def isapi(model: str, serial: str) -> Seen:
    texts = f"<model>{model}</model><serialNumber>{serial}</serialNumber><firmwareVersion>V5.5.0</firmwareVersion>"
    return "http.body", f'<DeviceInfo xmlns="http://www.hikvision.com/ver20/XMLSchema">{texts}</DeviceInfo>'


def scopes(*parts: str) -> Seen:
    return "onvif-wsd.scopes", " ".join(SCOPE + part for part in parts)


def look(*seen: Seen) -> Identity:
    split = [(*name.split("."), value) for name, value in seen]
    return identify([Observation(protocol, field, value) for protocol, field, value in split], LIBRARY)


DEVICES: Final = {
    "hikvision camera": (sadp("DS-2CD2143G2-I", "DS-2CD2143G2-I20210723AAWRG00000000"), "camera", None),
    "hikvision recorder": (
        sadp("DS-7616NI-K2/16P", "DS-7616NI-K2/16P1620200101CCRRE00000000WCVU", DigitalChannelNum=16), "recorder", 16,
    ),
    "hikvision recorder, ISAPI": (isapi("DS-7608NI-I2", "DS-7608NI-I20820180101CCRRC00000000WCVU"), "recorder", 8),
    "hikvision door station": (sadp("DS-KV8113-WME1", "DS-KV8113-WME10120210101RRWRG00000000"), "door-station", None),
    "hikvision indoor station": (sadp("DS-KH6320-WTE1", "DS-KH6320-WTE10120210101WRG00000000"), "intercom", None),
    "hikvision terminal": (sadp("DS-K1T671TM", "DS-K1T671TM20200801V030102ENE00000000"), "access-control", None),
    "hikvision thermal": (sadp("DS-2TD2617-3/V1", "DS-2TD2617-3/V120200101AAWRE00000000"), "thermal", None),
    "hikvision encoder": (sadp("DS-6704HUHI-K", "DS-6704HUHI-K0420200101CCWRE00000000"), "encoder", None),
    "hikvision switch": (sadp("DS-3E1318P-EI", "DS-3E1318P-EI20200101AAWRE00000000"), "switch", None),
    "hikvision camera, scopes": (scopes("hardware/DS-2CD2042WD-I", "name/HIKVISION%20DS-2CD2042WD-I"), "camera", None),
    "dahua camera": (dhdiscover("IPC", "IPC-HFW2431S-S-S2", VideoInputChannels=1), "camera", 1),
    "dahua recorder": (dhdiscover("NVR", "DHI-NVR5216-16P-4KS2E", RemoteVideoInputChannels=16), "recorder", 16),
    "dahua door station": (dhdiscover("VTO", "DHI-VTO2211G-P"), "door-station", None),
    "dahua indoor station": (dhdiscover("VTH", "DHI-VTH2421FW-P"), "intercom", None),
    "dahua terminal": (dhdiscover("ASI", "ASI7213X-T1"), "access-control", None),
    "dahua thermal": (dhdiscover("TPC", "DH-TPC-BF2221"), "thermal", None),
    "dahua thermal that calls itself a camera": (dhdiscover("IPC", "TPC-DF1241-TB2F2"), "thermal", None),
    "dahua door station by model alone": (onvif("Dahua", "VTO2000A"), "door-station", None),
    "dahua switch": (onvif("Dahua", "DH-PFS4226-24ET-360"), "switch", None),
    "intelbras terminal without a class": (dhdiscover("", "SS 3530 MF FACE W"), "access-control", None),
    "uniview camera": (onvif("UNIVIEW", "IPC3614LB-ADF28K-H", "210235T4WL3247000013"), "camera", None),
    "uniview recorder": (onvif("UNIVIEW", "NVR302-16E2-P16", "210235UEDW3247000013"), "recorder", 16),
    "uniview terminal": (onvif("UNIVIEW", "OET-213H-NB", "210235UEDW3247000013"), "access-control", None),
    "uniview thermal": (onvif("UNIVIEW", "TIC2532SR-3F", "210235UEDW3247000013"), "thermal", None),
}  # fmt: skip


@pytest.mark.parametrize(("seen", "kind", "channels"), DEVICES.values(), ids=DEVICES)
def test_what_a_device_is(seen: Seen, kind: str, channels: int | None) -> None:
    identity = look(seen)
    assert (identity.kind, identity.channels) == (kind, channels)
    assert identity.model is not None
    assert identity.model in seen[1].replace("%20", " ")


def test_model_firmware_and_serial_are_taken_from_the_makers_own_word_first() -> None:
    own = sadp("DS-2CD2143G2-I", "DS-2CD2143G2-I20210723AAWRG00000000")
    identity = look(onvif("HIKVISION", "DS-9999", "1234"), own)
    assert identity.model == "DS-2CD2143G2-I"
    assert identity.firmware == "V5.7.3build 220112"
    assert identity.serial == "DS-2CD2143G2-I20210723AAWRG00000000"


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (sadp("iDS-2CD7A46G0/P-IZHS", "iDS-2CD7A46G0/P-IZHS20200101AAWRE00000000"), "read number plates"),
        (sadp("iDS-2CD7A46G0-IZHS", "iDS-2CD7A46G0-IZHS20200101AAWRE00000000"), "recognise faces"),
        (dhdiscover("ASI", "ASI7213X-T1"), "recognise faces"),
        (dhdiscover("", "ITC215-PW6M-IRLZF"), "read number plates"),
    ],
)
def test_what_a_line_may_be_able_to_do_is_no_claim_about_the_unit(seen: Seen, says: str) -> None:
    hint = next(hint for hint in look(seen).hints if says in hint)
    assert "may be able to" in hint
    assert "whether this unit does was not looked at" in hint


@pytest.mark.parametrize(
    ("seen", "coaxial"),
    [
        (dhdiscover("HCVR", "DH-XVR5108HS-4KL", VideoInputChannels=8), True),
        (sadp("DS-7208HQHI-K1", "DS-7208HQHI-K10820200101CCWRE00000000WCVU"), True),
        (onvif("UNIVIEW", "XVR301-08G3", "210235UEDW3247000013"), True),
        (dhdiscover("NVR", "DHI-NVR5216-4KS2"), False),
        (sadp("DS-7616NI-K2", "DS-7616NI-K21620200101CCRRE00000000WCVU"), False),
    ],
)
def test_a_recorder_that_takes_coaxial_cable_says_so(seen: Seen, coaxial: bool) -> None:
    assert (COAXIAL_PORTS in look(seen).hints) is coaxial


def test_a_coaxial_camera_cannot_be_what_answered() -> None:
    assert COAXIAL_CAMERA in look(onvif("Dahua", "DH-HAC-HFW1200R")).hints
    assert COAXIAL_CAMERA not in look(onvif("Dahua", "IPC-HFW2431S-S-S2")).hints


def test_words_that_stand_for_some_model_are_none() -> None:
    assert look(onvif("Dahua", "IP Camera")).model is None


def test_without_a_grammar_the_protocols_still_speak() -> None:
    seen = [Observation("dhdiscover", "class", "NVR"), Observation("dhdiscover", "channels", "8")]
    details = find_details(seen, (), "dahua")
    assert (details.kind, details.channels) == ("recorder", 8)
