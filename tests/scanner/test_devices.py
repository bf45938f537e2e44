"""Uniting: what hardware states joins observations, an address alone never does."""

from __future__ import annotations

import random
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.devices import ADDRESSES_SHOWN, CARDS, CROWD, PROXY_ADDRESSES, Cluster, Host, host_order, unite
from scanner.model import Observation, replace

MAC_A, MAC_B = "44:19:b6:00:00:01", "3c:ef:8c:00:00:02"
SERIAL = "DS-2CD2032-I20150101CCCH500000000"


def arp(address: str, mac: str) -> Observation:
    return Observation("mac", "mac", mac, address=address, mac=mac, interface="eth0")


def seen(name: str, value: str, address: str | None = "10.0.0.5", mac: str | None = None) -> Observation:
    protocol, _, field = name.partition(".")
    return Observation(protocol, field, value, address=address, mac=mac)


def addresses(clusters: tuple[Cluster, ...]) -> list[tuple[str, ...]]:
    return [(*c.addresses.ipv4, *c.addresses.ipv6) for c in clusters]


def test_answers_of_one_address_belong_to_its_card() -> None:
    (cluster,) = unite([arp("10.0.0.5", MAC_A), seen("http.raw", "x"), seen("rtsp.raw", "y")])
    assert cluster.addresses.mac == (MAC_A,)
    assert len(cluster.observations) == 3


def test_one_card_with_two_families_is_one_device() -> None:
    clusters = unite([arp("10.0.0.5", MAC_A), arp("fe80::1", MAC_A)])
    assert addresses(clusters) == [("10.0.0.5", "fe80::1")]


def test_two_cards_on_one_factory_address_stay_two_devices() -> None:
    clusters = unite([arp("192.168.1.64", MAC_A), arp("192.168.1.64", MAC_B), seen("http.raw", "x", "192.168.1.64")])
    assert sorted(c.addresses.mac for c in clusters) == [(), (MAC_B,), (MAC_A,)]
    assert all(c.shared_address for c in clusters)


def test_a_router_with_proxy_arp_is_not_one_device_with_many_addresses() -> None:
    many = [arp(f"10.0.0.{n}", MAC_A) for n in range(1, PROXY_ADDRESSES + 3)]
    clusters = unite(many)
    assert len(clusters) == len(many)
    assert len({c.id for c in clusters}) == len(many)


def test_all_that_a_crowded_card_says_from_outside_the_scope_is_one_entry() -> None:
    """A card that answers as a hundred thousand cameras is one device, and no hundred thousand accusations."""
    forged = [replace(seen("sadp.serial", f"{SERIAL}{n}", f"172.16.0.{n}", MAC_A), scope="off") for n in range(1, 41)]
    (cluster,) = unite(forged)
    assert cluster.crowd == 40
    assert len(cluster.addresses.ipv4) == ADDRESSES_SHOWN
    assert cluster.addresses.mac == (MAC_A,)
    assert len(cluster.observations) == 40


def test_strangers_without_a_known_card_are_one_entry_only_in_a_flood() -> None:
    def strangers(count: int) -> list[Observation]:
        return [
            replace(seen("sadp.serial", f"S{n:08}", f"172.16.{n >> 8}.{n & 255}"), scope="off") for n in range(count)
        ]

    assert len(unite(strangers(CROWD))) == CROWD
    (cluster,) = unite(strangers(CROWD + 1))
    assert cluster.crowd == CROWD + 1


def test_hosts_in_the_scope_stay_apart_and_know_their_crowd() -> None:
    clusters = unite([arp(f"10.0.0.{n}", MAC_A) for n in range(1, PROXY_ADDRESSES + 3)])
    assert [cluster.crowd for cluster in clusters] == [PROXY_ADDRESSES + 2] * (PROXY_ADDRESSES + 2)
    assert unite([arp("10.0.0.5", MAC_A)])[0].crowd == 0


def test_a_serial_stated_twice_in_the_makers_protocol_unites_two_cards() -> None:
    clusters = unite(
        [
            arp("10.0.0.5", MAC_A), seen("sadp.serial", SERIAL),
            arp("10.0.0.6", MAC_B), seen("sadp.serial", SERIAL, "10.0.0.6"),
        ]
    )  # fmt: skip
    assert addresses(clusters) == [("10.0.0.5", "10.0.0.6")]


