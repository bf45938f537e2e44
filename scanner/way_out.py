"""Holds the claim "the network is closed" against the settings that devices tell: gateway, DNS, time, cloud. Pure.

Whether anything leads out is never tried: what a device says of its settings is reported with the digest of its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address
from typing import Final

from scanner.dissect.settings import KINDS
from scanner.model import CLOSED_NETWORK, Note, Observation, Setting
from scanner.sentence import Sentence, say, say_all, say_count

_GATEWAY: Final = re.compile(r"(?:^| )gateway (\S{1,45})")
_CLOUD: Final = re.compile(r"<HCPlatformEnable>\s{0,9}true\s{0,9}<", re.IGNORECASE)
"""SADP: the unit's connection to the maker's cloud service is switched on (protocol facts 2.3)."""

_FIELDS: Final = frozenset({"way-out", "network", "raw"})
"""Fields that may tell of a way out: what `_read` looks at."""

NOWHERE: Final = frozenset({"0.0.0.0", "::", "255.255.255.255", "-"})  # noqa: S104  values read, nothing is bound
"""Values that mean: no gateway is set."""

VALUES_NAMED: Final = 5
"""Gateways and servers written out in the coverage; a site has one or two, a liar may name thousands."""

SETTINGS_CAP: Final = 20
"""Settings kept of one device; an honest one has five, over three protocols."""

ON: Final = "on"
"""The value of a setting that is switched on and names no server."""

SUBJECT: Final = say("closed network")
assert SUBJECT == CLOSED_NETWORK, "reports find the notes by it"


def read_settings(observations: Iterable[Observation]) -> tuple[Setting, ...]:
    """What a device says of its ways out, each kind and value once with the field that said it, in a fixed order."""
    found: dict[tuple[str, str], Setting] = {}
    telling = [seen for seen in observations if seen.field in _FIELDS]
    for seen in sorted(telling, key=lambda one: (one.name, one.value, one.digest)):
        for kind, value in _read(seen):
            found.setdefault((kind, value), Setting(kind, value, seen.name, seen.address, seen.digest))
    return tuple(sorted(found.values(), key=_place))


def choose_settings(settings: Sequence[Setting]) -> tuple[Setting, ...]:
    """Those that a card has room for: of every kind some, and public addresses before others.

    A device that names twenty gateways must not hide that its cloud service is switched on.
    """
    if len(settings) <= SETTINGS_CAP:
        return tuple(settings)
    ranked: list[tuple[int, Setting]] = []
    for kind in KINDS:
        alike = [one for one in settings if one.kind == kind]
        ranked += enumerate(sorted(alike, key=lambda one: not _is_public(one.value)))
    ranked.sort(key=lambda item: item[0])
    return tuple(sorted([one for _, one in ranked[:SETTINGS_CAP]], key=_place))


def _place(setting: Setting) -> tuple[int, str]:
    return KINDS.index(setting.kind), setting.value


def _read(seen: Observation) -> Iterator[tuple[str, str]]:
    if seen.field == "way-out":
        kind, _, value = seen.value.partition(" ")
        if kind in KINDS and value:
            yield kind, value
    elif seen.field == "network" and (match := _GATEWAY.search(seen.value)) is not None and match[1] not in NOWHERE:
        yield "gateway", match[1]
    elif seen.name == "sadp.raw" and _CLOUD.search(seen.value) is not None:
        yield "cloud", ON


def describe_way_out(settings: Sequence[Setting]) -> tuple[Sentence, ...]:
    """Plain sentences for the device's card; none where it says nothing of a way out."""
    lines = []
    if gateways := _values(settings, "gateway"):
        lines.append(
            say(
                "Its settings name {gateway} as gateway; whether it leads out of this network was not tried.",
                gateway=", ".join(gateways[:2]),
            )
        )
    if servers := _values(settings, "dns"):
        lines.append(say("Its settings name {servers} as DNS server.", servers=", ".join(servers[:2])))
    if servers := _values(settings, "ntp"):
        lines.append(say("It sets its clock by the time server {servers}.", servers=", ".join(servers[:2])))
    elif _has(settings, "ntp"):
        lines.append(say("It sets its clock over the network (NTP), by a server that it does not name."))
    if _has(settings, "cloud"):
        lines.append(say("It says that its maker's cloud service is switched on."))
    if servers := _values(settings, "server"):
        lines.append(say("It is set to register with the video platform {servers}.", servers=", ".join(servers[:2])))
    if public := _public(settings):
        lines.append(
            say("Public addresses stand in its settings, which do not fit a closed network: {addresses}.",
                addresses=", ".join(public[:2]))
        )  # fmt: skip
    return tuple(lines)


