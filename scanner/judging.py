"""Judges who made one device from what matched; pure, order-independent, and never averages a contradiction away.

Maker and brand are two answers with separate evidence. Signals within a group do not add up, groups do. A MAC block
alone never identifies and never clears. Theory: docs/architecture.md, "Evidence and standing".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from scanner.details import Details, find_details
from scanner.fingerprint import Weights
from scanner.grammar import Grammar
from scanner.model import COMPONENT, Conflict, Evidence, Identity, Match, Observation, Standing, Strength
from scanner.sentence import say, say_all

EXCERPT: Final = 400
"""Characters of a value shown as evidence; the whole stands in the record under its digest."""

EVIDENCE_CAP: Final = 80
"""Lines of evidence a device keeps; more adds nothing to a reader, and a liar gives thousands. The first line that
tells of a part is kept beyond, since a list may count it: nobody must talk so much that it is not seen."""

CERTAIN: Final = 0.99
"""No evidence from a network makes a maker surer than this."""

SPEECHLESS: Final = frozenset({"mac.mac", "mac.oui", "mac.prefix", "tcp.open-port", "tcp.closed-port", "name.hostname"})
"""Observations that show a host is there without telling anything of what it is."""


@dataclass(frozen=True, slots=True)
class Claim:
    """All evidence that one maker (or brand) has: the best match of each independent group."""

    name: str
    best: Mapping[str, Match]
    sources: Mapping[str, frozenset[str]]  # per group, the answers (by digest) that say it with enough weight
    _scores: dict[frozenset[str], float] = field(default_factory=dict, compare=False, repr=False)  # asked for often

    def score(self, leave_out: frozenset[str] = frozenset()) -> float:
        """Chance that the claim is true if witnesses are independent: 1 - Π(1 - weight)."""
        known = self._scores.get(leave_out)
        if known is None:
            doubt = 1.0
            for group in self._witnesses(leave_out):
                doubt *= 1.0 - self.best[group].weight
            known = self._scores[leave_out] = 1.0 - doubt
        return known

    def is_decisive(self) -> bool:
        """True when one match identifies by itself."""
        return Strength.DECISIVE in [match.strength for match in self.best.values()]

    def agreeing(self, weights: Weights) -> int:
        """How many witnesses say so with enough weight; 0 when only groups that never stand alone do."""
        groups = [group for group in self._witnesses() if self.best[group].weight >= weights.agree_at]
        return len(groups) if set(groups) - weights.never_alone else 0

    def _witnesses(self, leave_out: frozenset[str] = frozenset()) -> list[str]:
        """The groups that count, the heaviest first: each rests on an answer of its own.

        Two groups that read the same answer (a serial number inside a realm) are one witness. Going by weight and
        letting a group that counts move to another of its answers finds the heaviest such set there is. A group too
        light to agree has no answers noted and counts for the little it weighs.
        """
        held: dict[str, str] = {}  # answer -> the group that rests on it
        ranked = sorted(self.best, key=lambda group: (-self.best[group].weight, group))
        return [
            group
            for group in ranked
            if group not in leave_out and (group not in self.sources or self._rests(group, held, set()))
        ]

    def _rests(self, group: str, held: dict[str, str], tried: set[str]) -> bool:
        """Give the group an answer nobody rests on yet, moving others to make room; False when there is none."""
        for answer in sorted(self.sources[group] - tried):
            tried.add(answer)
            if answer not in held or self._rests(held[answer], held, tried):
                held[answer] = group
                return True
        return False


@dataclass(frozen=True, slots=True)
class _Verdict:
    maker: str | None
    standing: Standing
    confidence: float
    conflicts: tuple[Conflict, ...]


def judge_device(
    observations: Sequence[Observation], matches: Sequence[Match], weights: Weights, grammar: Grammar | None = None
) -> Identity:
    """Return who made the device. The order of observations and matches does not matter."""
    makers = _gather(((m.maker, m) for m in matches), weights.agree_at)
    brands = _gather(((m.brand, m) for m in matches), weights.agree_at)
    verdict = _decide(makers, weights, heard=any(o.name not in SPEECHLESS for o in observations))
    # Where the makers contradict each other, so do the names: a liar has no brand either.
    brand = None if verdict.maker is None and verdict.conflicts else _best_brand(brands, weights)
    details = find_details(observations, matches, verdict.maker, grammar, brand)
    evidence, further = _show(matches, verdict.maker, brand)
    return Identity(
        maker=verdict.maker,
        brand=brand,
        model=details.model,
        firmware=details.firmware,
        serial=details.serial,
        kind=details.kind,
        standing=verdict.standing,
        confidence=round(verdict.confidence, 3),
        evidence=evidence,
        conflicts=verdict.conflicts,
        hints=(*_hints(verdict, details, makers), *_say_further(further)),
        channels=details.channels,
    )


@dataclass(frozen=True, slots=True)
class Maker:
    """Who made a device, and nothing else of it."""

    name: str | None
    contradicted: bool


def judge_maker(matches: Sequence[Match], weights: Weights) -> Maker:
    """The maker that `judge_device` would find, in a quarter of the time."""
    verdict = _decide(_gather(((m.maker, m) for m in matches), weights.agree_at), weights, heard=True)
    return Maker(verdict.maker, bool(verdict.conflicts))


def is_settled(matches: Sequence[Match], weights: Weights) -> bool:
    """True when `judge_device` would identify the maker without contradiction, by two independent groups or more."""
    claims = _gather(((m.maker, m) for m in matches), weights.agree_at)
    verdict = _decide(claims, weights, heard=True)
    if verdict.standing is not Standing.IDENTIFIED or verdict.conflicts:
        return False
    return any(len(claim.best) > 1 for claim in claims if claim.name == verdict.maker)


def _gather(pairs: Iterable[tuple[str | None, Match]], agree_at: float) -> list[Claim]:
    best: dict[str, dict[str, Match]] = {}
    sources: dict[str, dict[str, set[str]]] = {}
    for name, match in pairs:
        if name is None:
            continue
        groups = best.setdefault(name, {})
        held = groups.get(match.group)
        if held is None or _rank(match) < _rank(held):
            groups[match.group] = match
        if match.weight >= agree_at:
            sources.setdefault(name, {}).setdefault(match.group, set()).add(_source(match.observation))
    return [
        Claim(name, groups, {group: frozenset(held) for group, held in sources.get(name, {}).items()})
        for name, groups in sorted(best.items())
    ]


def _source(seen: Observation) -> str:
    """The answer an observation came from: its digest, or where no bytes were kept, what and where it was."""
    return seen.digest or f"{seen.protocol} {seen.address} {seen.port} {seen.request}"


def _rank(match: Match) -> tuple[float, str, str]:
    return (-match.weight, match.fingerprint, match.observation.value)


def _decide(claims: Sequence[Claim], weights: Weights, *, heard: bool) -> _Verdict:
    """Pick the leading maker and weigh its rivals. A rival's link-layer evidence is no contradiction."""
    # What is too little to suspect anybody neither leads nor hides whom his card alone makes suspected.
    enough = [claim for claim in claims if claim.score() >= weights.suspect_at]
    if not enough:
        return _Verdict(None, Standing.UNRECOGNISED if heard else Standing.UNDETERMINED, 0.0, ())
    ranked = sorted(enough, key=lambda c: (not c.is_decisive(), -c.score(weights.never_alone), -c.score(), c.name))
    leader = ranked[0]
    rivals = [c for c in ranked[1:] if c.score(weights.never_alone) >= weights.suspect_at]
    standing = _standing_of(leader, weights)
    conflicts = tuple(_describe_conflict(leader, rival) for rival in rivals)
    if not rivals:
        return _Verdict(leader.name, standing, min(leader.score(), CERTAIN), conflicts)
    return _contest(leader, rivals, standing, weights, conflicts)


