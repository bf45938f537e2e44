"""What the lists say of device after device, worked out once for all alike to them; judges by `policy.py` alone.

A site has many devices of few makers: of what is known of a device, a list looks at a handful of things.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, Final, TypeAlias

from scanner.makers import Makers
from scanner.model import COMPONENT, Conflict, Evidence, Finding, Identity
from scanner.policy import judge_lists
from scanner.policy_list import Policy
from scanner.policy_words import say_what_to_check

KINDS_KEPT: Final = 4_096
"""Kinds of devices remembered: makers, brands and kinds that occur together are some hundreds on the largest site."""


_NAMES: Final = Finding.__struct_fields__
_ADVICE: Final = _NAMES.index("check_by_hand")
_BEFORE: Final = attrgetter(*_NAMES[:_ADVICE])
_BEHIND: Final = attrgetter(*_NAMES[_ADVICE + 1 :])
_MAKE: Final[Callable[..., Finding]] = Finding

_Parts: TypeAlias = "tuple[tuple[Any, ...], tuple[Any, ...]]"
"""A finding without its advice: what stands before it and behind it."""


class ListJudge:
    """Judges by the lists given, on one day. As `judge_lists`, with equal answers."""

    def __init__(self, policies: Sequence[Policy], makers: Makers, as_of: date) -> None:
        self._policies: Final = tuple(policies)
        self._makers: Final = makers
        self._as_of: Final = as_of
        self._known: Final[dict[tuple[Identity, date | None], tuple[_Parts, ...]]] = {}

    def judge(self, identity: Identity, acquired: date | None = None) -> tuple[Finding, ...]:
        """One finding for each list that makes findings, in the order given."""
        key = _what_counts(identity), acquired
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= KINDS_KEPT:
                self._known.clear()
            judged = judge_lists(key[0], self._policies, self._makers, self._as_of, acquired)
            found = self._known[key] = tuple([(_BEFORE(finding), _BEHIND(finding)) for finding in judged])
        check = say_what_to_check(identity)
        return tuple([_MAKE(*before, check, *behind) for before, behind in found])


def _what_counts(identity: Identity) -> Identity:
    """The identity without what no list looks at. Model and serial number stand in the advice alone."""
    return Identity(
        identity.maker,
        identity.brand,
        None,
        None,
        None,
        identity.kind,
        identity.standing,
        0.0,
        evidence=tuple(map(_part, sorted({e.says for e in identity.evidence if e.says.startswith(COMPONENT)}))),
        conflicts=tuple([Conflict(conflict.makers, "", ()) for conflict in identity.conflicts]),
    )


def _part(says: str) -> Evidence:
    return Evidence(says, "", "", "", 0.0, "", "", "", None, None, "", "", "")