def account_for_way_out(devices: Iterable[Sequence[Setting]]) -> tuple[Note, ...]:
    """Notes for the coverage: how many devices name a gateway, DNS or time servers, a cloud service, a platform."""
    held = tuple(devices)
    lines = [line for line in (_count_gateways(held), _count_dns(held), _count_ntp(held)) if line]
    if clouds := sum(_has(settings, "cloud") for settings in held):
        lines.append(
            say_count(
                "{n} device says that its maker's cloud service is switched on.",
                "{n} devices say that their maker's cloud service is switched on.",
                clouds,
            )
        )
    if naming := sum(_has(settings, "server") for settings in held):
        lines.append(
            say_count(
                "{n} device is set to register with a video platform ({servers}).",
                "{n} devices are set to register with a video platform ({servers}).",
                naming,
                servers=_name(held, "server"),
            )
        )
    if public := [_public(settings) for settings in held if _public(settings)]:
        lines.append(
            say_count(
                "{n} device has a public address in its settings, which does not fit a closed network ({addresses}).",
                "{n} devices have a public address in their settings, which does not fit a closed network "
                "({addresses}).",
                len(public),
                addresses=say_all(sorted({one for own in public for one in own})[:VALUES_NAMED]),
            )
        )
    if held and not lines:
        lines.append(
            say("No device told of a gateway, a DNS or time server or a cloud service. Most tell nothing of their "
                "settings, so this does not prove that the network is closed.")
        )  # fmt: skip
    return tuple(Note(SUBJECT, line) for line in lines)


def _count_gateways(devices: Sequence[Sequence[Setting]]) -> Sentence | None:
    naming = sum(_has(settings, "gateway") for settings in devices)
    if not naming:
        return None
    return say_count(
        "{n} device names a gateway ({gateways}); whether it leads out of this network was not tried.",
        "{n} devices name a gateway ({gateways}); whether it leads out of this network was not tried.",
        naming,
        gateways=_name(devices, "gateway"),
    )


def _count_dns(devices: Sequence[Sequence[Setting]]) -> Sentence | None:
    naming = sum(_has(settings, "dns") for settings in devices)
    if not naming:
        return None
    return say_count(
        "{n} device names a DNS server ({servers}).",
        "{n} devices name a DNS server ({servers}).",
        naming,
        servers=_name(devices, "dns"),
    )


def _count_ntp(devices: Sequence[Sequence[Setting]]) -> Sentence | None:
    using = sum(_has(settings, "ntp") for settings in devices)
    if not using:
        return None
    if not any(_values(settings, "ntp") for settings in devices):
        return say_count(
            "{n} device sets its clock over the network (NTP); by which server, it does not say.",
            "{n} devices set their clocks over the network (NTP); by which server, they do not say.",
            using,
        )
    return say_count(
        "{n} device sets its clock over the network (NTP); servers named: {servers}.",
        "{n} devices set their clocks over the network (NTP); servers named: {servers}.",
        using,
        servers=_name(devices, "ntp"),
    )


def _name(devices: Iterable[Sequence[Setting]], kind: str) -> str:
    values = {value for settings in devices for value in _values(settings, kind)}
    return say_all(sorted(values)[:VALUES_NAMED])


def _has(settings: Iterable[Setting], kind: str) -> bool:
    return any(one.kind == kind for one in settings)


def _values(settings: Iterable[Setting], kind: str) -> list[str]:
    return [one.value for one in settings if one.kind == kind and one.value != ON]


def _public(settings: Iterable[Setting]) -> list[str]:
    return sorted({one.value for one in settings if _is_public(one.value)})


def _is_public(value: str) -> bool:
    host = value.partition(":")[0] if value.count(":") == 1 else value
    try:
        return ip_address(host).is_global
    except ValueError:
        return False
