"""All figures of one measurement of recognition, from labelled cases and the fingerprint library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.answers import answer, answer_only, answer_without, sense
from benchmarks.labelled import Case
from benchmarks.measures import (
    Answer,
    Decile,
    MakerRow,
    Rebadges,
    Score,
    by_maker,
    naive,
    rebadges,
    reliability,
    score,
    split,
)
from scanner.fingerprint import Library


@dataclass(frozen=True, slots=True)
class Figures:
    """What docs/accuracy.md shows."""

    lines: int
    devices: int
    devices_score: Score
    lines_score: Score
    near_misses: Score
    naive: Score
    others: int
    others_right: int
    others_wrong: int
    by_protocol: dict[str, Score]
    by_kind: dict[str, Score]
    rebadges: Rebadges
    rebadges_shown: Rebadges
    rebadges_missed: tuple[str, ...]
    ablation: dict[str, tuple[Score, Score]]  # group -> without it, it alone
    reliability: list[Decile]
    by_maker: list[MakerRow]


def measure(cases: Sequence[Case], library: Library, brands: frozenset[str]) -> Figures:
    """Identify every device and every line, and count. `brands` are the ids of the makers file."""
    sensed = sense(cases, library)
    devices = answer(sensed, library)
    lines = answer(sense(cases, library, alone=True), library)
    others = [a for a in devices if not a.flagged]
    shown = [a for a in devices if _may_show_brand(a, brands)]
    groups = sorted(set(library.groups.values()))
    return Figures(
        lines=len(lines),
        devices=len(devices),
        devices_score=score(devices),
        lines_score=score(lines),
        near_misses=score(a for a in lines if a.truth.near_miss),
        naive=score(naive(cases)),
        others=len(others),
        others_right=sum(a.right for a in others),
        others_wrong=sum(a.maker is not None and not a.right for a in others),
        by_protocol={n: score(held) for n, held in split(lines, lambda a: a.truth.observation.protocol).items()},
        by_kind={name: score(held) for name, held in split(devices, _kind).items()},
        rebadges=rebadges(devices),
        rebadges_shown=rebadges(shown),
        rebadges_missed=tuple(_describe(a) for a in shown if a.brand != _brand(a) or not a.right),
        ablation={
            group: (score(answer_without(sensed, library, group)), score(answer_only(sensed, library, group)))
            for group in groups
        },
        reliability=reliability(devices),
        by_maker=by_maker(devices),
    )


def _kind(found: Answer) -> str:
    if not all(case.sure for case in found.cases):
        return "low"
    return "real" if all(case.real for case in found.cases) else "derived"


def _brand(found: Answer) -> str | None:
    return next((case.brand for case in found.cases if case.brand), None)


def _may_show_brand(found: Answer, brands: frozenset[str]) -> bool:
    told = any(case.observation.protocol != "mac" for case in found.cases)
    return found.flagged and found.identifiable and told and _brand(found) in brands


def _describe(found: Answer) -> str:
    fields = ", ".join(sorted({case.observation.name for case in found.cases}))
    return f"{_brand(found)} ({fields}): maker {found.maker or 'open'}, brand {found.brand or 'open'}"
