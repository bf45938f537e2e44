"""Finds model, firmware, serial, kind and channels of one device among its observations; pure, decides no maker.

What a model line may be able to do (faces, plates) is said as a capability of the line, never as a claim about use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scanner.grammar import COAXIAL_RECORDER, Ability, Grammar, ModelReading
from scanner.model import Match, Observation
from scanner.sentence import say, say_count

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

_DETAIL_OF: Final = {name: key for key, names in SOURCES.items() for name in names}
_CLASS: Final = "dhdiscover.class"
_FIELDS: Final = frozenset(name.partition(".")[2] for name in (*_DETAIL_OF, _CLASS))

KIND_OF_CLASS: Final = {
    "IPC": "camera", "SD": "camera", "PTZ": "camera", "TPC": "thermal", "NVR": "recorder", "HCVR": "recorder",
    "XVR": "recorder", "DVR": "recorder", "EVS": "recorder", "IVSS": "recorder", "NVS": "encoder",
    "VTO": "door-station", "VTH": "intercom", "VTS": "intercom",
    "BSC": "access-control", "ASC": "access-control", "ASI": "access-control",
}  # fmt: skip
"""Dahua's DeviceClass as a kind (DHDiscover, protocol facts 3.1)."""

NO_MODEL: Final = frozenset({
    "general", "ip camera", "ip_camera", "ipcamera", "ipc", "nvr", "dvr", "hcvr", "xvr", "model", "ipc-model", "nvt",
    "network camera", "network video recorder", "n/a", "unknown", "private", "camera", "recorder", "onvif",
})  # fmt: skip
"""Words that firmware sends where a model belongs; they name none (protocol facts 3.1, 5.2)."""

KIND_AT: Final = 0.4
"""Least weight of a rule whose word on the kind counts when it is not a rule of the judged maker."""

ABILITIES: Final = {
    Ability.FACES: say("The model line may be able to recognise faces; whether this unit does was not looked at."),
    Ability.PLATES: say("The model line may be able to read number plates; whether this unit does was not looked at."),
}

COAXIAL_PORTS: Final = say(
    "The recorder takes cameras over coaxial cable, too; those have no address, and no scan finds them."
)
COAXIAL_CAMERA: Final = say(
    "The model is a coaxial camera, which has no address: what answered is another thing that names it."
)

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


def find_details(
    observations: Sequence[Observation],
    matches: Sequence[Match],
    maker: str | None,
    grammar: Grammar | None = None,
    brand: str | None = None,
) -> Details:
    """Collect the details; what rules of the judged maker extracted comes before what other rules did."""
    own = [m for m in matches if maker is not None and m.maker == maker]
    told = _read_told(observations)
    extracted = [[m for m in group if m.extracted] for group in (own, matches)]
    found = {key: _pick(key, told, extracted) for key in SOURCES}
    reading = _read_model(found["model"], maker, brand, grammar)
    channels = _number(found["channels"]) or (reading.channels if reading is not None else None)
    kind = _find_kind(told.get(_CLASS, []), own, matches, channels, reading)
    hints = (*_hidden(kind, channels), *_say_line(reading, kind))
    return Details(found["model"], found["firmware"], found["serial"], kind, channels, hints)


def _read_model(
    model: str | None, maker: str | None, brand: str | None, grammar: Grammar | None
) -> ModelReading | None:
    """What the model's form says, unless it is the form of another maker than the evidence names."""
    if model is None or grammar is None:
        return None
    reading = grammar.classify_model(model, brand or maker)
    return reading if reading is not None and reading.maker in (maker, None) else None


def _read_told(observations: Sequence[Observation]) -> dict[str, list[str]]:
    """What the device said in each field that holds a detail, stripped; values that say nothing are left out."""
    told: dict[str, list[str]] = {}
    for observation in observations:
        if observation.field not in _FIELDS:
            continue
        name = observation.name
        key = _DETAIL_OF.get(name)
        if key is not None or name == _CLASS:
            value = observation.value.strip()
            if key is None or _is_worth(key, value):
                told.setdefault(name, []).append(value)
    return told


def _pick(key: str, told: Mapping[str, Sequence[str]], extracted: Iterable[Sequence[Match]]) -> str | None:
    """What the device said of itself, else what rules extracted: in the order of `extracted`, heaviest first."""
    for name in SOURCES[key]:
        if name in told:
            return min(told[name])
    for group in extracted:
        values = [(-m.weight, m.extracted[key]) for m in group if _is_worth(key, m.extracted.get(key, ""))]
        if values:
            return min(values)[1]
    return None


def _is_worth(key: str, value: str) -> bool:
    """A model has a letter and a digit and is none of the words that stand for "some model"."""
    if key != "model":
        return bool(value)
    return any(c.isdigit() for c in value) and any(c.isalpha() for c in value) and value.lower() not in NO_MODEL


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdigit() and len(text) <= 4 else None


def _find_kind(
    classes: Sequence[str],
    own: Sequence[Match],
    matches: Sequence[Match],
    channels: int | None,
    reading: ModelReading | None,
) -> str | None:
    """The maker's own word first, then the model's form, then many channels, then other rules of weight."""
    for text in sorted(map(str.upper, classes)):
        if text in KIND_OF_CLASS:
            thermal = KIND_OF_CLASS[text] == "camera" and reading is not None and reading.kind == "thermal"
            return "thermal" if thermal else KIND_OF_CLASS[text]  # a thermal camera calls itself IPC, too
    if reading is not None and reading.kind is not None:
        return reading.kind
    if channels is not None and channels >= MANY_CHANNELS:
        return "recorder"
    others = [m for m in matches if m.maker is None and m.weight >= KIND_AT] if not own else []
    for group in (own, others):
        kinds = [(-m.weight, m.kind) for m in group if m.kind]
        if kinds:
            return min(kinds)[1]
    return None


def _say_line(reading: ModelReading | None, kind: str | None) -> tuple[str, ...]:
    """What the model's line says beyond its kind: coaxial cable, and what such models may be able to do."""
    if reading is None:
        return ()
    hints: list[str] = []
    if kind == "recorder" and reading.product == COAXIAL_RECORDER:
        hints.append(COAXIAL_PORTS)
    if kind == "camera" and reading.ip_device is False:
        hints.append(COAXIAL_CAMERA)
    if reading.capability is not None:
        hints.append(ABILITIES[reading.capability])
    return tuple(hints)


def _hidden(kind: str | None, channels: int | None) -> tuple[str, ...]:
    if kind != "recorder":
        return ()
    if not channels:
        return (say("An unknown number of channels behind this recorder cannot be seen from here."),)
    return (
        say_count(
            "Up to {n} channel behind this recorder cannot be seen from here.",
            "Up to {n} channels behind this recorder cannot be seen from here.",
            channels,
        ),
    )
