"""Observations in, identities out: the thinking half as a filter over JSON Lines. Touches no network.

A bad line costs that line: it is answered with an error that names it, and the rest is processed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from scanner.dissect import Dissector, dissect_host
from scanner.fingerprint import Library
from scanner.judging import judge_device
from scanner.matching import match_observations
from scanner.model import Evidence, Identity, Observation

VALUE_CAP: Final = 64 * 1024
"""Characters of one observation that are read; what a device says in its first 64 kB decides."""

LINE_CAP: Final = 16 << 20
"""Characters of one input line; beyond this it is not an observation."""

_EVIDENCE: Final = tuple(item.name for item in fields(Evidence))

ALIASES: Final = {("http", "raw"): "GET /"}
"""Requests assumed for lines that do not say what was asked."""


@dataclass(frozen=True, slots=True)
class InputLine:
    """One readable input line."""

    number: int
    id: str
    device: str | None
    observation: Observation


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One unreadable input line, in words for the person who made it."""

    number: int
    message: str


def read_input(lines: Iterable[bytes], fields: Mapping[str, str]) -> Iterator[InputLine | InputProblem]:
    """Read observations as JSON Lines with at least protocol, field and data; id and device are optional."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _read_line(number, line, fields)


def _read_line(number: int, line: bytes, fields: Mapping[str, str]) -> InputLine | InputProblem:
    if len(line) > LINE_CAP:
        return InputProblem(number, f"the line holds {len(line):,} bytes, more than an observation can")
    try:
        body = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return InputProblem(number, "not JSON; each line is one object")
    if not isinstance(body, dict):
        return InputProblem(number, "not an object with protocol, field and data")
    missing = [key for key in ("protocol", "field", "data") if not isinstance(body.get(key), str)]
    if missing:
        return InputProblem(number, f"{' and '.join(missing)} missing or not text")
    protocol, field = body["protocol"], body["field"]
    if f"{protocol}.{field}" not in fields:
        return InputProblem(number, f"no observation is called {protocol}.{field}; docs/fields.md lists the names")
    return InputLine(number, str(body.get("id") or f"line-{number}"), _device(body), _observe(body))


def _device(body: Mapping[str, Any]) -> str | None:
    device = body.get("device")
    return str(device) if device not in (None, "") else None


def _observe(body: Mapping[str, Any]) -> Observation:
    protocol, field = body["protocol"], body["field"]
    request = body.get("request")
    return Observation(
        protocol=protocol,
        field=field,
        value=body["data"][:VALUE_CAP],
        address=body.get("address") if isinstance(body.get("address"), str) else None,
        port=body.get("port") if isinstance(body.get("port"), int) else None,
        request=request if isinstance(request, str) else ALIASES.get((protocol, field), ""),
        by="import",
        digest=hashlib.sha256(body["data"].encode("utf-8", "replace")).hexdigest(),
    )


def expand_each(observations: Iterable[Observation], dissector: Dissector | None = None) -> list[Observation]:
    """The observations with everything that can be dissected from each, each once."""
    read = dissector or Dissector()
    seen: dict[Observation, None] = {}
    for observation in observations:
        seen[observation] = None
        for derived in read(observation):
            seen[derived] = None
    return list(seen)


def expand_whole(observations: Iterable[Observation]) -> list[Observation]:
    """The observations of one device with everything that can be dissected from them, singly and together."""
    return _together(expand_each(observations))


def _together(held: Sequence[Observation]) -> list[Observation]:
    found = dissect_host(held)
    if not found:
        return list(held)
    known = {seen for seen in held if seen.field == found[0].field}
    return [*held, *(item for item in found if item not in known)]


def judge_expanded(held: Sequence[Observation], library: Library) -> tuple[Identity, list[Observation]]:
    """Who made the one device these dissected observations come from, and all that was judged."""
    whole = _together(held)
    matches = match_observations(whole, library)
    return judge_device(whole, matches, library.weights, library.grammar), whole


def identify(observations: Iterable[Observation], library: Library, dissector: Dissector | None = None) -> Identity:
    """Who made the one device that all these observations come from; a `dissector` remembers from call to call."""
    return judge_expanded(expand_each(observations, dissector), library)[0]


def identify_lines(
    lines: Iterable[bytes], library: Library, complain: Callable[[InputProblem], None]
) -> Iterator[dict[str, Any]]:
    """One answer per device (per id where a line names none), in the order of first appearance."""
    groups: dict[tuple[str, str], list[InputLine]] = {}
    for item in read_input(lines, library.groups):
        if isinstance(item, InputProblem):
            complain(item)
            continue
        key = ("device", item.device) if item.device is not None else ("line", f"{item.number}")
        groups.setdefault(key, []).append(item)
    dissector = Dissector()
    for held in groups.values():
        yield _answer(held, identify([item.observation for item in held], library, dissector))


def _answer(held: list[InputLine], identity: Identity) -> dict[str, Any]:
    return {
        "id": held[0].id,
        "device": held[0].device,
        "ids": [item.id for item in held],
        "maker": identity.maker,
        "brand": identity.brand,
        "model": identity.model,
        "firmware": identity.firmware,
        "serial": identity.serial,
        "kind": identity.kind,
        "standing": identity.standing.value,
        "confidence": identity.confidence,
        "evidence": [{name: getattr(line, name) for name in _EVIDENCE} for line in identity.evidence],
        "conflicts": [asdict(conflict) for conflict in identity.conflicts],
        "hints": list(identity.hints),
    }
