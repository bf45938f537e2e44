"""The hostile estate: every hostile device beside honest ones on one wire, a tripwire outside the scope. Plays nothing.

Honest devices stand first, so that the unit that some lies copy has a fixed number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from simulator.hostile import CASES, PREFIX, Case, Shown

NETWORK: Final = "10.66.0.0/23"
SCOPE: Final = "10.66.0.0/24"
"""What is to be scanned: the lower half. The tripwire stands in the upper one."""

SCANNER: Final = "10.66.0.2"
TRIPWIRE: Final = "10.66.1.250"

HONEST: Final = (
    "hikvision-camera-new",
    "hikvision-recorder",
    "dahua-camera-new",
    "dahua-recorder",
    "hikvision-rebadge",
    "lorex",
    "uniview",
    "axis",
    "hanwha",
    "printer",
)
FIRST_HONEST: Final = 3
FIRST_HOSTILE: Final = 20


def address_of(case: Case) -> str:
    """Where a hostile device stands, whichever others are left out."""
    return f"10.66.0.{FIRST_HOSTILE + CASES.index(case)}"


def make_site(cases: Sequence[Case] = CASES) -> dict[str, Any]:
    """The estate as plain values, with these hostile devices."""
    honest = [{"persona": name, "address": f"10.66.0.{FIRST_HONEST + n}"} for n, name in enumerate(HONEST)]
    hostile = [{"persona": f"{PREFIX}{case.id}", "address": address_of(case)} for case in cases]
    tripwire = {"persona": "vms-page", "address": TRIPWIRE}
    return {
        "id": "hostile",
        "about": f"{len(hostile)} hostile devices beside {len(honest)} honest ones, and a tripwire outside {SCOPE}.",
        "segments": [{"network": NETWORK, "scanner": SCANNER, "devices": [*honest, *hostile, tripwire]}],
    }


_FAMILIES: Final = {
    "web": "Web servers",
    "documents": "XML documents",
    "tls": "TLS servers",
    "streams": "Streaming, telnet and vendor ports",
    "discovery": "Discovery answers",
    "elsewhere": "Devices that point at other hosts",
    "names": "Names made to break a reader or a report",
    "lies": "Lies about who it is",
    "link": "Link layer",
}

_INTRODUCTION: Final = """\
# Hostile devices

Whatever stands on an audited network may be hostile to the auditor. These are the {count} devices that camcensus is
tested against, all of them in one scan beside {honest} honest ones (`tests/harm/test_hostile.py`): the scan ends in
bounded time and memory, every honest device is found with its maker and its status, the hostile one is reported as what
it is, and every report opens safely. `camcensus simulate up hostile` plays them.

This page is written by `python -m simulator.hostile`; a test holds it against the devices. "May be reported as" is the
most that a report may say:

- *nobody*: no maker is named, nobody is accused.
- *suspected*: an accusation that the report itself calls unproven.
- *as it claims*: it speaks a maker's own protocol without contradicting itself. Nothing on a network can tell a perfect
  imitation from the original, so it is believed, and the report shows the bytes.

**Not defended.** A datagram carries whatever sender its maker writes into it. A device on the same wire that answers
a search in the *name of another address* is believed to be that address, unless its card answers for more than four of
them. Whoever must rule that out compares the report's hardware addresses with the switch's table.
"""

_CELLS: Final = {Shown.NOBODY: "nobody", Shown.SUSPECTED: "suspected", Shown.AS_CLAIMED: "as it claims"}


def write_page() -> str:
    """docs/hostile.md."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _INTRODUCTION.format(count=len(CASES), honest=len(HONEST))
    for family, title in _FAMILIES.items():
        yield f"## {title}\n"
        yield "| Device | What it does | May be reported as |"
        yield "| --- | --- | --- |"
        for case in CASES:
            if case.family == family:
                why = f": {case.why}" if case.why else ""
                yield f"| `{case.id}` | {case.does} | {_CELLS[case.shown]}{why} |"
        yield ""


def write_estate() -> str:
    """simulator/estates/hostile.yaml."""
    site = make_site()
    (segment,) = site["segments"]
    lines = ["# Written by `python -m simulator.hostile`: do not edit.", f"id: {site['id']}", f"about: {site['about']}"]
    lines += ["segments:", f"  - network: {segment['network']}", f"    scanner: {segment['scanner']}", "    devices:"]
    lines += [f"      - {{persona: {one['persona']}, address: {one['address']}}}" for one in segment["devices"]]
    return "\n".join(lines) + "\n"
