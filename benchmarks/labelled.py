"""Labelled observations: what devices said, each with its true maker; read here, never judged and never copied.

One JSON object a line: `protocol`, `field`, `data`, `label` (`vendor`, `flagged`, optionally `brand`, `identifiable`,
`confidence`), optionally `device`, `real`, `note`. Lines of one device are identified together.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scanner.model import Observation

LISTED: Final = frozenset({"hikvision", "dahua"})
"""The makers whose devices are the positives of the labels."""

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
    device: str
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
    return [_make_case(number, json.loads(line)) for number, line in enumerate(lines, 1) if line.strip()]


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
