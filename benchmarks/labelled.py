"""Labelled observations: what devices said, each with its true maker; read here, never judged and never copied.

One JSON object a line: `protocol`, `field`, `data`, `label` (`vendor`, `flagged`, optionally `brand`, `identifiable`,
`confidence`), optionally `device`, `real`, `note`. Lines of one device are identified together. Where lines with one
`device` have two makers, they are two devices: a relay or a server that repeats a camera, and the camera.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from scanner.model import Observation

LISTED: Final = frozenset({"hikvision", "dahua"})
"""The makers whose devices are the positives of the labels."""

NAMED_ON_LISTS: Final = (
    "hikvision", "dahua", "uniview", "huawei", "zte", "hytera", "tiandy", "tvt", "xiongmai", "longse", "kedacom",
)  # fmt: skip
"""Makers that official lists name or that are asked about with them; each has a row of its own. A chip is no maker."""

REQUESTS: Final = {("http", "raw"): "GET /"}
"""What was asked where a line does not say it."""

ALIASES: Final = {
    "asustek": "asus",
    "bird home automation": "doorbird",
    "hanwha techwin": "hanwha",
    "huawei-3com": "h3c",
    "indigo security": "indigovision",
    "powerware": "eaton",
    "qnap systems": "qnap",
    "speedtouch": "thomson",
    "sun": "oracle",
    "wowza media systems": "wowza",
    "xiongmai technology": "xiongmai",
}
"""Labels that name one maker by two words, and the id the makers file has."""


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled line."""

    id: str
    device: str  # what the line is judged together with
    said_device: str  # as the file has it; equal for a relay and the camera behind it
    observation: Observation
    vendor: str
    brand: str | None
    flagged: bool  # made by one of LISTED, under whatever name
    oem: bool  # and sold under another name
    identifiable: bool  # false where the text holds no mark of the maker, so that a miss is right
    real: bool  # false for what was put together from facts
    sure: bool  # false for labels of low confidence
    near_miss: bool


def read_cases(lines: Iterable[str]) -> list[Case]:
    """Read labelled lines; a line without a device stands for a device of its own."""
    cases = [_make_case(number, json.loads(line)) for number, line in enumerate(lines, 1) if line.strip()]
    makers: dict[str, set[str]] = {}
    for case in cases:
        makers.setdefault(case.device, set()).add(case.vendor)
    return [
        replace(case, device=f"{case.device} ({case.vendor})") if len(makers[case.device]) > 1 else case
        for case in cases
    ]


def read_files(paths: Iterable[Path]) -> list[Case]:
    """Read several files as one set."""
    return read_cases(line for path in paths for line in path.read_text("utf-8").splitlines())


def _make_case(number: int, row: dict[str, Any]) -> Case:
    label = row["label"]
    key = (row["protocol"], row["field"])
    seen = Observation(*key, row["data"], request=row.get("request", REQUESTS.get(key, "")))
    name = row.get("id") or f"line-{number}"
    return Case(
        id=name,
        device=row.get("device") or f"alone-{number}",
        said_device=row.get("device") or f"alone-{number}",
        observation=seen,
        vendor=ALIASES.get(label["vendor"], label["vendor"]),
        brand=label.get("brand"),
        flagged=bool(label["flagged"]),
        oem=label["flagged"] == "oem",
        identifiable=label.get("identifiable", True),
        real=row.get("real", True) is True,
        sure=label.get("confidence", "high") != "low",
        near_miss="near miss" in (row.get("note") or ""),
    )
