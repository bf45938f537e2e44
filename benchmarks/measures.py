"""Counts how often identities are right, from answers that stand beside their labels; pure arithmetic, no matching."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from benchmarks.labelled import LISTED, NAMED_ON_LISTS, Case

DECILES: Final = 10
"""Rows of the reliability table."""

NORMAL_95: Final = 1.645
"""Of a normal distribution 95 % lie above the mean less this many standard deviations."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of one device (or of one line alone), and what is true."""

    cases: tuple[Case, ...]
    maker: str | None
    brand: str | None
    confidence: float
    conflict: bool = False  # two makers at once were shown

    @property
    def truth(self) -> Case:
        return self.cases[0]

    @property
    def flagged(self) -> bool:
        return self.truth.flagged

    @property
    def identifiable(self) -> bool:
        """A device can be identified when one of its lines can."""
        return any(case.identifiable for case in self.cases)

    @property
    def right(self) -> bool:
        return self.maker == self.truth.vendor

    @property
    def accused(self) -> bool:
        """Reported as made by a listed maker."""
        return self.maker in LISTED


@dataclass(frozen=True, slots=True)
class Score:
    """Recall over positives that can be identified, and false alarms over all negatives."""

    found: int
    positives: int
    alarms: int
    negatives: int

    @property
    def recall(self) -> float:
        return self.found / self.positives if self.positives else 1.0

    @property
    def precision(self) -> float:
        accused = self.found + self.alarms
        return self.found / accused if accused else 1.0


def score(answers: Iterable[Answer]) -> Score:
    """Count the positives found with the right maker, and the negatives accused."""
    held = list(answers)
    positives = [a for a in held if a.flagged and a.identifiable]
    negatives = [a for a in held if not a.flagged]
    return Score(sum(a.right for a in positives), len(positives), sum(a.accused for a in negatives), len(negatives))


@dataclass(frozen=True, slots=True)
class MakerRow:
    """One maker: its devices, how many were named rightly, wrongly, not at all; and who was wrongly called it."""

    maker: str
    devices: int
    right: int
    wrong: int
    silent: int
    claimed_of_others: int


def by_maker(answers: Sequence[Answer]) -> list[MakerRow]:
    """One row for each true maker, the most frequent first."""
    truth = Counter(a.truth.vendor for a in answers)
    others = Counter(a.maker for a in answers if a.maker is not None and not a.right)
    rows = []
    for maker, devices in sorted(truth.items(), key=lambda item: (-item[1], item[0])):
        own = [a for a in answers if a.truth.vendor == maker]
        right = sum(a.right for a in own)
        silent = sum(a.maker is None for a in own)
        rows.append(MakerRow(maker, devices, right, devices - right - silent, silent, others[maker]))
    return rows


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One maker named on lists: its devices that can be identified, those found, and what else was called so."""

    maker: str
    devices: int
    found: int
    called: int  # devices of whomever that were called so
    right: int  # of those, rightly

    @property
    def precision(self) -> float | None:
        return self.right / self.called if self.called else None


def by_listed(answers: Sequence[Answer]) -> list[ListedRow]:
    """One row for each maker that lists name, whether the set holds one or not."""
    rows = []
    for maker in NAMED_ON_LISTS:
        own = [a for a in answers if a.truth.vendor == maker and a.identifiable]
        called = [a for a in answers if a.maker == maker]
        rows.append(ListedRow(maker, len(own), sum(a.right for a in own), len(called), sum(a.right for a in called)))
    return rows


@dataclass(frozen=True, slots=True)
class Rebadges:
    """Units sold under another name: maker right, brand right, both right."""

    units: int
    maker: int
    brand: int
    both: int


def rebadges(answers: Iterable[Answer]) -> Rebadges:
    """Count units whose label names a brand apart from the maker."""
    held = [a for a in answers if is_rebadge(a)]
    maker = [a for a in held if a.right]
    brand = [a for a in held if a.brand == brand_of(a)]
    return Rebadges(len(held), len(maker), len(brand), sum(a.right for a in brand))


def is_rebadge(answer: Answer) -> bool:
    """A positive that can be identified and whose label names a brand."""
    return answer.flagged and answer.identifiable and brand_of(answer) is not None


def brand_of(answer: Answer) -> str | None:
    """The brand by label."""
    return next((case.brand for case in answer.cases if case.brand), None)


@dataclass(frozen=True, slots=True)
class Decile:
    """Devices given a confidence in [low, high), and how many of them are right."""

    low: float
    high: float
    devices: int
    right: int
    mean: float

    @property
    def at_least(self) -> float:
        """The share that is right at least, with 95 % certainty (Wilson's bound): few devices prove little."""
        n, share, z = self.devices, self.right / self.devices, NORMAL_95
        spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        return (share + z * z / (2 * n) - spread) / (1 + z * z / n)


def reliability(answers: Iterable[Answer]) -> list[Decile]:
    """How often an answer of some confidence is right; only devices that were given a maker."""
    held = [a for a in answers if a.maker is not None]
    rows = []
    for step in range(DECILES):
        low, high = step / DECILES, (step + 1) / DECILES
        own = [a for a in held if low <= a.confidence < high or (step == DECILES - 1 and a.confidence == 1.0)]
        if own:
            mean = sum(a.confidence for a in own) / len(own)
            rows.append(Decile(low, high, len(own), sum(a.right for a in own), mean))
    return rows


def naive(cases: Sequence[Case]) -> list[Answer]:
    """What a search for the vendors' names says of the same lines, each line alone."""
    return [Answer((case,), _name_in(case.observation.value), None, 1.0) for case in cases]


def _name_in(text: str) -> str | None:
    places = {name: text.lower().find(name) for name in sorted(LISTED)}
    seen = {name: place for name, place in places.items() if place >= 0}
    return min(seen, key=lambda name: seen[name]) if seen else None


def split(answers: Iterable[Answer], key: Callable[[Answer], str]) -> dict[str, list[Answer]]:
    """Answers in groups, in the order of the group names."""
    groups: dict[str, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(key(answer), []).append(answer)
    return dict(sorted(groups.items()))
