"""Reads observations as JSON Lines, the form of `camcensus identify`, for a run record; contacts nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from ipaddress import ip_address

from scanner.input_lines import InputLine, InputProblem, read_input
from scanner.link import Heard
from scanner.model import replace

BY = "import"


def read_observations(data: bytes, fields: Mapping[str, str]) -> tuple[list[Heard], list[InputProblem]]:
    """Each line as it stands, and what was wrong with those left out or read in part. `fields`: the dotted names."""
    heard: list[Heard] = []
    problems: list[InputProblem] = []
    for item in read_input(data.splitlines(), fields):
        if isinstance(item, InputProblem):
            problems.append(item)
        elif (address := _read_address(item)) is None:
            text = "no IP address: a record must know which device a line comes from; `identify` does without"
            problems.append(InputProblem(item.number, text))
        else:
            problems += [InputProblem(item.number, flaw) for flaw in item.flaws]
            heard.append(_tell(item, address))
    return heard, problems


def _read_address(item: InputLine) -> str | None:
    try:
        return str(ip_address(item.observation.address or ""))
    except ValueError:
        return None


def _tell(item: InputLine, address: str) -> Heard:
    raw = item.observation.value.encode("utf-8", "replace")
    digest = hashlib.sha256(raw).hexdigest()
    return Heard((replace(item.observation, address=address, by=BY, digest=digest),), ((digest, raw),))
