"""A device has its own MAC, serial and texts; it counts what it hears, falls asleep, locks and reboots as told."""

from __future__ import annotations

import ipaddress


def test_numbers_are_the_devices_own(make_device):
    device = make_device(index=0x010203, serial="S{index:08}")
    assert device.mac == "02:00:00:01:02:03"
    assert device.truth.serial == "S00066051"
    assert device.truth.model == "M-1"


def test_link_local_is_formed_from_the_mac(make_device):
    device = make_device(index=1, oui="44:19:b6")
    assert ipaddress.IPv6Address(device.link_local) == ipaddress.IPv6Address("fe80::4619:b6ff:fe00:1")


def test_texts_are_filled_with_the_units_values(make_device):
    device = make_device(values={"realm": "Login to {serial}"})
    assert device.fill("{realm} {ip} {mac_dashed} {mac_bare_upper} {date} {gateway}") == (
        "Login to S007 127.99.0.7 02-00-00-00-00-07 020000000007 Mon, 23 Nov 2026 12:00:00 GMT 127.99.0.1"
    )
    assert device.fill("{rtsp_date}") == "Mon, Nov 23 2026 12:00:00 GMT"
    assert device.fill("{hash:a}") == device.fill("{hash:a}") != device.fill("{hash:b}")
    assert len(device.fill("{nonce:10}")) == 10


def test_shifted_ports_are_written_where_they_are_announced(make_device):
    device = make_device()
    assert device.fill("http://{site:80}/ {port:554}") == "http://127.99.0.7/ 554"
    device.ports.update({80: 20080, 554: 20554})
    assert device.fill("http://{site:80}/ {port:554}") == "http://127.99.0.7:20080/ 20554"


def test_a_sleepy_device_misses_the_first_of_each_service(make_device):
    device = make_device(quirks={"misses_first": True})
    assert [device.hears("sadp", 5), device.hears("wsd", 5), device.hears("sadp", 5)] == [False, False, True]
    assert device.ledger.datagrams == {"sadp": 2, "wsd": 1}


def test_too_many_refusals_lock(make_device):
    device = make_device(quirks={"lockout_after": 2})
    device.refuse()
    assert not device.ledger.locked
    device.refuse()
    assert device.ledger.locked


def test_a_device_pushed_too_hard_is_gone_for_a_while(make_device):
    now = 100.0
    device = make_device(quirks={"reboots_above": 3, "reboot_time": 5}, clock=lambda: now)
    assert [device.hears("sadp", 1) for _ in range(5)] == [True, True, True, False, False]
    assert device.ledger.reboots == 1
    now = 106.0
    assert device.hears("sadp", 1)


def test_given_values_win_over_the_personas(make_device):
    from simulator.device import Device

    device = make_device(values={"target": "persona"})
    other = Device(device.persona, 8, "127.99.0.8", device.surroundings, given={"target": "placement"})
    assert (device.fill("{target}"), other.fill("{target}")) == ("persona", "placement")


def test_a_tiring_device_thinks_longer_with_each_request(make_device):
    device = make_device(quirks={"think": 0.5, "tires": 0.25})
    device.ledger.note_request("wsd", 3702, "Probe", 1.0)
    assert device.thinking == 0.5
    for _ in range(2):
        device.ledger.note_request("http", 80, "GET /", 1.0)
    assert device.thinking == 1.0


def test_a_device_that_has_enough_says_so_after_that_many_requests(make_device):
    device = make_device(quirks={"resets_after": 1})
    device.ledger.note_request("http", 80, "GET /", 1.0)
    assert not device.has_enough
    device.ledger.note_request("http", 80, "GET /", 1.0)
    assert device.has_enough
    assert not make_device().has_enough
