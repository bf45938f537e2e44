"""From raw and compound observations to the finer fields of fingerprints/fields.yaml; contacts and judges nothing.

Broken input never raises: it yields nothing more, and the raw observation stays.
"""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model import Observation


def dissect(observation: Observation) -> tuple[Observation, ...]:
    """Derive every finer observation from one; an empty tuple when there is nothing to derive. Never raises."""
    raise NotImplementedError


def dissect_host(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """Derive what only several observations of one host show (http.distinct-answer). Takes dissected ones too."""
    raise NotImplementedError
