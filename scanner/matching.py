"""Holds observations against the fingerprint library; pure, and knows nothing of makers beyond what rules say."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.fingerprint import Asserts, Fingerprint, Library
from scanner.model import Match, Observation

Matches = dict[tuple[str, str], Match]
"""By rule and value."""


def match_observations(observations: Iterable[Observation], library: Library) -> tuple[Match, ...]:
    """Every rule that hits, heaviest first and then in a stable order; at most the library's cap per device."""
    matches: Matches = {}
    add_matches(matches, observations, library)
    return rank(matches, library)


def add_matches(matches: Matches, observations: Iterable[Observation], library: Library) -> bool:
    """Add every rule that hits, where it has not hit the same value before; True when there was one."""
    before = len(matches)
    for observation in observations:
        for hit in library.find(observation.name, observation.value):
            key = (hit.fingerprint.id, observation.value)
            if key not in matches:
                matches[key] = _make_match(hit.fingerprint, hit.extracted, observation, library)  # type: ignore[arg-type]
    return len(matches) > before


def rank(matches: Matches, library: Library) -> tuple[Match, ...]:
    """Heaviest first and then in a stable order; at most the library's cap per device."""
    return tuple(sorted(matches.values(), key=_order)[: library.weights.matches_per_device])


def _order(match: Match) -> tuple[float, str, str, str]:
    seen = match.observation
    return (-match.weight, match.fingerprint, seen.value, f"{seen.address} {seen.port}")


def _make_match(rule: Fingerprint, extracted: dict[str, str], observation: Observation, library: Library) -> Match:
    return Match(
        fingerprint=rule.id,
        group=library.group_of(rule),
        strength=rule.strength,
        weight=library.weights.weight[rule.strength],
        maker=rule.maker if rule.asserts in (Asserts.MAKER, Asserts.BOTH) else None,
        brand=rule.brand if rule.asserts in (Asserts.BRAND, Asserts.BOTH) else None,
        kind=rule.kind,
        extracted=extracted,
        reason=rule.reason,
        reference=rule.reference,
        observation=observation,
    )
