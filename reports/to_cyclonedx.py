"""The devices as a CycloneDX 1.6 inventory, for asset management; never claims to be complete when coverage was not."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Final

from reports import Renderer, RenderOptions
from reports.long_list import write_with
from reports.messages import SOURCE, Texts, texts, timestamp
from reports.summary import whole_in_order
from reports.visible import visible
from reports.wording import answer, coverage_verdict, device_label, evidence_value, maker_name
from scanner.model import Device, Report

Json = dict[str, object]

_NAMESPACE: Final = uuid.UUID("7b6f6c0e-6f0b-5c53-9d0f-2f8f1a3c9e41")
"""Of this format: serial numbers are made from the run's id, so one run has one serial number for ever."""

_ESTATE: Final = "camcensus:estate"

METHODS_CAP: Final = 20
"""Lines of evidence a component carries; all of them stand in the JSON report."""


def render(report: Report, options: RenderOptions) -> str:
    """The report as CycloneDX JSON: one component of type "device" for every device seen."""
    return "".join(stream(report, options))


def stream(report: Report, _options: RenderOptions) -> Iterator[str]:
    """The document, in it component by component."""
    _ = texts(SOURCE)
    bom: Json = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, visible(report.run.id))}",
        "version": 1,
        "metadata": _metadata(_, report),
        "components": [],
        "compositions": [
            {"aggregate": "complete" if report.coverage.complete else "incomplete", "assemblies": [_ESTATE]}
        ],
    }
    return write_with(bom, "components", (_component(_, report, device) for device in whole_in_order(report)))


def _metadata(_: Texts, report: Report) -> Json:
    metadata: Json = {
        "tools": {"components": [{"type": "application", "name": "camcensus", "version": visible(report.run.version)}]},
        "component": {
            "type": "platform",
            "bom-ref": _ESTATE,
            "name": visible(", ".join(report.run.scope)) or "camcensus",
            "description": coverage_verdict(_, report.coverage),
        },
        "properties": _properties(
            ("answer", answer(_, report).sentence),
            ("run", visible(report.run.id)),
            *(("gap", visible(gap)) for gap in report.coverage.gaps),
        ),
    }
    at = timestamp(report.run.ended or report.run.started)
    return {"timestamp": at, **metadata} if at else metadata


def _component(_: Texts, report: Report, device: Device) -> Json:
    who = device.identity
    component: Json = {
        "type": "device",
        "bom-ref": f"device:{visible(device.id)}",
        "name": visible(who.model or "") or device_label(_, report, device),
        "properties": _properties(*_details(device)),
    }
    if who.maker:
        component["manufacturer"] = {"name": maker_name(report, who.maker)}
    if who.brand:
        component["publisher"] = maker_name(report, who.brand)
    if who.evidence:
        component["evidence"] = {"identity": [_identity(device)]}
    if who.firmware:
        component["components"] = [_firmware(device)]
    return component


def _firmware(device: Device) -> Json:
    return {
        "type": "firmware",
        "bom-ref": f"device:{visible(device.id)}:firmware",
        "name": visible(device.identity.model or "firmware"),
        "version": visible(device.identity.firmware or ""),
    }


def _identity(device: Device) -> Json:
    who = device.identity
    return {
        "field": "name",
        "confidence": who.confidence,
        "methods": [
            {
                "technique": "dynamic-analysis",
                "confidence": e.weight,
                "value": f"{visible(e.field)}: {evidence_value(e)}",
            }
            for e in who.evidence[:METHODS_CAP]
        ],
    }


def _details(device: Device) -> Iterator[tuple[str, str]]:
    who, seen = device.identity, device.addresses
    yield from (("status", device.status.value), ("standing", who.standing.value))
    for name, value in (("kind", who.kind), ("maker", who.maker), ("brand", who.brand), ("serial", who.serial)):
        if value:
            yield name, visible(value)
    for name, values in (("ipv4", seen.ipv4), ("ipv6", seen.ipv6), ("mac", seen.mac)):
        yield from ((name, visible(value)) for value in values)
    if device.channels is not None:
        yield "hidden-channels", str(device.channels)
    if device.off_scope:
        yield "off-scope", "true"
    for finding in device.findings:
        yield f"list:{visible(finding.list)}", finding.status.value


def _properties(*pairs: tuple[str, str]) -> list[Json]:
    return [{"name": f"camcensus:{name}", "value": value} for name, value in pairs]


RENDERER: Final = Renderer("cyclonedx", "cdx.json", "application/vnd.cyclonedx+json; version=1.6", render, stream)