def _standing_of(claim: Claim, weights: Weights) -> Standing:
    if claim.is_decisive():
        return Standing.IDENTIFIED
    if claim.agreeing(weights) >= 2 and claim.score() >= weights.identify_at:
        return Standing.IDENTIFIED
    return Standing.SUSPECTED


def _contest(
    leader: Claim, rivals: Sequence[Claim], standing: Standing, weights: Weights, conflicts: tuple[Conflict, ...]
) -> _Verdict:
    """A stronger claim leads and is held back a step; equal claims leave the maker open."""
    strong = weights.weight[Strength.STRONG]
    rival = max(rivals, key=lambda c: (c.is_decisive(), c.score(weights.never_alone)))
    rival_score = rival.score(weights.never_alone)
    confidence = min(leader.score(), CERTAIN) * (1.0 - rival_score)
    if leader.is_decisive() and not rival.is_decisive():
        kept = standing if rival_score < strong else Standing.SUSPECTED
        return _Verdict(leader.name, kept, max(confidence, weights.suspect_at), conflicts)
    if leader.score(weights.never_alone) >= strong > rival_score and not rival.is_decisive():
        return _Verdict(leader.name, Standing.SUSPECTED, max(confidence, weights.suspect_at), conflicts)
    return _Verdict(None, Standing.UNDETERMINED, 0.0, conflicts)


