"""Finds model, firmware, serial, kind and channels of one device among its observations; pure, decides no maker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scanner.model import Match, Observation

SOURCES: Final[dict[str, tuple[str, ...]]] = {
    "model": (
        "sadp.model", "dhdiscover.model", "dvrip-search.model", "xm-search.model", "tvt-search.model", "onvif.model",
        "http.model", "upnp-xml.model-number", "onvif-wsd.hardware", "upnp-xml.model-name",
    ),
    "firmware": (
        "sadp.firmware", "dhdiscover.firmware", "tvt-search.firmware", "xm-search.firmware", "onvif.firmware",
        "http.firmware", "onvif-wsd.version",
    ),
    "serial": (
        "sadp.serial", "dhdiscover.serial", "dvrip-search.serial", "xm-search.serial", "onvif.serial", "http.serial",
        "onvif-wsd.serial", "upnp-xml.serial", "ssdp.serial",
    ),
    "channels": ("sadp.channels", "dhdiscover.channels", "tvt-search.channels"),
}  # fmt: skip
"""Where each detail is taken from, the most trustworthy first: a maker's own discovery before texts users may edit."""

KIND_OF_CLASS: Final = {
    "IPC": "camera", "SD": "camera", "PTZ": "camera", "TPC": "thermal", "NVR": "recorder", "HCVR": "recorder",
    "XVR": "recorder", "DVR": "recorder", "EVS": "recorder", "IVSS": "recorder", "NVS": "encoder",
    "VTO": "door-station", "VTH": "intercom", "VTS": "intercom",
    "BSC": "access-control", "ASC": "access-control", "ASI": "access-control",
}  # fmt: skip
"""Dahua's DeviceClass as a kind (DHDiscover, protocol facts 3.1)."""

MANY_CHANNELS: Final = 2
"""From so many video channels on a unit is a recorder or an encoder, not a camera."""


@dataclass(frozen=True, slots=True)
class Details:
    """What a device is, apart from who made it."""

    model: str | None = None
    firmware: str | None = None
    serial: str | None = None
    kind: str | None = None
    channels: int | None = None
    hints: tuple[str, ...] = ()


def find_details(observations: Sequence[Observation], matches: Sequence[Match], maker: str | None) -> Details:
    """Collect the details; what rules of the judged maker extracted comes before what other rules did."""
    own = [m for m in matches if maker is not None and m.maker == maker]
    found = {key: _pick(key, observations, own, matches) for key in SOURCES}
    channels = _number(found["channels"])
    kind = _find_kind(observations, own, matches, channels)
    return Details(found["model"], found["firmware"], found["serial"], kind, channels, _hidden(kind, channels))


def _pick(key: str, observations: Sequence[Observation], own: Sequence[Match], matches: Sequence[Match]) -> str | None:
    by_name: dict[str, str] = {}
    for observation in observations:
        if observation.name in SOURCES[key] and observation.value.strip():
            held = by_name.get(observation.name)
            value = observation.value.strip()
            by_name[observation.name] = value if held is None else min(held, value)
    for name in SOURCES[key]:
        if name in by_name:
            return by_name[name]
    for group in (own, matches):
        values = sorted((-m.weight, m.extracted[key]) for m in group if m.extracted.get(key))
        if values:
            return values[0][1]
    return None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdigit() and len(text) <= 4 else None


def _find_kind(
    observations: Sequence[Observation], own: Sequence[Match], matches: Sequence[Match], channels: int | None
) -> str | None:
    classes = sorted(o.value.strip().upper() for o in observations if o.name == "dhdiscover.class")
    for text in classes:
        if text in KIND_OF_CLASS:
            return KIND_OF_CLASS[text]
    if channels is not None and channels >= MANY_CHANNELS:
        return "recorder"
    for group in (own, matches):
        kinds = sorted((-m.weight, m.kind) for m in group if m.kind)
        if kinds:
            return kinds[0][1]
    return None


def _hidden(kind: str | None, channels: int | None) -> tuple[str, ...]:
    if kind == "recorder":
        count = f"up to {channels}" if channels else "an unknown number of"
        return (f"A recorder: {count} channels behind it cannot be seen from here.",)
    return ()
