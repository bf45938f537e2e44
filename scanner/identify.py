"""Observations in, identities out: the thinking half as a filter over JSON Lines. Touches no network.

A bad line costs that line: it is named, and the rest is processed. What could be read only in part is named as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from msgspec.structs import asdict

from scanner.dissect import Dissector, dissect_host, find_refusal
from scanner.fingerprint import Library
from scanner.input_lines import InputLine, InputProblem, read_input
from scanner.judging import judge_device
from scanner.matching import match_observations
from scanner.model import Evidence, Identity, Observation

_EVIDENCE: Final = Evidence.__struct_fields__


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
    return add_together(expand_each(observations))


def add_together(held: Sequence[Observation]) -> list[Observation]:
    """The dissected observations of one device with what only several of them show."""
    found = dissect_host(held)
    if not found:
        return list(held)
    known = {seen for seen in held if seen.field == found[0].field}
    return [*held, *(item for item in found if item not in known)]


def judge_expanded(held: Sequence[Observation], library: Library) -> tuple[Identity, list[Observation]]:
    """Who made the one device these dissected observations come from, and all that was judged."""
    whole = add_together(held)
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
    dissector = Dissector()
    for item in read_input(lines, library.groups):
        if isinstance(item, InputProblem):
            complain(item)
            continue
        for flaw in (*item.flaws, *_find_refusals(item.observation, dissector)):
            complain(InputProblem(item.number, flaw))
        key = ("device", item.device) if item.device is not None else ("line", f"{item.number}")
        groups.setdefault(key, []).append(item)
    for held in groups.values():
        yield _answer(held, identify([item.observation for item in held], library, dissector))


def _find_refusals(observation: Observation, dissector: Dissector) -> tuple[str, ...]:
    """Why a value cannot be taken apart, where nothing came of it."""
    refusal = "" if dissector(observation) else find_refusal(observation)
    text = f"{observation.name} cannot be taken apart ({refusal}); rules read it as it stands"
    return (text,) if refusal else ()


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
        "channels": identity.channels,
        "standing": identity.standing.value,
        "confidence": identity.confidence,
        "evidence": [{name: getattr(line, name) for name in _EVIDENCE} for line in identity.evidence],
        "conflicts": [asdict(conflict) for conflict in identity.conflicts],
        "hints": list(identity.hints),
    }
