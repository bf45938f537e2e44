"""The closed network is held against what devices tell of their settings: reported with the answer, never tried."""

from __future__ import annotations

import pytest

from scanner.model import CLOSED_NETWORK, Observation, Setting
from scanner.way_out import SETTINGS_CAP, account_for_way_out, choose_settings, describe_way_out, read_settings


def network(value: str, protocol: str = "sadp") -> Observation:
    return Observation(protocol, "network", value, "192.0.2.64", digest="ab")


def way_out(value: str, protocol: str = "dvrip-search") -> Observation:
    return Observation(protocol, "way-out", value, "192.0.2.64", digest="cd")


def settings(*values: str) -> tuple[Setting, ...]:
    return read_settings([way_out(value) for value in values])


@pytest.mark.parametrize(
    ("value", "gateways"),
    [
        ("192.0.2.64/255.255.255.0 gateway 192.0.2.1 dhcp false", ["192.0.2.1"]),
        ("192.0.2.64/255.255.255.0 gateway 0.0.0.0 dhcp false", []),
        ("192.0.2.64/255.255.255.0 dhcp false", []),
        ("", []),
    ],
)
def test_a_gateway_is_read_and_an_unset_one_is_none(value: str, gateways: list[str]) -> None:
    assert [setting.value for setting in read_settings([network(value)])] == gateways


def test_a_switched_on_cloud_service_is_read() -> None:
    on = "<ProbeMatch><HCPlatformEnable>true</HCPlatformEnable></ProbeMatch>"
    assert [s.kind for s in read_settings([Observation("sadp", "raw", on)])] == ["cloud"]
    assert read_settings([Observation("sadp", "raw", on.replace("true", "false"))]) == ()
    assert read_settings([Observation("http", "body", on)]) == ()


def test_a_setting_keeps_who_said_it_and_the_digest_of_the_answer_and_stands_once() -> None:
    found = read_settings([way_out("dns 192.0.2.53"), way_out("dns 192.0.2.53", "xm-search"), way_out("gateway a.b")])
    assert found == (
        Setting("gateway", "a.b", "dvrip-search.way-out", "192.0.2.64", "cd"),
        Setting("dns", "192.0.2.53", "dvrip-search.way-out", "192.0.2.64", "cd"),
    )


def test_a_line_of_no_known_kind_is_no_setting() -> None:
    assert settings("shell 192.0.2.1", "dns", "") == ()


def test_the_card_says_each_kind_in_a_sentence() -> None:
    told = settings(
        "gateway 192.0.2.1", "dns 8.8.8.8", "ntp time.example.org", "cloud on", "server 192.0.2.9:5060"
    )  # fmt: skip
    assert describe_way_out(told) == (
        "Its settings name 192.0.2.1 as gateway; whether it leads out of this network was not tried.",
        "Its settings name 8.8.8.8 as DNS server.",
        "It sets its clock by the time server time.example.org.",
        "It says that its maker's cloud service is switched on.",
        "It is set to register with the video platform 192.0.2.9:5060.",
        "Public addresses stand in its settings, which do not fit a closed network: 8.8.8.8.",
    )
    assert describe_way_out(settings("ntp on")) == (
        "It sets its clock over the network (NTP), by a server that it does not name.",
    )
    assert describe_way_out(()) == ()


def test_the_coverage_counts_devices_and_names_what_they_name() -> None:
    devices = [
        settings("gateway 192.0.2.1", "ntp on", "dns 192.0.2.53"),
        settings("gateway 192.0.2.2", "cloud on", "server 8.8.4.4:5060"),
        settings("gateway 192.0.2.3", "ntp on"),
        (),
    ]
    notes = account_for_way_out(devices)
    assert {note.subject for note in notes} == {CLOSED_NETWORK}
    assert notes[0].text == (
        "3 devices name a gateway (192.0.2.1, 192.0.2.2 and 192.0.2.3); whether it leads out of this network was not "
        "tried."
    )
    assert [note.text for note in notes[1:]] == [
        "1 device names a DNS server (192.0.2.53).",
        "2 devices set their clocks over the network (NTP); by which server, they do not say.",
        "1 device says that its maker's cloud service is switched on.",
        "1 device is set to register with a video platform (8.8.4.4:5060).",
        "1 device has a public address in its settings, which does not fit a closed network (8.8.4.4:5060).",
    ]
    (named,) = account_for_way_out([settings("ntp 192.0.2.7", "ntp on")])
    assert named.text == "1 device sets its clock over the network (NTP); servers named: 192.0.2.7."


def test_silence_on_settings_proves_no_closed_network_and_says_so() -> None:
    (note,) = account_for_way_out([(), ()])
    assert note.text.startswith("No device told of a gateway, a DNS or time server or a cloud service.")
    assert "does not prove" in note.text
    assert account_for_way_out([]) == ()


def test_a_liar_with_a_thousand_gateways_does_not_fill_the_page() -> None:
    lines = [f"gateway 10.0.{n // 256}.{n % 256}" for n in range(1, 1000)]
    (note,) = account_for_way_out([settings(line) for line in lines])
    assert len(note.text) < 200
    assert len(choose_settings(settings(*lines))) == SETTINGS_CAP


def test_much_of_one_kind_hides_neither_another_kind_nor_a_public_address() -> None:
    many = [f"dns 192.0.2.{number}" for number in range(1, 3 * SETTINGS_CAP)]
    told = settings(*many, "dns 8.8.8.8", "gateway 192.0.2.254", "cloud on", "server 192.0.2.9")
    chosen = choose_settings(told)
    assert len(chosen) == SETTINGS_CAP
    assert [one.kind for one in chosen] == ["gateway", *["dns"] * (SETTINGS_CAP - 3), "cloud", "server"]
    assert "8.8.8.8" in [one.value for one in chosen]
    assert choose_settings(told[:SETTINGS_CAP]) == told[:SETTINGS_CAP]
