"""SSDP answers and description documents to their parts; follows no LOCATION."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.codec.ssdp import parse_answer, read_serial
from scanner.codec.text import cut_field
from scanner.codec.upnp_xml import parse_description
from scanner.model import Observation

Found = Iterator[tuple[str, str]]


def read_answer(observation: Observation) -> Found:
    """An SSDP answer; TVT answers with a description document instead."""
    if observation.value.lstrip().startswith("<"):
        yield "upnp-xml.raw", observation.value
        return
    answer = parse_answer(observation.value.encode("utf-8", "replace"))
    yield "ssdp.server", answer.server
    yield "ssdp.usn", answer.usn
    yield "ssdp.st", answer.st
    yield "ssdp.location", answer.location


def read_usn(observation: Observation) -> Found:
    """The serial number inside a USN of Dahua's form."""
    yield "ssdp.serial", read_serial(observation.value)


def read_document(observation: Observation) -> Found:
    """A description document."""
    device = parse_description(observation.value.encode("utf-8", "replace"))
    yield "upnp-xml.manufacturer", device.manufacturer
    yield "upnp-xml.manufacturer-url", device.manufacturer_url
    yield "upnp-xml.model-name", device.model_name
    yield "upnp-xml.model-number", device.model_number
    yield "upnp-xml.model-description", device.model_description
    yield "upnp-xml.friendly-name", device.friendly_name
    yield "upnp-xml.serial", device.serial
    yield "upnp-xml.device-type", device.device_type
    yield "upnp-xml.mac", device.mac
    if device.manufacturer and device.model_name:
        yield "upnp-xml.manufacturer-model", f"manufacturer={device.manufacturer}; modelName={device.model_name}"


def read_pair(observation: Observation) -> Found:
    """Manufacturer and model in one text, "manufacturer=…; modelName=…"."""
    before, sign, model = observation.value.partition("; modelName=")
    if sign:
        yield "upnp-xml.manufacturer", cut_field(before.removeprefix("manufacturer="))
        yield "upnp-xml.model-name", cut_field(model)
