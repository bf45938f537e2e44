"""Answers of the makers' own discovery protocols to their parts; credentials and salts never come through here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from scanner.codec import Garbled, dhdiscover, dvrip_search, sadp, tvt_search, univiewprobe, xm_search
from scanner.codec.macs import normalise_mac, prefix
from scanner.codec.text import VALUE_CAP, cut_field, is_secret
from scanner.codec.wsd import read_scopes
from scanner.dissect.settings import read_settings, write_setting
from scanner.model import Observation

Found = Iterator[tuple[str, str]]
Fields = tuple[tuple[str, str], ...]

_LINES_CAP: Final = 256
"""KEY=VALUE lines read of one answer."""


def read_sadp(observation: Observation) -> Found:
    """A SADP answer; an inquiry of another tool yields only its root element."""
    root, fields = sadp.read_parts(observation.value.encode("utf-8", "replace"))
    answers = sadp.is_answer(root)
    yield "sadp.answer", "ProbeMatch" if answers else root
    if answers:
        yield "sadp.device-fields", _write_lines(fields)


def read_sadp_lines(observation: Observation) -> Found:
    """The parts of an answer that came as KEY=VALUE lines."""
    answer = sadp.read_fields("ProbeMatch", _read_lines(observation.value), "")
    yield "sadp.model", answer.model
    yield "sadp.type-code", answer.type_code
    yield "sadp.serial", answer.serial
    yield "sadp.mac", answer.mac
    yield "sadp.firmware", answer.firmware
    yield "sadp.dsp", answer.dsp
    yield "sadp.oem", answer.oem
    yield "sadp.activated", answer.activated
    yield "sadp.channels", _write_count(answer.channels)
    yield "sadp.analogue-channels", _write_count(answer.analogue)
    yield "sadp.network", answer.network
    yield from _name_settings("sadp", read_settings(answer.fields))


def read_layer2(observation: Observation) -> Found:
    """The sender of an ethertype 0x8033 frame, "origin type mac ipv4", where it is a device."""
    parts = observation.value.split()
    if len(parts) == 4 and (parts[0] == "device" or parts[1] in ("online", "inquiry-response")):
        yield "sadp.mac", normalise_mac(parts[2]) or ""


def read_dahua(observation: Observation) -> Found:
    """A DHDiscover answer, with or without its header."""
    answer = dhdiscover.parse_answer(observation.value.encode("utf-8", "replace"))
    yield "dhdiscover.answer", "client.notifyDevInfo" if answer.is_answer else answer.method
    if answer.is_answer:
        yield "dhdiscover.device-fields", _write_lines(answer.fields)


def read_dahua_lines(observation: Observation) -> Found:
    """The parts of an answer that came as KEY=VALUE lines."""
    answer = dhdiscover.read_fields(_read_lines(observation.value), "")
    yield "dhdiscover.class", answer.device_class
    yield "dhdiscover.model", answer.model
    yield "dhdiscover.serial", answer.serial
    yield "dhdiscover.mac", answer.mac
    yield "dhdiscover.firmware", answer.firmware
    yield "dhdiscover.vendor", answer.vendor
    yield "dhdiscover.manufacturer", answer.manufacturer
    yield "dhdiscover.channels", _write_count(answer.channels)
    yield "dhdiscover.analogue-channels", _write_count(answer.analogue)
    yield "dhdiscover.network", answer.network
    yield from _name_settings("dhdiscover", read_settings(answer.fields))


def read_dvrip(observation: Observation) -> Found:
    """A DVRIP search answer in hexadecimal."""
    answer = dvrip_search.parse_answer(_read_hex(observation.value))
    yield "dvrip-search.answer", answer.code
    yield "dvrip-search.type", answer.type
    yield "dvrip-search.model", answer.model
    yield "dvrip-search.name", answer.name
    yield "dvrip-search.serial", answer.serial
    yield "dvrip-search.mac", answer.mac
    yield "dvrip-search.way-out", write_setting("gateway", answer.gateway)
    yield "dvrip-search.way-out", write_setting("dns", answer.dns)
    yield "dvrip-search.way-out", write_setting("gateway", answer.gateway_v6)


def read_uniview(observation: Observation) -> Found:
    """A UniviewProbe answer; one per unit listed."""
    answer = univiewprobe.parse_answer(observation.value.encode("utf-8", "replace"))
    yield "univiewprobe.answer", answer.element
    if answer.is_answer:
        for match in answer.matches:
            yield "univiewprobe.scopes", cut_field(" ".join(match.scopes))


def read_uniview_scopes(observation: Observation) -> Found:
    """Serial number, hardware address and platform out of the scopes of a UniviewProbe answer."""
    for category, value in read_scopes(observation.value.split()):
        if category == "serial":
            yield "serial.value", value
        elif category == "macaddr":
            yield "mac.prefix", prefix(normalise_mac(value) or "")
        elif category == "register_server":
            yield "univiewprobe.way-out", write_setting("server", value)


def read_xm(observation: Observation) -> Found:
    """A Xiongmai search answer in hexadecimal."""
    answer = xm_search.parse_answer(_read_hex(observation.value))
    yield "xm-search.answer", str(answer.message)
    if answer.is_answer:
        yield "xm-search.model", answer.model
        yield "xm-search.serial", answer.serial
        yield "xm-search.mac", answer.mac
        yield "xm-search.firmware", answer.firmware
        fields = ((name, xm_search.read_address(value)) for name, value in answer.fields)
        yield from _name_settings("xm-search", read_settings(fields))


def read_tvt(observation: Observation) -> Found:
    """A TVT search answer in hexadecimal."""
    answer = tvt_search.parse_answer(_read_hex(observation.value))
    yield "tvt-search.answer", f"MHED {answer.operation}"
    if answer.is_answer:
        yield "tvt-search.model", answer.model
        yield "tvt-search.mac", answer.mac
        yield "tvt-search.firmware", answer.firmware
        yield "tvt-search.channels", str(answer.channels)
        yield "tvt-search.way-out", write_setting("gateway", answer.gateway)


def _name_settings(protocol: str, lines: Iterable[str]) -> Found:
    return ((f"{protocol}.way-out", line) for line in lines)


def _write_lines(fields: Fields) -> str:
    return "\n".join(f"{name}={' '.join(value.split())}" for name, value in fields)[:VALUE_CAP]


def _read_lines(text: str) -> Fields:
    pairs = (line.partition("=") for line in text.splitlines()[:_LINES_CAP])
    return tuple((cut_field(name), cut_field(value)) for name, sign, value in pairs if sign and not is_secret(name))


def _write_count(count: int | None) -> str:
    return "" if count is None else str(count)


def _read_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text[:VALUE_CAP])
    except ValueError:
        raise Garbled("not hexadecimal") from None