def _describe_conflict(leader: Claim, rival: Claim) -> Conflict:
    ours = _strongest(leader)
    theirs = _strongest(rival)
    text = say(
        "{fingerprint} ({field}) says {maker}, {other} ({other_field}) says {rival}",
        fingerprint=ours.fingerprint,
        field=ours.observation.name,
        maker=leader.name,
        other=theirs.fingerprint,
        other_field=theirs.observation.name,
        rival=rival.name,
    )
    return Conflict((leader.name, rival.name), text, (ours.fingerprint, theirs.fingerprint))


def _strongest(claim: Claim) -> Match:
    return min(claim.best.values(), key=_rank)


def _best_brand(claims: Sequence[Claim], weights: Weights) -> str | None:
    """The brand with the best evidence; two brands equally well shown leave it open."""
    ranked = sorted(claims, key=lambda c: (-c.score(), c.name))
    if not ranked or ranked[0].score() < weights.suspect_at:
        return None
    if len(ranked) > 1 and abs(ranked[0].score() - ranked[1].score()) < 1e-9:
        return None
    return ranked[0].name


def _show(matches: Sequence[Match], maker: str | None, brand: str | None) -> tuple[tuple[Evidence, ...], int]:
    """Evidence lines, what supports the answer first; one line for each fingerprint and value. And how many more."""
    lines: dict[tuple[str, str, str], Match] = {}
    for match in sorted(matches, key=_rank):
        for says in _sayings(match):
            lines.setdefault((says, match.fingerprint, match.observation.value), match)
    chosen = {f"maker={maker}", f"brand={brand}"}
    ordered = sorted(
        lines.items(),
        key=lambda line: (line[0][0] not in chosen, -line[1].weight, line[0][0], line[0][1], line[0][2][:EXCERPT]),
    )
    shown = [_line(says, match) for (says, _, _), match in ordered[:EVIDENCE_CAP]]
    said = {line.says for line in shown}
    for (says, _, _), match in ordered[EVIDENCE_CAP:]:
        if says.startswith(COMPONENT) and says not in said and len(shown) < 2 * EVIDENCE_CAP:
            said.add(says)
            shown.append(_line(says, match))
    return tuple(shown), len(ordered) - len(shown)


def _say_further(lines: int) -> Iterator[str]:
    if lines:
        yield say("Further evidence, in the record alone: {n}", n=lines)


def _sayings(match: Match) -> list[str]:
    sayings = [f"maker={match.maker}"] if match.maker else []
    if match.brand:
        sayings.append(f"brand={match.brand}")
    sayings += [f"{key}={value}" for key, value in sorted(match.extracted.items())]
    if match.kind:
        sayings.append(f"kind={match.kind}")
    return sayings


def _line(says: str, match: Match) -> Evidence:
    seen = match.observation
    return Evidence(
        says=says,
        group=match.group,
        fingerprint=match.fingerprint,
        strength=match.strength.value,
        weight=match.weight,
        field=seen.name,
        value=seen.value[:EXCERPT],
        request=seen.request,
        address=seen.address,
        port=seen.port,
        digest=seen.digest,
        reason=match.reason,
        reference=match.reference,
    )


def _hints(verdict: _Verdict, details: Details, claims: Sequence[Claim]) -> tuple[str, ...]:
    hints: list[str] = list(details.hints)
    if verdict.standing is Standing.SUSPECTED and verdict.maker is not None and not verdict.conflicts:
        groups = next(sorted(c.best) for c in claims if c.name == verdict.maker)
        hint = say(
            "Only {groups} evidence speaks for {maker}; a second, independent sign would settle it.",
            groups=say_all(groups),
            maker=verdict.maker,
        )
        hints.append(hint)
    hints += _relays(verdict, claims)
    if verdict.standing is Standing.UNRECOGNISED and claims:
        weak = ", ".join(claim.name for claim in claims)
        hints.append(say("Weak signs point to {makers}; they are not enough to suspect.", makers=weak))
    return tuple(hints)


def _relays(verdict: _Verdict, claims: Sequence[Claim]) -> Iterator[str]:
    """A contradiction between a program and a maker: relays and recorder programs repeat what cameras say."""
    if not verdict.conflicts:
        return
    software = {c.name for c in claims if all(match.kind == "software" for match in c.best.values())}
    for conflict in verdict.conflicts:
        programs = [name for name in conflict.makers if name in software]
        others = [name for name in conflict.makers if name not in software]
        if programs and others:
            yield say(
                "{program} is a program that may repeat what others say; look for a device of {maker} behind it.",
                program=programs[0],
                maker=others[0],
            )
