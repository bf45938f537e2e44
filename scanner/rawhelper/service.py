"""Serves one parent: carries out its checked requests and tells what is heard; asks nobody outside the scope.

One thread, one loop: requests in, frames out at their pace, frames in. Ends when the parent's end of the pipe closes.
"""

from __future__ import annotations

import os
import random
import select
import socket
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from scanner import ranges
from scanner.gate import Gate
from scanner.interfaces import Available
from scanner.rawhelper import requests
from scanner.rawhelper.answerers import Answerers
from scanner.rawhelper.asking import Asking
from scanner.rawhelper.batch import RequestBatch
from scanner.rawhelper.frames import build_request, read_frame
from scanner.rawhelper.job import Job
from scanner.rawhelper.learning import Learning
from scanner.rawhelper.packet_socket import PacketSockets, read_frames
from scanner.scope import Scope

JOBS_CAP: Final = 64
"""Sweeps at once: one for each interface and sender address would be few."""

UNASKED_CAP: Final = 20_000
"""Pairs of addresses reported of an interface that no sweep asked for; more is a storm, and it is counted only."""

PASSED_ON_CAP: Final = 5_000
"""SADP frames and strangers' datagrams reported of an interface: three of each unit would still serve 1,600 units."""

STATISTICS_EVERY: Final = 0.01
"""Seconds between two looks at the kernel's drop counter: shorter than the shortest quiet time."""

IDLE: Final = 1.0
"""Seconds at most between two looks at everything."""

READ_SIZE: Final = 1 << 16

_REPLY: Final = 2  # ARP operation (RFC 826)


@dataclass(slots=True)
class _Side:
    """One interface and what was heard on it."""

    sockets: PacketSockets
    own: tuple[str, ...]  # its IPv4 addresses
    seen: set[bytes] = field(default_factory=set)
    answerers: Answerers = field(default_factory=Answerers)
    suppressed: int = 0
    passed_on: int = 0
    broken: bool = False


