"""Asks single hosts by WS-Discovery, SADP and DHDiscover: behind a router, and where multicast was not answered.

Only read-only questions, the same as the sweeps send; slowly, since old recorders hang under load.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Final, overload

from probes import HostView, Probe, Sweep, Touch
from scanner import ranges
from scanner.codec import dhdiscover, sadp, wsd
from scanner.discovery_answer import read_discovery
from scanner.link import Datagram, Heard, Link, Shout, SweepLink, Tally
from scanner.listener import Listener
from scanner.model import Attempt, Outcome
from scanner.ranges import TargetRange

NAME: Final = "unicast-discovery"

LOST: Final = "devices behind a router are known by their open ports only"

WAIT: Final = 3.0
"""Seconds after the last question."""

HOST_WAIT: Final = 1.0
"""Seconds for one host, which holds up nobody else: it answers within milliseconds or not at all."""

CAMERA_PORTS: Final = frozenset({554, 8000, 8443, 8554, 34567, 37777})
"""Open ports that make a host look like a camera or recorder."""

HEARD_AS: Final = {wsd.PORT: "onvif-wsd.raw", sadp.PORT: "sadp.raw", dhdiscover.PORT: "dhdiscover.raw"}
"""Port asked and the observation its answer becomes."""


def build_questions() -> tuple[tuple[int, bytes], ...]:
    """(port, payload): two forms of the WS-Discovery probe, one SADP inquiry, one DHDiscover search."""
    probes = wsd.build_probes(lambda: str(uuid.uuid4()))
    return (
        (sadp.PORT, sadp.build_inquiry(str(uuid.uuid4()).upper())),
        (dhdiscover.PORT, dhdiscover.build_search()),
        (wsd.PORT, probes[0]),
        (wsd.PORT, probes[-1]),
    )


class Questions(Sequence[Shout]):
    """Every question for every target, one kind after the other, so that no host is asked twice in a row."""

    def __init__(self, targets: TargetRange, questions: Sequence[tuple[int, bytes]]) -> None:
        self._targets = targets
        self._questions = questions

    def __len__(self) -> int:
        return len(self._targets) * len(self._questions)

    @overload
    def __getitem__(self, index: int) -> Shout: ...

    @overload
    def __getitem__(self, index: slice) -> list[Shout]: ...

    def __getitem__(self, index: int | slice) -> Shout | list[Shout]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        question, target = divmod(index, len(self._targets))
        port, payload = self._questions[question]
        return Shout(str(self._targets[target]), port, payload)


def tell(listener: Listener, datagram: Datagram) -> Heard:
    """What one datagram says; an empty Heard when it answers none of the questions."""
    answer = read_discovery(datagram.data)
    if answer is None or answer.name not in HEARD_AS.values():
        return Heard()
    return listener.tell(datagram, (answer.name, answer.value), request="unicast", raw=answer.kept)


async def run(link: SweepLink) -> AsyncIterator[Heard]:
    """Ask every address behind a router."""
    networks = [own.network for interface in link.interfaces if interface.mac is not None for own in interface.ipv4]
    targets = TargetRange(link.scope, ranges.subtract(ranges.permitted(link.scope), ranges.whole(networks)))
    if not targets:
        return
    listener = Listener(NAME, link.scope.contains)
    tally = Tally()
    questions = Questions(targets, build_questions())
    async for datagram in link.shout(None, questions, wait=WAIT, tally=tally, repeats=1):
        heard = tell(listener, datagram)
        if heard.observations:
            yield heard
    link.report(tally.result(NAME, "", LOST))


async def ask(link: Link, view: HostView, port: int) -> AsyncIterator[Heard]:
    """Ask one host what it did not say when the whole segment was asked: three ports together, one wait for all.

    `port` stands for all three in the record.
    """
    if reason := link.stopped(str(view.target)):
        link.note(Attempt(NAME, str(view.target), port, Outcome.SKIPPED, reason))
        return
    listener = Listener(NAME, lambda address: address == str(view.target))
    payloads: dict[int, list[bytes]] = {}
    for wanted, payload in build_questions():
        payloads.setdefault(wanted, []).append(payload)
    async with asyncio.TaskGroup() as group:
        asked = {
            wanted: group.create_task(link.ask(view.target, wanted, some, wait=HOST_WAIT))
            for wanted, some in payloads.items()
        }
    answers = [datagram for task in asked.values() for datagram in task.result()]
    found = False
    for datagram in answers:
        if (heard := tell(listener, datagram)).observations:
            found = True
            yield heard
    outcome = Outcome.ANSWERED if found else Outcome.GARBLED if answers else Outcome.SILENT
    said = [payload for some in payloads.values() for payload in some]
    link.note(
        Attempt(
            NAME,
            str(view.target),
            port,
            outcome,
            packets=len(said),
            sent=sum(map(len, said)),
            received=sum(len(datagram.data) for datagram in answers),
        )
    )


def ports_for(view: HostView) -> tuple[int, ...]:
    """Worth asking: a host that said nothing of the kind, and either looks like a camera or shows no port at all."""
    said = any(name.partition(".")[0] in ("onvif-wsd", "sadp", "dhdiscover") for name in view.heard)
    likely = not view.open_ports or bool(view.open_ports & CAMERA_PORTS)
    return (wsd.PORT,) if likely and not said else ()


SWEEP = Sweep(
    name=NAME,
    asks="Every address behind a router for what it is, by WS-Discovery, SADP and DHDiscover.",
    never="Sends any verb but the read-only ones of the sweeps.",
    emits=tuple(HEARD_AS.values()),
    touch=Touch(datagrams=4),
    lost=LOST,
    run=run,
    routed=True,
)

PROBE = Probe(
    name=NAME,
    asks="A host that did not answer the segment's questions by the same three, sent to it alone.",
    never="Sends any verb but the read-only ones of the sweeps.",
    emits=tuple(HEARD_AS.values()),
    touch=Touch(datagrams=4),
    order=92,
    ports_for=ports_for,
    run=ask,
)
