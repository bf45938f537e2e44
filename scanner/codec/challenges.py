"""Reads WWW-Authenticate challenges, as sent and as sloppily as sent; never answers one.

Grammar: RFC 9110 section 11. Accepted beyond it: unquoted realms, a comma or a blank in an unquoted realm, no nonce,
several challenges in one header.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge: `params` without the realm, names in lower case, in the order sent; `text` as sent."""

    scheme: str  # as sent: "Digest", "Basic"
    realm: str | None
    params: tuple[tuple[str, str], ...]
    text: str


def parse_challenges(value: str) -> tuple[Challenge, ...]:
    """Read every challenge of one header value, capped; an empty tuple when there is none. Never raises."""
    raise NotImplementedError