class Service:
    """The state of the program after its sockets are open and its rights are gone."""

    def __init__(
        self,
        scope: Scope,
        sides: Mapping[str, tuple[PacketSockets, Available]],
        *,
        learning: Learning | None = None,
        rng: random.Random | None = None,
        output: int = 1,
    ) -> None:
        self._permitted = ranges.permitted(scope)
        self._sides = {
            name: _Side(sockets, tuple(str(own.ip) for own in available.interface.ipv4))
            for name, (sockets, available) in sides.items()
        }
        self._jobs: dict[int, Job] = {}
        self._ended: deque[Job] = deque(maxlen=JOBS_CAP)  # sweeps that waited long enough, as they thought
        self._learning = learning
        self._rng = rng or random.Random()
        self._output = output
        self._statistics_at = 0.0

    def serve(self, source: int) -> None:
        """Work until `source`, the descriptor of the parent's requests, ends."""
        os.set_blocking(source, False)
        pending = b""
        while True:
            now = time.monotonic()
            readable = self._select(source, now)
            if source in readable:
                data = _read(source)
                if data == b"":
                    return
                *lines, pending = (pending + (data or b"")).split(b"\n")
                for line in lines:
                    self._handle(line)
                if len(pending) > requests.LINE_CAP:
                    raise requests.Refused(f"a request of more than {requests.LINE_CAP} bytes")
            self._listen(readable)
            self._work()

    def emit(self, event: Mapping[str, object]) -> None:
        """Write one line to the parent."""
        data = requests.encode(event)
        while data:
            data = data[os.write(self._output, data) :]

    def _select(self, source: int, now: float) -> set[int]:
        waits = [job.wait(now) for job in self._jobs.values()]
        timeout = min([IDLE, *waits, *([STATISTICS_EVERY] if self._jobs else [])])
        watched = [source]
        for side in self._sides.values():
            if not side.broken:
                watched += [sock.fileno() for sock in side.sockets.listening]
        readable, _, _ = select.select(watched, [], [], timeout)
        return set(readable)

    def _handle(self, line: bytes) -> None:
        try:
            request = requests.parse_request(line)
            match request:
                case requests.Sweep():
                    self._start(request)
                case requests.Grant():
                    if job := self._jobs.get(request.id):
                        job.grant(request.frames)
                case requests.Stop():
                    if job := self._jobs.pop(request.id, None):
                        self.emit({"event": "done", "stopped": True, **job.summary()})
                case requests.Learn():
                    self._learn(request)
                case requests.Owner():
                    self._tell_owner(request)
                case requests.Open():
                    raise requests.Refused("already open")
        except requests.Refused as error:
            self.emit({"event": "refused", "text": str(error), "request": line[:200].decode("utf-8", "replace")})

    def _start(self, request: requests.Sweep) -> None:
        side = self._sides.get(request.interface)
        if side is None:
            raise requests.Refused(f"interface {request.interface!r} was not opened")
        if not ranges.within(request.ranges, self._permitted):
            raise requests.Refused("addresses outside the scope are not asked")
        if request.sender not in (*side.own, "0.0.0.0"):  # noqa: S104  the probe's sender, not an address to bind to
            raise requests.Refused(f"{request.sender} is not an address of {request.interface}")
        if request.id in self._jobs or len(self._jobs) >= JOBS_CAP:
            raise requests.Refused(f"sweep {request.id} is one too many")
        template = build_request(side.sockets.mac.hex(":"), request.sender)
        self._jobs[request.id] = Job(
            request,
            Asking(request.ranges, rng=self._rng, least_passes=request.passes),
            RequestBatch(side.sockets.sender, side.sockets.ring, template),
            Gate(request.rate),  # the grants keep the pace of all; this one the sweep's own, whatever is granted
            self.emit,
        )
        self.emit({"event": "started", "id": request.id})

    def _learn(self, request: requests.Learn) -> None:
        side = self._sides.get(request.interface)
        if self._learning is None or side is None:
            raise requests.Refused("neighbours are not entered in this run")
        index, learning = side.sockets.index, self._learning
        numbers = [learning.change(index, address, forget=request.forget) for address in request.addresses]
        self.emit({"event": "learned", "forgot": request.forget, "errnos": numbers})

    def _tell_owner(self, request: requests.Owner) -> None:
        side = self._sides.get(request.interface)
        if side is None:
            raise requests.Refused(f"interface {request.interface!r} was not opened")
        try:
            self._hear_answers(side)  # the one in question is here: it was handed on before
        except OSError as error:
            self._break(side, error)
        mac = side.answerers.find(request.address, request.ports)
        self.emit({"event": "owner", "mac": None if mac is None else mac.hex(":")})

    def _hear_answers(self, side: _Side) -> None:
        for frame in read_frames(side.sockets.answers):
            side.answerers.hear(frame)

    def _listen(self, readable: set[int]) -> None:
        for side in self._sides.values():
            try:
                if side.sockets.arp.fileno() in readable:
                    for frame in read_frames(side.sockets.arp):
                        self._hear_arp(side, frame)
                if side.sockets.answers.fileno() in readable:
                    self._hear_answers(side)
                for sock, kind in ((side.sockets.sadp, "sadp"), (side.sockets.strangers, "stranger")):
                    if sock is not None and sock.fileno() in readable:
                        for frame in read_frames(sock):
                            self._pass_on(side, kind, frame)
            except OSError as error:
                self._break(side, error)

    def _hear_arp(self, side: _Side, frame: bytes) -> None:
        key = frame[22:32]  # sender hardware and protocol address (RFC 826)
        address = int.from_bytes(frame[28:32], "big")
        if address == 0:
            return  # a probe (RFC 5227): somebody who has no address yet
        now = time.monotonic()
        claimed = False
        to_us = frame[21] == _REPLY and frame[32:38] == side.sockets.mac
        for job in self._jobs.values():
            if job.request.interface != side.sockets.name:
                continue
            report = job.hear(address, key, now, to_us=to_us)
            claimed = claimed or report is not None
            if report:
                self._tell(side, frame, address, job)
        if claimed or (to_us and self._hear_late(side, frame, address, now)):
            return
        if key not in side.seen:
            if len(side.seen) >= UNASKED_CAP:
                side.suppressed += 1
                return
            self._tell(side, frame, address, None)

    def _hear_late(self, side: _Side, frame: bytes, address: int, now: float) -> bool:
        """Tell the first answer of an address whose sweep has ended without one; False when it is none."""
        for job in self._ended:
            if job.request.interface == side.sockets.name and (late := job.hear_late(address, now)) is not None:
                self._tell(side, frame, address, job, late)
                return True
        return False

    def _tell(self, side: _Side, frame: bytes, address: int, job: Job | None, late: float | None = None) -> None:
        side.seen.add(frame[22:32])
        if self._learning is not None and self._in_scope(address):
            self._learning.hear(side.sockets.index, address, frame[22:28])
        event: dict[str, object] = {
            "event": "heard",
            "interface": side.sockets.name,
            "address": socket.inet_ntoa(frame[28:32]),
            "mac": frame[22:28].hex(":"),
            "kind": _kind(frame),
            "frame": frame.hex(),
            "at": time.time(),
        }
        if job is not None:
            event |= {"id": job.request.id, "asks": job.asking.asks(address)}
        if late is not None:
            event["late"] = late
        self.emit(event)

    def _pass_on(self, side: _Side, kind: str, frame: bytes) -> None:
        """A frame for the parent to read; a stranger's only when its sender is outside the scope."""
        read = read_frame(frame)
        if read is None or (kind == "stranger" and self._in_scope(int.from_bytes(frame[26:30], "big"))):
            return
        side.passed_on += 1
        if side.passed_on > PASSED_ON_CAP:
            side.suppressed += 1
            return
        name = side.sockets.name
        self.emit({"event": kind, "interface": name, "mac": read.source, "frame": frame.hex(), "at": time.time()})

    def _in_scope(self, address: int) -> bool:
        return ranges.within(((address, address),), self._permitted)

    def _work(self) -> None:
        now = time.monotonic()
        if now - self._statistics_at >= STATISTICS_EVERY:
            self._statistics_at = now
            self._count_drops()
        for job in list(self._jobs.values()):
            try:
                job.run(time.monotonic())
            except OSError as error:
                self._break(self._sides[job.request.interface], error)
                continue
            if job.done:
                self._ended.append(self._jobs.pop(job.request.id))
                side = self._sides[job.request.interface]
                self.emit({"event": "done", **job.summary(), "suppressed": side.suppressed})

    def _count_drops(self) -> None:
        """Until somebody asks on an interface the kernel goes on counting, and the first sweep is told."""
        for name, side in self._sides.items():
            asking = [job for job in self._jobs.values() if job.request.interface == name]
            waiting = any(job.request.interface == name for job in self._ended)
            if side.broken or not (asking or waiting) or not (drops := side.sockets.count_drops()):
                continue
            for job in asking:
                job.lost(drops)
            if not asking:
                self.emit({"event": "dropped", "interface": name, "drops": drops})

    def _break(self, side: _Side, error: OSError) -> None:
        side.broken = True
        name = side.sockets.name
        self.emit({"event": "broken", "interface": name, "text": f"{name}: {error.strerror or error}"})
        for number in [n for n, job in self._jobs.items() if job.request.interface == name]:
            self.emit({"event": "done", "broken": True, **self._jobs.pop(number).summary()})


def _kind(frame: bytes) -> str:
    if frame[28:32] == frame[38:42]:
        return "gratuitous"
    return "reply" if frame[21] == _REPLY else "request"


def _read(source: int) -> bytes | None:
    try:
        return os.read(source, READ_SIZE)
    except BlockingIOError:
        return None
