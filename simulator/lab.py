"""A simulated network for one test, demo or benchmark: a child process plays an estate in private namespaces.

Nothing in it can reach a real network, and nothing of it is left when it is closed or its parent dies.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from simulator.estate import Estate, load_estate
from simulator.ledger import Ledger
from simulator.namespaces import LabError, stand_in
from simulator.persona import Truth
from simulator.wiring import Layout

START_TIMEOUT: Final = 120.0
"""Seconds until everything is up; two thousand devices take some fifteen on two cores."""

STOP_TIMEOUT: Final = 10.0
ENTER: Final = Path(__file__).with_name("enter.py")


@dataclass(frozen=True, slots=True)
class LabDevice:
    """One device of a running lab as the child described it."""

    address: str
    mac: str
    persona: str
    expect: str
    truth: Truth


@dataclass(frozen=True, slots=True)
class Counts:
    """Every ledger at one moment. `drops` are datagrams lost before a device could hear them: the lab's fault."""

    devices: Mapping[str, Ledger]
    drops: int
    arp_requests: int
    arp_answers: int


@dataclass(slots=True)
class Lab:
    """An estate in private namespaces, from `with` (or `async with`) to its end. Raises LabError where that fails."""

    estate: Estate | str
    layout: Layout | str = Layout.OWN
    neighbours: str = "stock"  # "raised": enlarge the machine's neighbour table while the lab is up, where allowed
    devices: tuple[LabDevice, ...] = ()
    interfaces: tuple[str, ...] = ()  # the scanner's, one a segment
    notes: tuple[str, ...] = ()
    _child: subprocess.Popen[bytes] | None = None
    _control: socket.socket | None = None
    _reader: Any = None
    _net: int = -1
    _user: int = -1
    _errors: Any = field(default_factory=tempfile.TemporaryFile)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the child and wait until every device is up."""
        estate = load_estate(self.estate) if isinstance(self.estate, str) else self.estate
        self.estate = estate
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "simulator.run", "--lab", str(Layout(self.layout))]
        command += ["--neighbours", self.neighbours, "--control", str(theirs.fileno())]
        self._control = ours
        ours.settimeout(START_TIMEOUT)
        with theirs:
            self._child = subprocess.Popen(command, pass_fds=[theirs.fileno()], stderr=self._errors)
        try:
            ours.sendall(estate.model_dump_json().encode() + b"\n")
            self._take_ready(ours)
        except BaseException:
            self.close()
            raise

    def _take_ready(self, control: socket.socket) -> None:
        try:
            first, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        except (TimeoutError, ConnectionError):
            first, descriptors = b"", []
        if not first or len(descriptors) != 2:
            raise LabError(self._why())
        self._net, self._user = descriptors
        self._reader = control.makefile("rb")
        ready = json.loads(first + self._reader.readline())
        self.interfaces, self.notes = tuple(ready["interfaces"]), tuple(ready["notes"])
        self.devices = tuple(
            LabDevice(one["address"], one["mac"], one["persona"], one["expect"], Truth(**one["truth"]))
            for one in ready["devices"]
        )

    def _why(self) -> str:
        if self._child is not None:
            self._child.kill()
            self._child.wait(STOP_TIMEOUT)
        self._errors.seek(0)
        text = self._errors.read().decode(errors="replace").strip()
        return text[-2_000:] or "the simulated network did not come up, and did not say why"

    def close(self) -> None:
        """End the child and with it the whole network. What it said on its standard error is passed on."""
        for one in (self._reader, self._control):
            if one is not None:
                one.close()
        for descriptor in (self._net, self._user):
            if descriptor >= 0:
                os.close(descriptor)
        self._reader, self._control, self._net, self._user = None, None, -1, -1
        if self._child is not None and self._end_child(self._child):
            self._errors.seek(0)
            sys.stderr.write(self._errors.read().decode(errors="replace"))
        self._child = None
        self._errors.close()

    def _end_child(self, child: subprocess.Popen[bytes]) -> int:
        try:
            return child.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait(STOP_TIMEOUT)

    @property
    def truth(self) -> list[tuple[str, Truth]]:
        """Every address with what really stands there."""
        return [(device.address, device.truth) for device in self.devices]

    def counts(self) -> Counts:
        """Every device's ledger, now."""
        if self._control is None:
            raise LabError("the lab is closed: read the counts before it ends")
        self._control.sendall(b'{"ask": "ledgers"}\n')
        data = json.loads(self._reader.readline())
        ledgers = {address: Ledger.from_json(one) for address, one in data.pop("devices").items()}
        return Counts(devices=ledgers, **data)

    def ledger(self, address: str) -> Ledger:
        """One device's ledger, now."""
        return self.counts().devices[address]

    def command(self, argv: Sequence[str]) -> tuple[list[str], tuple[int, ...]]:
        """The command line that runs `argv` at the scanner's place, and the descriptors to pass on to it."""
        same = Path("/proc/self/ns/user").stat().st_ino == os.fstat(self._user).st_ino
        descriptors = (self._net,) if same else (self._net, self._user)
        places = ",".join(str(one) for one in descriptors)
        return [sys.executable, "-I", str(ENTER), places, *argv], descriptors

    def run_in_scanner(self, argv: Sequence[str], *, timeout: float = 120.0) -> subprocess.CompletedProcess[str]:
        """Run a program at the scanner's place and return what it said; its exit code is not checked."""
        command, descriptors = self.command(argv)
        return subprocess.run(
            command, pass_fds=descriptors, capture_output=True, text=True, timeout=timeout, check=False
        )

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Stand at the scanner's place with this thread. Sockets made meanwhile stay there; other threads do not move.

        Needs rights over this process's own network namespace: as root, or after `leave_for_private`.
        """
        with ExitStack() as stack:
            try:
                stack.enter_context(stand_in(self._net))
            except PermissionError as error:
                raise LabError("this process may not enter the lab: use run_in_scanner instead") from error
            yield


@lru_cache(maxsize=1)
def why_no_lab() -> str | None:
    """Why a lab cannot be made here, or None when it can. Tries with a child process; changes nothing."""
    if not sys.platform.startswith("linux"):
        return "private networks need Linux"
    try:
        with Lab(
            Estate.model_validate({"id": "trial", "segments": [{"network": "10.0.0.0/30", "scanner": "10.0.0.2"}]})
        ):
            return None
    except LabError as error:
        return str(error)
