"""The devices as a CSV that NetBox's device import takes; never a formula, and no column that NetBox does not know.

UTF-8 without a byte order mark, which the import would read as part of the first column's name. Manufacturer, role and
device type must exist in NetBox under these names; docs/reports.md says how to make them first.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from reports import Renderer, RenderOptions
from reports.messages import SOURCE, Texts, texts
from reports.spreadsheet import write_rows
from reports.summary import in_order
from reports.visible import visible
from reports.wording import (
    all_addresses,
    device_label,
    maker_name,
)
from reports.words import (
    status_word,
)
from scanner.model import Device, Report, Status

COLUMNS: Final = ("name", "role", "manufacturer", "device_type", "serial", "site", "status", "description", "comments")

NAME_CAP: Final = 64
"""NetBox refuses a device name that is longer."""

SERIAL_CAP: Final = 50
"""NetBox refuses a serial number that is longer; the whole of it then stands among the comments."""

DESCRIPTION_CAP: Final = 200
"""NetBox refuses a description that is longer."""


def render(report: Report, options: RenderOptions) -> bytes:
    """The devices, one line each, for the site of the options; devices outside the scope are left to the auditor."""
    return "".join(stream(report, options)).encode("utf-8")


def stream(report: Report, options: RenderOptions) -> Iterator[str]:
    """The heads, and line by line."""
    _ = texts(SOURCE)
    devices = (device for device in in_order(report.brief) if not device.off_scope)
    return write_rows(chain((COLUMNS,), (_row(_, report, device, options.site) for device in devices)))


def _row(_: Texts, report: Report, device: Device, site: str) -> Iterator[str]:
    who = device.identity
    yield _name(_, report, device)
    yield who.kind or "unknown"
    yield maker_name(report, who.maker) or "Unknown"
    yield visible(who.model or "") or "Unknown"
    yield (who.serial or "") if len(who.serial or "") <= SERIAL_CAP else ""
    yield site
    yield "active"
    yield _description(_, device)[:DESCRIPTION_CAP]
    yield _comments(_, report, device)


def _name(_: Texts, report: Report, device: Device) -> str:
    """Unique within a site: the label cut to make room, then the device's id, which is unique in the report."""
    ending = f" {visible(device.id)}"[-NAME_CAP:]
    return f"{device_label(_, report, device)[: NAME_CAP - len(ending)]}{ending}".strip()


def _description(_: Texts, device: Device) -> str:
    named = [visible(f.list) for f in device.findings if f.status is device.status]
    status = status_word(_, device.status)
    return f"{status}: {_.list(tuple(named))}" if named and device.status is not Status.NOT_COVERED else status


def _comments(_: Texts, report: Report, device: Device) -> str:
    who = device.identity
    facts = (
        ("run", report.run.id),
        ("addresses", ", ".join(all_addresses(device.addresses))),
        ("brand", maker_name(report, who.brand)),
        ("firmware", who.firmware or ""),
        ("serial", who.serial or ""),
        ("names", ", ".join(device.names)),
        ("hidden channels", "" if device.channels is None else str(device.channels)),
        *((f.list, f.reason) for f in device.findings),
    )
    return "; ".join(f"{name}: {value}" for name, value in facts if value)


RENDERER: Final = Renderer("netbox", "netbox.csv", "text/csv; charset=utf-8; header=present", render, stream)
