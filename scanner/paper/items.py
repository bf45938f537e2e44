"""Says what a thing on paper is by the words for it: a camera, a recorder, a disk, a cable. Names no maker."""

from __future__ import annotations

from typing import Final

from scanner.paper.vocabulary import Hit, Vocabulary

MOST_CHANNELS: Final = 512
"""Channels of the largest recorders; a larger number before "ch" is something else."""

NEAR: Final = 2
"""Words that may stand between "camera" and "bracket" in one compound."""


def find_kind(folded: str, vocabulary: Vocabulary) -> str | None:
    """The kind of thing a folded description speaks of; None when it says nothing or leaves it open.

    A part is meant when it comes first ("hard disk for NVR") or makes a compound with the thing before it ("camera
    bracket"). "Recorder with 4 TB disk" is a recorder, and a lot of "cameras, cables and assembly" is cameras: what
    may be a camera is not let off as a cable.
    """
    hits = vocabulary.find_items(folded)
    parts = [hit for hit in hits if hit.kind in vocabulary.parts]
    things = [hit for hit in hits if hit.kind not in vocabulary.parts]
    if not things:
        return parts[0].kind if parts else None
    if not parts:
        return _choose_thing(things)
    first_part, first_thing = parts[0], things[0]
    if first_part.start < first_thing.start:
        apart = vocabulary.joins.search(folded, first_part.end, first_thing.start) is not None
        return _choose_thing(things) if apart else first_part.kind
    last = max((hit for hit in things if hit.end <= first_part.start), key=lambda hit: hit.end, default=first_thing)
    return first_part.kind if _is_compound(folded, last, first_part, vocabulary) else _choose_thing(things)


def _choose_thing(things: list[Hit]) -> str:
    """The first thing named; a recorder "for 8 cameras" stays a recorder, "camera with switch" a camera."""
    return things[0].kind


def _is_compound(folded: str, thing: Hit, part: Hit, vocabulary: Vocabulary) -> bool:
    if part.start < thing.end:
        return True
    between = folded[thing.end : part.start]
    if vocabulary.joins.search(between) is not None or any(c.isdigit() for c in between):
        return False
    return len(between.split()) <= NEAR and not any(c in between for c in ".(/:")


def read_channels(folded: str, vocabulary: Vocabulary) -> int | None:
    """The number of channels a folded description of a recorder gives: "8 kanale", "16-channel", "4ch"."""
    found = vocabulary.channels.search(folded)
    count = int(found.group(1)) if found else 0
    return count if 0 < count <= MOST_CHANNELS else None
