"""All figures of one measurement of recognition, from labelled cases and the fingerprint library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.answers import Sensed, answer, answer_only, answer_without, sense, sense_mixed
from benchmarks.brands import why_not_asked
from benchmarks.held_out import hold_out
from benchmarks.labelled import NAMED_ON_LISTS, Case
from benchmarks.measures import (
    Answer,
    Decile,
    ListedRow,
    MakerRow,
    Rebadges,
    Score,
    brand_of,
    by_listed,
    by_maker,
    is_rebadge,
    naive,
    rebadges,
    reliability,
    score,
    split,
)
from scanner.fingerprint import Library


@dataclass(frozen=True, slots=True)
class Unit:
    """A device sold under another name, and what was said of it."""

    brand: str
    fields: str
    maker_right: bool
    said: str  # the brand that was named
    not_asked: str  # why no brand can be expected


@dataclass(frozen=True, slots=True)
class Mixed:
    """Lines of two makers under one device of the file, judged as if one thing had said all of it."""

    makers: tuple[str, ...]
    said: str
    conflict: bool


@dataclass(frozen=True, slots=True)
class Short:
    """What one way of judging comes to."""

    score: Score
    others: int
    others_right: int
    others_wrong: int
    reliability: list[Decile]


@dataclass(frozen=True, slots=True)
class Figures:
    """What docs/accuracy.md shows."""

    lines: int
    devices: int
    mixed: tuple[Mixed, ...]
    devices_score: Score
    lines_score: Score
    near_misses: dict[str, tuple[Score, Score]]  # protocol -> ours, a search for the names
    naive: Score
    others: int
    others_right: int
    others_wrong: int
    by_protocol: dict[str, tuple[Score, Score]]  # protocol -> ours, a search for the names
    by_kind: dict[str, Score]
    rebadges: Rebadges
    rebadges_asked: Rebadges
    units: tuple[Unit, ...]
    ablation: dict[str, tuple[Score, Score]]  # group -> without it, it alone
    reliability: list[Decile]
    reliability_listed: list[Decile]
    without_any: Short
    without_only: Short
    by_listed: list[ListedRow]
    by_maker: list[MakerRow]
    named_otherwise: tuple[Answer, ...]

    @property
    def near_misses_score(self) -> Score:
        """All near misses together."""
        scores = [ours for ours, _ in self.near_misses.values()]
        return Score(0, 0, sum(s.alarms for s in scores), sum(s.negatives for s in scores))


def measure(cases: Sequence[Case], library: Library, brands: frozenset[str]) -> Figures:
    """Identify every device and every line, and count. `brands` are the ids of the makers file."""
    sensed = sense(cases, library)
    devices = answer(sensed, library)
    lines = answer(sense(cases, library, alone=True), library)
    searched = naive(cases)
    held = hold_out(sensed, library)
    whole = _shorten(devices)
    reasons = [why_not_asked(*pair, brands) for pair in zip(sensed, devices, strict=True)]
    groups = sorted(set(library.groups.values()))
    return Figures(
        lines=len(lines),
        devices=len(devices),
        mixed=tuple(_mix(one, library) for one in sense_mixed(cases, library)),
        devices_score=whole.score,
        lines_score=score(lines),
        near_misses=_beside(
            [a for a in lines if a.truth.near_miss], [a for a in searched if a.truth.near_miss], _protocol
        ),
        naive=score(searched),
        others=whole.others,
        others_right=whole.others_right,
        others_wrong=whole.others_wrong,
        by_protocol=_beside(lines, searched, _protocol),
        by_kind={name: score(some) for name, some in split(devices, _kind).items()},
        rebadges=rebadges(devices),
        rebadges_asked=rebadges(a for a, why in zip(devices, reasons, strict=True) if not why),
        units=tuple(_tell(a, why) for a, why in zip(devices, reasons, strict=True) if is_rebadge(a)),
        ablation={
            group: (score(answer_without(sensed, library, group)), score(answer_only(sensed, library, group)))
            for group in groups
        },
        reliability=whole.reliability,
        reliability_listed=reliability(a for a in devices if a.maker in NAMED_ON_LISTS),
        without_any=_shorten(held.without_any),
        without_only=_shorten(held.without_only),
        by_listed=by_listed(devices),
        by_maker=by_maker(devices),
        named_otherwise=tuple(a for a in devices if a.maker is not None and not a.right),
    )


def _shorten(answers: Sequence[Answer]) -> Short:
    others = [a for a in answers if not a.flagged]
    return Short(
        score=score(answers),
        others=len(others),
        others_right=sum(a.right for a in others),
        others_wrong=sum(a.maker is not None and not a.right for a in others),
        reliability=reliability(answers),
    )


def _mix(device: Sensed, library: Library) -> Mixed:
    [said] = answer([device], library)
    makers = tuple(sorted({case.vendor for case in device.cases}))
    return Mixed(makers, said.maker or "nobody", said.conflict)


def _beside(
    ours: Iterable[Answer], theirs: Iterable[Answer], key: Callable[[Answer], str]
) -> dict[str, tuple[Score, Score]]:
    """Both scores of each group, ours and that of a search for the names."""
    searched = split(theirs, key)
    return {name: (score(held), score(searched[name])) for name, held in split(ours, key).items()}


def _protocol(found: Answer) -> str:
    return found.truth.observation.protocol


def _kind(found: Answer) -> str:
    if not all(case.sure for case in found.cases):
        return "low"
    return "real" if all(case.real for case in found.cases) else "derived"


def _tell(found: Answer, not_asked: str) -> Unit:
    fields = ", ".join(sorted({case.observation.name for case in found.cases}))
    return Unit(brand_of(found) or "", fields, found.right, found.brand or "", not_asked)
