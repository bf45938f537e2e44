"""Asks the engine who made each labelled device, whole, line by line, and with signal groups left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.labelled import Case
from benchmarks.measures import Answer
from scanner.fingerprint import Library
from scanner.identify import expand_whole
from scanner.judging import judge_device
from scanner.matching import match_observations
from scanner.model import Match, Observation


@dataclass(frozen=True, slots=True)
class Sensed:
    """One device with its labels, everything dissected from its lines, and what matched."""

    cases: tuple[Case, ...]
    observations: tuple[Observation, ...]
    matches: tuple[Match, ...]


def sense(cases: Iterable[Case], library: Library, *, alone: bool = False) -> list[Sensed]:
    """Dissect and match each device once; `alone` takes every line for a device of its own."""
    groups: dict[str, list[Case]] = {}
    for number, case in enumerate(cases):
        groups.setdefault(f"{number}" if alone else case.device, []).append(case)
    return [_sense_one(held, library) for held in groups.values()]


def sense_mixed(cases: Iterable[Case], library: Library) -> list[Sensed]:
    """The devices of the file that hold lines of two makers, as if one thing had said all of it."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        if case.device != case.said_device:
            groups.setdefault(case.said_device, []).append(case)
    return [_sense_one(held, library) for held in groups.values()]


def _sense_one(cases: Sequence[Case], library: Library) -> Sensed:
    observations = tuple(expand_whole(case.observation for case in cases))
    return Sensed(tuple(cases), observations, match_observations(observations, library))


def answer(sensed: Iterable[Sensed], library: Library) -> list[Answer]:
    """Judge each device on everything that matched."""
    return [answer_by(device, device.matches, library) for device in sensed]


def answer_without(sensed: Iterable[Sensed], library: Library, group: str) -> list[Answer]:
    """Judge each device as if one signal group did not exist."""
    return [answer_by(d, [m for m in d.matches if m.group != group], library) for d in sensed]


def answer_only(sensed: Iterable[Sensed], library: Library, group: str) -> list[Answer]:
    """Judge each device on one signal group alone."""
    return [answer_by(d, [m for m in d.matches if m.group == group], library) for d in sensed]


def answer_by(device: Sensed, matches: Sequence[Match], library: Library) -> Answer:
    """Judge one device on these of its matches."""
    identity = judge_device(device.observations, matches, library.weights)
    return Answer(device.cases, identity.maker, identity.brand, identity.confidence, bool(identity.conflicts))
