"""A wire of our own between two private namespaces: the scanner's end, and a crowd of hosts played on a raw socket.

The hosts are nothing but ARP, so thousands cost nothing; everything that is asked is counted, foreign addresses too.
"""

from __future__ import annotations

import ctypes
import heapq
import os
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address

import pytest

from scanner.interfaces import choose_interfaces
from scanner.netlink import list_links
from scanner.scope import Scope, make_scope
from simulator.namespaces import LabError, call_in, new_namespace, run_ip, stand_in, write_sysctls

IFF_RUNNING = 0x40
SCANNER_MAC = "02:00:00:00:ca:01"
CROWD_MAC = "02:00:00:00:cb:01"
TRIAL = b"\x88\xb5"  # an ethertype for experiments (IEEE 802, 9.2.3): no part of the program listens to it


def mac_of(address: str) -> str:
    """The hardware address the crowd gives an address unless told otherwise."""
    return f"44:19:{IPv4Address(address).packed.hex(':')}"


@dataclass
class Segment:
    """The wire. `hosts` may be changed while it is up; `asked` counts who-has by address."""

    network: str
    scanner: str
    hosts: dict[str, list[str]] = field(default_factory=dict)  # address → its hardware addresses
    sleepy: dict[str, int] = field(default_factory=dict)  # address → requests it still misses
    slow: dict[str, float] = field(default_factory=dict)  # address → seconds before its first answer; others are lost
    asked: Counter[str] = field(default_factory=Counter)
    senders: Counter[str] = field(default_factory=Counter)  # protocol address the asker claims
    times: list[float] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)  # frames that are not ARP
    on_first: Callable[[], Sequence[bytes]] | None = None  # frames the crowd sends after the first request
    scan: int = -1
    crowd: int = -1
    _later: list[tuple[float, bytes]] = field(default_factory=list)  # a heap of answers and when they are due
    _raw: socket.socket | None = None
    _stop: bool = False

    @property
    def scope(self) -> Scope:
        """The network with the interfaces that face it; only while standing inside."""
        bare = make_scope([self.network])
        return make_scope([self.network], choose_interfaces(bare.networks))

    def populate(self, count: int, *, sleepy: float = 0.0, seed: int = 1) -> None:
        """Add hosts at random addresses; a share of them misses the first request."""
        rng = random.Random(seed)
        free = [target for target in make_scope([self.network]).targets() if str(target) != self.scanner]
        for target in rng.sample(free, count):
            self.hosts[str(target)] = [mac_of(str(target))]
        for address in rng.sample(sorted(self.hosts), int(count * sleepy)):
            self.sleepy[address] = 1

    def say(self, frame: bytes) -> None:
        """Put a frame on the wire from the crowd's end."""
        assert self._raw is not None
        self._raw.send(frame)

    def enter(self) -> AbstractContextManager[None]:
        """Stand at the scanner's end with this thread."""
        return stand_in(self.scan)

    def run(self) -> None:
        """Answer until the socket is closed; the crowd's thread."""
        first = True
        assert self._raw is not None
        while not self._stop:
            while self._later and self._later[0][0] <= time.monotonic():
                self.say(heapq.heappop(self._later)[1])
            try:
                frame = self._raw.recv(2048)
            except (TimeoutError, OSError):
                continue
            if frame[12:14] != b"\x08\x06":
                self.heard.append(frame)
            elif frame[20:22] == b"\0\1":
                self._answer(frame)
                if first and self.on_first is not None:
                    for extra in self.on_first():
                        self.say(extra)
                first = False

    def _answer(self, frame: bytes) -> None:
        address = socket.inet_ntoa(frame[38:42])
        self.asked[address] += 1
        self.senders[socket.inet_ntoa(frame[28:32])] += 1
        self.times.append(time.monotonic())
        if self.sleepy.get(address, 0) > 0:
            self.sleepy[address] -= 1
            return
        if address in self.slow and self.asked[address] > 1:
            return
        due = time.monotonic() + self.slow.get(address, 0.0)
        for mac in self.hosts.get(address, ()):
            answer = arp_frame(mac, address, operation=2, to=frame[22:28], target=frame[28:32])
            if address in self.slow:
                heapq.heappush(self._later, (due, answer))
            else:
                self.say(answer)


