"""Starts the raw-socket program and speaks with it; holds no raw socket and never imports scapy.

What the program cannot do it says with a reason. When it dies, everybody who waits for it is told.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import itertools
import json
import math
import os
import pwd
import sys
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import scanner
from scanner.netlink import list_neighbours
from scanner.ranges import Ranges
from scanner.rawhelper.requests import LEARN_CAP, name_line
from scanner.scope import Interface, Scope

LINE_CAP: Final = 1 << 16
"""Bytes of one event: a frame of 1,518 bytes in hexadecimal and its envelope."""

OVERHEARD_CAP: Final = 20_000
"""Frames kept for whoever asks later what was overheard."""

START_TIMEOUT: Final = 20.0
"""Seconds for the program to be ready; 0.4 is usual, a loaded machine needs more."""

END_TIMEOUT: Final = 2.0
"""Seconds for the program to take its neighbours out and end after its input closed, before it is killed."""

Event = Mapping[str, Any]  # decoded JSON of our own program
Frames = asyncio.Queue[Event | None]  # None: the program ended

T = TypeVar("T")

WOKEN: Final[Event] = {"event": "woken"}


@dataclass(frozen=True, slots=True)
class _Change:
    """A neighbour to enter or to take out, and who waits for the errno."""

    name: str
    address: str
    forget: bool
    answer: asyncio.Future[int]


class RawUnavailable(Exception):
    """The raw-socket program cannot be used; the message says why."""


class RawDenied(RawUnavailable):
    """There is no right to open raw sockets."""


class RawClient:
    """The parent's end of the pipe. Made by `start`, kept going by `read`, ended by `close`."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        draw: Callable[[int], Awaitable[int]],
        settle: Callable[[int, int, float], None],
    ) -> None:
        self._process = process
        self._draw = draw
        self._settle = settle
        self._granted: dict[int, int] = {}  # frames of each sweep that may be on their way
        self._sweeps: dict[int, tuple[str, Frames]] = {}
        self._listeners: dict[str, list[Frames]] = {}
        self._backlog: dict[str, deque[Event]] = {}
        self._late: Frames = asyncio.Queue()  # what concerns sweeps that have ended: at most an answer of each address
        self._changes: list[_Change] = []  # neighbours to enter and take out, of this turn of the loop
        self._answers: deque[list[asyncio.Future[int]]] = deque()  # those who wait for each request of that kind
        self._owners: deque[asyncio.Future[str | None]] = deque()  # those who wait for an owner, in order
        self._last_id = 0
        self.ready: Event = {}
        self.ended = ""  # why the program is gone; empty while it lives

    @classmethod
    async def start(
        cls,
        scope: Scope,
        interfaces: Sequence[Interface],
        *,
        keep_neighbours: bool,
        draw: Callable[[int], Awaitable[int]],
        settle: Callable[[int, int, float], None],
    ) -> RawClient:
        """Start the program for these interfaces, or raise RawDenied or RawUnavailable.

        `draw` waits until some of so many frames may be sent, and says how many; `settle` is told how many of those
        are no longer on their way, how many of them were sent, and when by the clock that counts from the start of the
        system (infinity: nobody knows).
        """
        standing = _list_standing(interfaces) if keep_neighbours else []  # before anybody is asked anything
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-s", "-P", "-m", "scanner.rawhelper",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LINE_CAP, env=_environment(),
        )  # fmt: skip
        client = cls(process, draw, settle)
        opening = {
            "op": "open",
            "networks": [str(net) for net in scope.networks],
            "excluded": [str(net) for net in scope.excluded],
            "interfaces": [interface.name for interface in interfaces],
            "keep_neighbours": keep_neighbours,
            "standing": standing,
        }
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await client._send(opening)
                client.ready = await client._next_event() or {"event": "failed", "text": "it ended at once"}
            if client.ready.get("event") != "ready":
                kind = RawDenied if client.ready.get("event") == "denied" else RawUnavailable
                raise kind(str(client.ready.get("text")))
        except TimeoutError:
            await _end_at_once(process)
            raise RawUnavailable(f"it was not ready after {START_TIMEOUT:.0f} seconds") from None
        except BaseException:
            await _end_at_once(process)
            raise
        return client

    @property
    def can_learn(self) -> bool:
        """The program may enter neighbours in the kernel's table."""
        return not self.ended and self.ready.get("learning") is True

    async def read(self) -> None:
        """Hand the program's events to whoever waits for them until it ends; run this beside everything else."""
        try:
            async with asyncio.TaskGroup() as group:
                while (event := await self._next_event()) is not None:
                    if event["event"] == "want":
                        number, sent = int(event["id"]), int(event["sent"])
                        self._arrive(number, sent + int(event["unused"]), sent, float(event["at"]))
                        group.create_task(self._pay(number, int(event["frames"])))
                    else:
                        self._dispatch(event)
                self._end(f"the raw-socket program ended ({_exit_words(await self._process.wait())})")
        finally:
            self._end("the run ended")

    async def sweep(
        self, interface: Interface, ranges: Ranges, *, sender: str, rate: float, passes: int
    ) -> AsyncIterator[Event]:
        """Ask the ranges: "heard" events, then one "done"; "broken" where the interface or the program failed."""
        self._last_id += 1
        number = self._last_id
        events: Frames = asyncio.Queue()
        for event in self._backlog.pop(interface.name, ()):
            if event["event"] == "heard":
                events.put_nowait(event)
            else:
                self._hear(event)  # frames that are no ARP are for who listens, now or later
        self._sweeps[number] = (interface.name, events)
        self._granted[number] = 0
        request = {
            "op": "sweep", "id": number, "interface": interface.name, "sender": sender, "rate": rate,
            "passes": passes, "ranges": [[_dotted(first), _dotted(last)] for first, last in ranges],
        }  # fmt: skip
        finished = False
        try:
            await self._send(request)
            while not finished:
                event = await self._take(events)
                finished = event["event"] in ("done", "ended", "refused")
                yield event
        finally:
            self._sweeps.pop(number, None)
            if not finished:
                await self._send({"op": "stop", "id": number})

    async def overhear(self, interface: Interface, wait: float) -> AsyncIterator[Event]:
        """What was heard on the interface and belonged to no sweep, from the start on and for `wait` seconds."""
        events: Frames = asyncio.Queue()
        for event in self._backlog.pop(interface.name, ()):
            events.put_nowait(event)
        listeners = self._listeners.setdefault(interface.name, [])
        listeners.append(events)
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        try:
            while True:
                # A timeout around the yield would cancel the reader in the middle of what it does with the frame.
                async with asyncio.timeout_at(until):
                    heard = await self._take(events)
                yield heard
                if heard["event"] == "ended":
                    return
        except TimeoutError:
            return
        finally:
            listeners.remove(events)

    async def late(self, wait: float) -> Event | None:
        """What comes next of sweeps that have ended: "heard" with the seconds since it was asked, "dropped", "broken",
        "ended"; None when nothing comes in time, or `wake` is called.
        """
        try:
            async with asyncio.timeout(None if math.isinf(wait) else wait):
                event = await self._take(self._late)
        except TimeoutError:
            return None
        return None if event is WOKEN else event

    def wake(self) -> None:
        """Let who waits in `late` look around."""
        self._late.put_nowait(WOKEN)

    async def learn(self, interface: Interface, address: str, *, forget: bool = False) -> int:
        """Enter a neighbour the program heard, or take it out again; an errno, 0 when done."""
        if not self.can_learn:
            return errno.EPERM
        loop = asyncio.get_running_loop()
        if not self._changes:
            loop.call_soon(self._send_changes)  # hundreds of hosts begin in one turn: one line for all of them
        change = _Change(interface.name, address, forget, loop.create_future())
        self._changes.append(change)
        return await change.answer

    async def find_owner(self, interface: Interface, address: str, ports: Sequence[int]) -> str | None:
        """Whose card has answered from a link-local IPv6 address to one of these ports; None where nobody can tell."""
        if self.ended:
            return None
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._owners.append(answer)
        self._write({"op": "owner", "interface": interface.name, "address": address, "ports": list(ports)})
        return await answer

    def _send_changes(self) -> None:
        for (name, forget), alike in itertools.groupby(self._changes, key=lambda change: (change.name, change.forget)):
            while changes := list(itertools.islice(alike, LEARN_CAP)):
                self._answers.append([change.answer for change in changes])
                addresses = [change.address for change in changes]
                self._write({"op": "forget" if forget else "learn", "interface": name, "addresses": addresses})
        self._changes = []
        if self.ended:
            self._refuse_changes(errno.EPIPE)

    def _refuse_changes(self, number: int) -> None:
        while self._answers:
            _answer(self._answers.popleft(), itertools.repeat(number))

    async def close(self) -> None:
        """Close the program's input, which ends it, and see it end."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(END_TIMEOUT):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _pay(self, number: int, frames: int) -> None:
        """Grant what a sweep wants, piece by piece as the pace allows."""
        while frames and number in self._granted:
            piece = await self._draw(frames)
            frames -= piece
            if number not in self._granted:
                self._settle(piece, 0, math.inf)
                return
            self._granted[number] += piece
            await self._send({"op": "grant", "id": number, "frames": piece})

    def _arrive(self, number: int, held: int, sent: int, at: float = math.inf) -> None:
        """So many frames of a sweep are no longer on their way, and so many of them were sent."""
        if number in self._granted:
            self._granted[number] -= held
            self._settle(held, sent, at)

    def _dispatch(self, event: Event) -> None:
        match event["event"]:
            case "heard" | "sadp" | "stranger":
                self._hear(event)
            case "done":
                number = int(event["id"])
                self._arrive(number, self._granted.get(number, 0), int(event["sent"]))
                self._granted.pop(number, None)
                self._put(number, event)
            case "dropped":
                self._late.put_nowait(event)
            case "broken":
                self._late.put_nowait(event)
                for number, (name, _) in self._sweeps.items():
                    if name == event["interface"]:
                        self._put(number, event)
                for listener in self._listeners.get(str(event["interface"]), ()):
                    listener.put_nowait(event)
            case "learned":
                _answer(self._answers.popleft(), event["errnos"])
            case "owner":
                _answer([self._owners.popleft()], [event["mac"]])
            case "refused":
                self._refuse(event)

    def _hear(self, event: Event) -> None:
        """A sweep of the interface gets all ARP heard there; without one the listeners get it, or who comes later."""
        if "late" in event:
            self._late.put_nowait(event)
            return
        if (number := event.get("id")) is not None:
            self._put(int(number), event)
            return
        name = str(event["interface"])
        if event["event"] == "heard":
            for place, events in self._sweeps.values():
                if place == name:
                    events.put_nowait(event)
                    return
        if listeners := self._listeners.get(name):
            listeners[0].put_nowait(event)
        else:
            self._backlog.setdefault(name, deque(maxlen=OVERHEARD_CAP)).append(event)

    def _refuse(self, event: Event) -> None:
        """A refusal means a fault of ours: whoever asked is told, and nothing is asked again."""
        request = str(event.get("request", ""))
        if request.startswith(('{"op":"learn', '{"op":"forget')) and self._answers:
            _answer(self._answers.popleft(), itertools.repeat(errno.EPERM))
        if request.startswith('{"op":"owner') and self._owners:
            _answer([self._owners.popleft()], [None])
        for number in list(self._sweeps):
            if f'"id":{number},' in request:
                self._put(number, event)

    def _put(self, number: int, event: Event) -> None:
        if (sweep := self._sweeps.get(number)) is not None:
            sweep[1].put_nowait(event)

    async def _take(self, events: Frames) -> Event:
        if self.ended and events.empty():
            return {"event": "ended", "text": self.ended}
        return await events.get() or {"event": "ended", "text": self.ended}

    def _end(self, why: str) -> None:
        if self.ended:
            return
        self.ended = why
        for number, frames in list(self._granted.items()):
            self._arrive(number, frames, frames)  # who knows
        self._granted.clear()
        for events in (self._late, *(events for _, events in self._sweeps.values())):
            events.put_nowait(None)
        for listeners in self._listeners.values():
            for events in listeners:
                events.put_nowait(None)
        self._refuse_changes(errno.EPIPE)
        _answer(self._owners, itertools.repeat(None))
        self._owners.clear()

    async def _send(self, request: Mapping[str, object]) -> None:
        self._write(request)
        try:
            if self._process.stdin is not None and not self.ended:
                await self._process.stdin.drain()
        except ConnectionError:
            return  # it has ended; `read` sees that and tells everybody

    def _write(self, request: Mapping[str, object]) -> None:
        if self._process.stdin is not None and not self.ended:
            self._process.stdin.write(json.dumps(request, separators=(",", ":")).encode() + b"\n")

    async def _next_event(self) -> Event | None:
        if self._process.stdout is None:
            return None
        line = await self._process.stdout.readline()
        if not line:
            return None
        event: Event = json.loads(line)
        return event


def _answer(waiting: Iterable[asyncio.Future[T]], values: Iterable[T]) -> None:
    for answer, value in zip(waiting, values, strict=False):
        if not answer.done():
            answer.set_result(value)


async def _end_at_once(process: asyncio.subprocess.Process) -> None:
    """Before it was ready it has nothing to put back, and whoever pressed Ctrl-C does not wait for it to start."""
    if process.returncode is None:
        process.kill()
    await process.wait()


def _list_standing(interfaces: Iterable[Interface]) -> list[str]:
    """The lines of the neighbour table on these interfaces."""
    indexes = {interface.index for interface in interfaces}
    return [name_line(line.index, line.address) for line in list_neighbours() if line.index in indexes]


def _environment() -> dict[str, str]:
    """The least a Python program needs, and the places this one loads its own modules from.

    Its home is that of the user who runs it, whatever HOME says: scapy keeps a cache there (half of its start), and
    through a HOME that sudo passed on somebody could hand it one of his making.
    """
    places = [str(Path(scanner.__file__).parent.parent), *filter(None, sys.path)]
    return {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(dict.fromkeys(places)), "HOME": _own_home()}


def _own_home() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:  # a user without an entry, as in a container
        return "/nonexistent"


def _exit_words(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def _dotted(address: int) -> str:
    return str(ipaddress.IPv4Address(address))
