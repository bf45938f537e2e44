"""Keys outlive an address."""

from __future__ import annotations

from reports.keys import finding_keys, hardware_keys
from scanner.model import Addresses, replace
from tests.reports.samples import hikvision_camera, silent_host


def test_hardware_is_named_by_serial_and_mac():
    assert hardware_keys(hikvision_camera()) == {
        "serial": "hikvision/DS-2CD2143G0-I20190300AAWRD00000000",
        "mac": "44:19:b6:00:12:34",
    }


def test_only_without_both_the_reports_id_names_it():
    bare = replace(silent_host(), addresses=Addresses(("10.0.0.1",)))
    assert hardware_keys(bare) == {"id": bare.id}


def test_a_new_address_makes_no_new_key():
    camera = hikvision_camera()
    moved = replace(camera, addresses=replace(camera.addresses, ipv4=("10.99.0.1",), ipv6=()))
    assert finding_keys(moved, "us-ndaa-889") == finding_keys(camera, "us-ndaa-889")


def test_other_lists_and_other_devices_have_other_keys():
    camera = hikvision_camera()
    keys = set(finding_keys(camera, "a").values()) | set(finding_keys(camera, "b").values())
    assert len(keys | set(finding_keys(silent_host(), "a").values())) == 5


def test_keys_never_change_by_accident():
    assert finding_keys(silent_host(), "us-ndaa-889") == {
        "mac": "3f4d02b1ef40801cde1d99396c7837555bb2cae0cda675d0da33445da7bf67df",
    }