def test_a_liar_cannot_pull_an_honest_device_into_its_own() -> None:
    clusters = unite(
        [
            arp("10.0.0.5", MAC_A), seen("onvif-wsd.serial", "ACCC8E000001"), seen("http.serial", "ACCC8E000001"),
            arp("10.0.0.6", MAC_B), seen("sadp.serial", "ACCC8E000001", "10.0.0.6"),
        ]
    )  # fmt: skip
    assert len(clusters) == 2


def test_a_copied_endpoint_reference_does_not_unite_two_cards() -> None:
    endpoint = "urn:uuid:00000000-0000-0000-0000-accc8e000001"
    clusters = unite(
        [
            arp("10.0.0.5", MAC_A), seen("onvif-wsd.endpoint", endpoint),
            arp("10.0.0.6", MAC_B), seen("onvif-wsd.endpoint", endpoint, "10.0.0.6"),
        ]
    )  # fmt: skip
    assert len(clusters) == 2


def test_an_endpoint_reference_unites_two_families_beyond_a_router() -> None:
    endpoint = "urn:uuid:00000000-0000-0000-0000-accc8e000001"
    clusters = unite([seen("onvif-wsd.endpoint", endpoint), seen("onvif-wsd.endpoint", endpoint, "fd00::5")])
    assert addresses(clusters) == [("10.0.0.5", "fd00::5")]


def test_placeholder_serials_unite_nobody() -> None:
    for serial in ("0", "N/A", "00000000000000", "1111111111"):
        clusters = unite([seen("sadp.serial", serial), seen("sadp.serial", serial, "10.0.0.6")])
        assert len(clusters) == 2


@pytest.mark.parametrize("routed", [True, False])
def test_a_number_that_a_whole_batch_was_given_unites_nobody(routed: bool) -> None:
    """Four cards are the most that one device has; a camera of such a batch must not vanish in another."""
    held = [
        replace(
            seen("dvrip-search.serial", "1F000000PAW0001", f"10.0.0.{n}"),
            mac=None if routed else f"3c:ef:8c:00:00:0{n}",
        )
        for n in range(1, CARDS + 2)
    ]
    assert len(unite(held[:CARDS])) == 1
    clusters = unite(held)
    assert addresses(clusters) == [(f"10.0.0.{n}",) for n in range(1, CARDS + 2)]
    assert len({cluster.id for cluster in clusters}) == CARDS + 1


def test_who_contradicts_whoever_states_the_same_number_has_an_id_of_his_own() -> None:
    held = [seen("sadp.serial", SERIAL), seen("sadp.serial", SERIAL, "10.0.0.6")]
    clusters = unite(held, agree=lambda one, other: False)
    assert len({cluster.id for cluster in clusters}) == 2


def test_the_id_survives_a_change_of_address() -> None:
    (before,) = unite([arp("10.0.0.5", MAC_A)])
    (after,) = unite([arp("10.0.0.99", MAC_A), seen("http.raw", "x", "10.0.0.99")])
    assert before.id == after.id


def test_the_order_of_observations_does_not_matter() -> None:
    held = [arp(f"10.0.0.{n}", f"44:19:b6:00:00:{n % 3:02x}") for n in range(1, 9)]
    held += [seen("sadp.serial", f"{SERIAL}{n % 2}", f"10.0.0.{n}") for n in range(1, 9)]
    expected = unite(held)
    for seed in range(6):
        random.Random(seed).shuffle(held)
        assert unite(held) == expected


@given(st.one_of(st.ip_addresses().map(str), st.from_regex(r"[0-9.١ +-]{5,12}", fullmatch=True), st.text(max_size=9)))
def test_hosts_stand_in_the_order_of_their_addresses_as_numbers(address: str) -> None:
    try:
        parsed = ip_address(address)
        expected = parsed.version, int(parsed)
    except ValueError:
        expected = 8, 0
    assert host_order(Host(address, None))[:2] == expected
