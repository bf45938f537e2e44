"""What is known of one host during a run, and whether its maker is beyond doubt; asks nothing, judges nothing itself.

The judge is handed in as a function, and is given each thing once: what was heard, and all that follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from probes import HostView
from scanner.announcements import ANNOUNCED_CAP, read_announcement
from scanner.model import Observation
from scanner.scope import Target

ANNOUNCING: Final = frozenset({"sadp", "dhdiscover", "onvif-wsd", "ssdp"})
"""Protocols in which a device names services of its own."""

Decided = Callable[[Sequence[Observation]], bool]
"""True when the maker of one host is beyond doubt, so that further questions would only burden it. It is given what is
new of what was heard, together with everything dissected from it, each once, and remembers what it was given."""

Dissect = Callable[[Observation], tuple[Observation, ...]]
"""Everything that follows from one observation."""


@dataclass(slots=True)
class Host:
    """What is known of one host during the run."""

    target: Target
    observations: list[Observation] = field(default_factory=list)
    expanded: dict[Observation, None] = field(default_factory=dict)  # and what was dissected, while it is examined
    dissected: int = 0  # how many of the observations stand in `expanded`
    decided: Decided | None = None  # who was given these
    open_ports: set[int] = field(default_factory=set)
    announced: set[tuple[str, int]] = field(default_factory=set)
    xaddrs: dict[str, None] = field(default_factory=dict)
    locations: dict[str, None] = field(default_factory=dict)
    done: set[tuple[str, int | None]] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)
    judged: tuple[int, bool] = (0, False)  # of so many observations, whether they decide the maker
    shown: HostView | None = None  # what probes were shown, while it holds
    answered: bool = False  # a probe of ours was told something
    busy: bool = False
    knocked: bool = False
    examined: bool = False  # counted by the progress once, however often it is looked at again

    def learn(self, seen: Observation, dissect: Dissect) -> None:
        """Keep what was heard, and what it tells of ports and services."""
        self.observations.append(seen)
        self.heard.add(seen.name)
        self.shown = None
        if seen.name == "tcp.open-port" and seen.value.isdigit():
            self.open_ports.add(int(seen.value))
        for item in (seen, *dissect(seen)) if seen.protocol in ANNOUNCING else ():
            announcement = read_announcement(item)
            if len(self.announced) < ANNOUNCED_CAP:
                self.announced.update(announcement.ports)
            if len(self.xaddrs) < ANNOUNCED_CAP:
                self.xaddrs.update(dict.fromkeys(announcement.xaddrs))
            if len(self.locations) < ANNOUNCED_CAP:
                self.locations.update(dict.fromkeys(announcement.locations))

    def is_decided(self, decide: Callable[[], Decided], dissect: Dissect) -> bool:
        """Judged once for what was heard so far."""
        if self.judged[0] != len(self.observations):
            if self.decided is None:
                self.decided = decide()
            self.judged = (len(self.observations), self.decided(self._expand(dissect)))
        return self.judged[1]

    def _expand(self, dissect: Dissect) -> list[Observation]:
        """What is new of what was heard, and all that follows from it."""
        known, new = self.expanded, []
        for heard in self.observations[self.dissected :]:
            for seen in (heard, *dissect(heard)):
                if seen not in known:
                    known[seen] = None
                    new.append(seen)
        self.dissected = len(self.observations)
        return new

    def view(self, decided: Callable[[], bool]) -> HostView:
        """What a probe is shown."""
        if self.shown is None:
            self.shown = HostView(
                target=self.target,
                open_ports=frozenset(self.open_ports),
                announced=frozenset(self.announced),
                xaddrs=tuple(self.xaddrs),
                locations=tuple(self.locations),
                heard=frozenset(self.heard),
                decided=decided,
                told=lambda: self.observations,
            )
        return self.shown

    def rest(self) -> None:
        """Forget what can be worked out again: of a whole estate it would not fit into memory."""
        self.expanded, self.dissected, self.decided, self.shown = {}, 0, None, None
