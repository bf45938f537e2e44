"""Reads WWW-Authenticate challenges, as sent and as sloppily as sent; never answers one.

Grammar: RFC 9110 section 11. Accepted beyond it: unquoted realms, a comma or a blank in an unquoted realm, no nonce,
a quote that is never closed, several challenges in one header; and as logs and notes have them: with the header's name
in front, or the parameters alone, which make a challenge without a scheme.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from scanner.codec.text import FIELD_CAP

CHALLENGES_CAP: Final = 16
"""Challenges read of one header: an honest server offers three at most."""

PARAMS_CAP: Final = 32
"""Parameters read of one challenge: RFC 7616 knows nine."""

# Token and blank lengths are bounded, so that no value of FIELD_CAP characters costs more than linear time.
_WORD: Final = r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}"
_PARAM: Final = re.compile(rf"({_WORD})\s{{0,8}}=\s{{0,8}}")
_SCHEME: Final = re.compile(rf"({_WORD})(?=[\s,]|$)")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)(?:"|\\?$)', re.DOTALL)
_NEXT: Final = re.compile(
    rf"\s{{0,8}},\s{{0,8}}(?:{_WORD}\s{{0,8}}=|{_WORD}\s{{1,8}}{_WORD}\s{{0,8}}=|(?:Basic|Digest|NTLM|Negotiate)\b)"
)
_HEADER_NAME: Final = re.compile(r"\s{0,40}(?:WWW|Proxy)-Authenticate\s{0,8}:\s{0,8}", re.IGNORECASE)
_SEPARATORS: Final = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge: `params` without the realm, names in lower case, in the order sent; `text` as sent."""

    scheme: str  # as sent: "Digest", "Basic"; empty where the parameters stand alone
    realm: str | None
    params: tuple[tuple[str, str], ...]
    text: str


def parse_challenges(value: str) -> tuple[Challenge, ...]:
    """Read every challenge of one header value, capped; an empty tuple when there is none. Never raises."""
    value = _HEADER_NAME.sub("", value[:FIELD_CAP], count=1)
    challenges: list[Challenge] = []
    at = 0
    while len(challenges) < CHALLENGES_CAP:
        at = _skip_separators(value, at)
        found = _SCHEME.match(value, at)
        bare = found is None and not challenges
        if found is None and not bare:
            break
        params, end = _read_params(value, found.end() if found else at)
        if bare and not params:
            break
        realm = next((text for name, text in params if name == "realm"), None)
        rest = tuple((name, text) for name, text in params if name != "realm")
        challenges.append(Challenge(found[1] if found else "", realm, rest, value[at:end].rstrip(" \t,")))
        at = end
    return tuple(challenges)


def _skip_separators(value: str, at: int) -> int:
    found = _SEPARATORS.match(value, at)
    return found.end() if found else at


def _read_params(value: str, at: int) -> tuple[list[tuple[str, str]], int]:
    """The parameters from `at` on, and where the next challenge begins."""
    params: list[tuple[str, str]] = []
    while len(params) < PARAMS_CAP:
        found = _PARAM.match(value, _skip_separators(value, at))
        if found is None:
            break
        text, at = _read_value(value, found.end())
        params.append((found[1].lower(), text))
    return params, at


def _read_value(value: str, at: int) -> tuple[str, int]:
    quoted = _QUOTED.match(value, at)
    if quoted is not None:
        return quoted[1].replace('\\"', '"'), quoted.end()
    following = _NEXT.search(value, at)
    end = following.start() if following else len(value)
    return value[at:end].strip(" \t,"), end
