"""Tells which units sold under another name can be asked for that name at all; judges nobody.

A brand is a name on the case. It can be seen where a unit says something that a unit of another brand would say
differently: a name, a model, a serial number, a realm, a title. A hardware address shows whose network interface it is;
the head of a page without a title shows whose firmware.
"""

from __future__ import annotations

from typing import Final

from benchmarks.answers import Sensed
from benchmarks.measures import Answer, brand_of

TELLING: Final = frozenset(
    {
        "brand", "friendly-name", "hardware", "hostname", "manufacturer", "manufacturer-model", "manufacturer-url",
        "model", "model-name", "model-number", "name", "oem", "realm", "serial", "subject", "title", "user-agent",
        "vendor",
    }
)  # fmt: skip
"""Fields, of whatever protocol, in which a unit names itself."""


def why_not_asked(device: Sensed, answer: Answer, brands: frozenset[str]) -> str:
    """Why no brand can be expected of a unit; empty when one can. `brands` are the ids of the makers file."""
    if brand_of(answer) not in brands:
        return "the label is no brand of the makers file"
    if any(seen.field in TELLING and seen.value.strip() for seen in device.observations):
        return ""
    if all(case.observation.protocol == "mac" for case in answer.cases):
        return "a hardware address and nothing else"
    return "no name, model, serial number, realm or title in what it says"