def arp_frame(
    mac: str, address: str, *, operation: int, to: bytes = b"\xff" * 6, target: bytes | str = b"\0\0\0\0"
) -> bytes:
    """An ARP frame of RFC 826."""
    hardware = bytes.fromhex(mac.replace(":", ""))
    asked = socket.inet_aton(target) if isinstance(target, str) else target
    fixed = struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation)
    owner = to if operation == 2 else bytes(6)
    return to + hardware + b"\x08\x06" + fixed + hardware + socket.inet_aton(address) + owner + asked + bytes(18)


def sadp_frame(mac: str, address: str, kind: int = 0x02) -> bytes:
    """A SADP frame of a device (layout of hiktools' model.py)."""
    hardware = bytes.fromhex(mac.replace(":", ""))
    head = bytes([0x21, 0x01, 0x01, 0xF6]) + bytes(4) + b"\x06\x04" + bytes([kind, 0, 0, 0])
    return b"\xff" * 6 + hardware + b"\x80\x33" + head + hardware + socket.inet_aton(address) + bytes(60)


@contextmanager
def make_segment(network: str = "10.77.0.0/24", scanner: str = "10.77.0.2") -> Iterator[Segment]:
    """Lay the wire and start the crowd; skips the test where namespaces are not allowed."""
    try:
        segment = Segment(network, scanner, scan=new_namespace(), crowd=new_namespace())
    except OSError as error:
        pytest.skip(f"network namespaces are not allowed here: {error}")
    thread = None
    try:
        _lay(segment)
        thread = threading.Thread(target=segment.run, daemon=True)
        thread.start()
        yield segment
    except LabError as error:
        pytest.skip(str(error))
    finally:
        segment._stop = True
        if thread is not None:
            thread.join()
        if segment._raw is not None:
            segment._raw.close()
        os.close(segment.scan)
        os.close(segment.crowd)


def _lay(segment: Segment) -> None:
    prefix = segment.network.partition("/")[2]
    quiet = {"ipv6/conf/default/accept_dad": "0", "ipv6/conf/default/router_solicitations": "0"}
    for namespace in (segment.scan, segment.crowd):
        call_in(namespace, lambda: write_sysctls(quiet))
    peer = f"/proc/{os.getpid()}/fd/{segment.crowd}"
    call_in(
        segment.scan,
        lambda: run_ip(
            [
                f"link add eth0 address {SCANNER_MAC} type veth peer name wire address {CROWD_MAC} netns {peer}",
                f"addr add {segment.scanner}/{prefix} broadcast + dev eth0",
                "link set lo up",
                "link set eth0 up",
            ]
        ),
    )
    call_in(segment.crowd, lambda: run_ip(["link set lo up", "link set wire up"]))
    segment._raw = call_in(segment.crowd, _open_raw)
    call_in(segment.scan, _wait_until_running)
    with call_in(segment.scan, _open_trial) as trial:
        _wait_until_heard(trial, segment._raw)


def _wait_until_running() -> None:
    """Until then the kernel throws away what is sent, a few milliseconds after the link came up."""
    deadline = time.monotonic() + 5
    while not any(link.name == "eth0" and link.flags & IFF_RUNNING for link in list_links()):
        assert time.monotonic() < deadline, "the wire does not come up"
        time.sleep(0.002)


def _open_trial() -> socket.socket:
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    raw.bind(("eth0", 0))
    return raw


def _wait_until_heard(trial: socket.socket, crowd: socket.socket) -> None:
    """A link counts as running a moment before its queue sends: what is asked in that moment is lost unseen."""
    frame = b"\xff" * 6 + bytes.fromhex(SCANNER_MAC.replace(":", "")) + TRIAL + bytes(46)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        trial.send(frame)
        try:
            while crowd.recv(2048)[12:14] != TRIAL:
                pass
        except TimeoutError:
            continue
        return
    raise AssertionError("the wire carries nothing")


def _open_raw() -> socket.socket:
    """Hears ARP and whatever else comes, but not its own frames."""
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    outgoing = b"".join(
        struct.pack("=HBBI", *line)
        for line in ((0x28, 0, 0, 0xFFFFF004), (0x15, 0, 1, 4), (0x06, 0, 0, 0), (0x06, 0, 0, 0x40000))
    )  # load the packet type, drop PACKET_OUTGOING
    code = ctypes.create_string_buffer(outgoing, len(outgoing))
    raw.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HL", 4, ctypes.addressof(code)))
    try:
        raw.setsockopt(socket.SOL_SOCKET, 33, 32 << 20)
    except PermissionError:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 << 20)
    raw.settimeout(0.1)
    raw.bind(("wire", 0x0003))
    return raw
