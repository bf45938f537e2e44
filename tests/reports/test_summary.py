"""Order and numbers."""

from __future__ import annotations

from reports.summary import address_key, findings_in_order, first_address, in_order, summarise
from scanner.model import Addresses, Status, replace
from tests.reports.samples import lorex_rebadge, make_report, silent_host


def test_the_four_statuses_add_up_to_the_devices():
    counted = summarise(make_report())
    assert (counted.covered, counted.suspected, counted.undetermined, counted.not_covered) == (4, 1, 2, 3)
    assert sum(counted.by_status.values()) == counted.devices == 10
    assert sum(maker.total for maker in counted.makers) == counted.devices
    assert (counted.off_scope, counted.conflicts, counted.hidden_channels) == (1, 1, 32)


def test_unknown_makers_are_counted_and_stand_last():
    makers = summarise(make_report()).makers
    assert [(m.maker, m.total) for m in makers] == [("hikvision", 3), ("dahua", 2), ("axis", 1), (None, 4)]


def test_devices_stand_by_severity_then_by_address_as_a_number():
    ordered = in_order(make_report().devices)
    assert [d.status for d in ordered] == [Status.COVERED] * 4 + [Status.SUSPECTED] + [Status.UNDETERMINED] * 2 + [
        Status.NOT_COVERED
    ] * 3
    assert [first_address(d) for d in ordered[:4]] == ["10.20.0.64", "10.20.1.77", "10.20.1.108", "192.168.1.64"]


def test_addresses_sort_by_value_and_other_text_comes_last():
    addresses = ["fe80::1", "10.0.0.10", "aa:bb:cc:dd:ee:ff", "10.0.0.9", "not an address"]
    assert sorted(addresses, key=address_key) == [
        "10.0.0.9",
        "10.0.0.10",
        "fe80::1",
        "aa:bb:cc:dd:ee:ff",
        "not an address",
    ]


def test_a_device_without_address_is_called_by_its_id():

    assert first_address(replace(silent_host(), addresses=Addresses())) == silent_host().id


def test_findings_stand_gravest_first():
    assert [f.status for f in findings_in_order(lorex_rebadge())] == [Status.COVERED, Status.SUSPECTED]
