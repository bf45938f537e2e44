"""What an earlier run told, so that a gate fails only on what is new; a silent device or a better look clears nothing.

The baseline is the report as it was told then, not the old record judged with today's knowledge: a device that only a
newer fingerprint or a newer list recognises is new to its reader, and fails.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reports.keys import finding_keys
from scanner.exits import UsageError
from scanner.model import Addresses, Device, Finding, Identity, Ledger, Report, Standing, Status, replace
from scanner.policy import overall_status

SCHEMA: Final = "camcensus.report/1"
"""The form that is read (docs/report-schema.json)."""

REPORT_NAME: Final = "report.json"
"""The report inside a run's folder."""

LARGEST: Final = 2_000_000_000
"""Bytes of a report that is read: some 200,000 devices. A larger file is no report of ours."""

ADVICE: Final = "give the report.json of an earlier run, or the folder it stands in"
"""What to do about a baseline that cannot be used."""

_GRAVITY: Final = {Status.NOT_COVERED: 0, Status.UNDETERMINED: 1, Status.SUSPECTED: 2, Status.COVERED: 3}
"""What was told as graver than it is now is no news."""

_NO_LIST: Final = ""
"""Stands for the list where none was applied: the device itself is then what is known or new."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The status told under each key (a list and one piece of hardware, see `reports/keys.py`).

    A key that several devices had, such as a serial number of zeros, names nobody and is not among them.
    """

    told: Mapping[str, Status]

    def knows(self, device: Device, finding: Finding) -> bool:
        """True when a finding as grave was told of the same hardware and list, at whatever address."""
        return any(
            _GRAVITY[self.told[key]] >= _GRAVITY[finding.status]
            for key in _keys(device, finding.list)
            if key in self.told
        )


def read_baseline(path: Path) -> Baseline:
    """Read a report.json, or the one in the folder of a run. Raises UsageError saying what to give instead."""
    file = path / REPORT_NAME if path.is_dir() else path
    held = load_report(file)
    try:
        return make_baseline(_device(item) for item in held["devices"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{file} is damaged ({type(error).__name__}: {error}): {ADVICE}") from None


def load_report(file: Path) -> Mapping[str, Any]:
    """The object in a report.json of ours. Raises UsageError."""
    held = _load(file)
    if not isinstance(held, dict) or held.get("schema") != SCHEMA:
        raise UsageError(f"{file} is no {SCHEMA}: {ADVICE}")
    return held


def _load(file: Path) -> object:
    try:
        size, data = file.stat().st_size, b""
        if size <= LARGEST:
            data = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror}): {ADVICE}") from None
    if size > LARGEST:
        raise UsageError(f"{file} has {size:,} bytes, too many for a report: {ADVICE}")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise UsageError(f"{file} is no JSON: {ADVICE}") from None


def make_baseline(devices: Iterable[Device]) -> Baseline:
    """The baseline that these devices make."""
    told: dict[str, Status] = {}
    owners: dict[str, str] = {}
    shared: set[str] = set()
    for device in devices:
        for finding in _findings(device):
            for key in _keys(device, finding.list):
                told[key] = finding.status
                if owners.setdefault(key, device.id) != device.id:
                    shared.add(key)
    return Baseline({key: status for key, status in told.items() if key not in shared})


def _keys(device: Device, name: str) -> tuple[str, ...]:
    """The stable keys of a finding, and one of the report's own id, for hardware whose keys others share."""
    return (*finding_keys(device, name).values(), f"{name} {device.id}")


def only_new(report: Report, baseline: Baseline) -> Report:
    """The report with the findings that the baseline lacks, and the devices that have any; the coverage stays whole."""
    unique = make_baseline(report.devices).told.keys()
    baseline = Baseline({key: status for key, status in baseline.told.items() if key in unique})
    kept = tuple(
        replace(device, findings=new, status=overall_status(new) if device.findings else device.status)
        for device in report.devices
        if (new := tuple(finding for finding in _findings(device) if not baseline.knows(device, finding)))
    )
    counts = Counter(device.status.value for device in kept)
    return replace(report, devices=kept, counts={status.value: counts.get(status.value, 0) for status in Status})


def _findings(device: Device) -> tuple[Finding, ...]:
    """The findings of a device; where no list was applied, one that stands for the device."""
    return device.findings or (_stub(_NO_LIST, device.status),)


def _stub(name: str, status: Status) -> Finding:
    return Finding(name, "", status, "", "", None, "none", None, "")


def _device(item: Mapping[str, Any]) -> Device:
    """As much of a device as its keys are made from."""
    identity = Identity(
        maker=_text(item["maker"]), brand=None, model=None, firmware=None, serial=_text(item["serial"]), kind=None,
        standing=Standing(item["standing"]), confidence=0.0,
    )  # fmt: skip
    return Device(
        id=str(item["id"]),
        addresses=Addresses(mac=tuple(str(mac) for mac in item["addresses"]["mac"])),
        identity=identity,
        status=Status(item["status"]),
        findings=tuple(_stub(str(found["list"]), Status(found["status"])) for found in item["findings"]),
        ledger=Ledger(),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
