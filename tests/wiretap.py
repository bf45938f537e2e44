"""Captures every frame that leaves a network namespace, with the kernel's own times, for tests that count."""

from __future__ import annotations

import ctypes
import ipaddress
import socket
import struct
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

SNAP = 1_600
"""Bytes kept of a frame: the whole of it on an ordinary wire."""

SPACE = 64 << 20
"""Bytes of receive buffer, so that no frame is missed while this thread waits for its turn."""

ETH_P_ALL, ETH_P_ARP, ETH_P_IP, ETH_P_IPV6 = 0x0003, 0x0806, 0x0800, 0x86DD
TCP, UDP, ICMP, IGMP, ICMPV6 = 6, 17, 1, 2, 58
SO_RCVBUFFORCE, SO_ATTACH_FILTER, SO_TIMESTAMPNS = 33, 26, 35
SOL_PACKET, PACKET_STATISTICS = 263, 6
FIN, SYN, RST, PUSH, ACK = 1, 2, 4, 8, 16

_OUTGOING = b"".join(
    struct.pack("HBBI", *line)
    for line in ((0x28, 0, 0, 0xFFFFF004), (0x15, 0, 1, 4), (0x06, 0, 0, 0xFFFFFFFF), (0x06, 0, 0, 0))
)
"""Classic BPF: load the packet type (SKF_AD_PKTTYPE), accept PACKET_OUTGOING (4) only."""


@dataclass(frozen=True)
class Frame:
    """One frame that left. Fields that a frame of its kind does not have are empty or 0."""

    at: float
    interface: str
    data: bytes
    size: int

    @property
    def to_mac(self) -> bytes:
        return self.data[:6]

    @property
    def ethertype(self) -> int:
        return int.from_bytes(self.data[12:14], "big")

    @cached_property
    def destination(self) -> str:
        """The IP address it goes to; of an ARP frame the address asked for, or told to."""
        if self.ethertype == ETH_P_ARP:
            return socket.inet_ntoa(self.data[38:42])
        if self.ethertype == ETH_P_IP:
            return socket.inet_ntoa(self.data[30:34])
        if self.ethertype == ETH_P_IPV6:
            return str(ipaddress.IPv6Address(self.data[38:54]))
        return ""

    @property
    def is_arp_request(self) -> bool:
        return self.ethertype == ETH_P_ARP and self.data[20:22] == b"\0\1"

    @property
    def protocol(self) -> int:
        if self.ethertype == ETH_P_IP:
            return self.data[23]
        return self.data[20] if self.ethertype == ETH_P_IPV6 else 0

    @property
    def _transport(self) -> bytes:
        if self.ethertype == ETH_P_IP:
            return self.data[14 + 4 * (self.data[14] & 15) :]
        return self.data[54:]

    @property
    def ports(self) -> tuple[int, int]:
        """Source and destination port of a TCP segment or a datagram."""
        if self.protocol not in (TCP, UDP):
            return 0, 0
        source, destination = struct.unpack_from("!HH", self._transport)
        return source, destination

    @property
    def flags(self) -> int:
        """TCP flags."""
        return self._transport[13] if self.protocol == TCP else 0

    @property
    def sequence(self) -> int:
        return int(struct.unpack_from("!I", self._transport, 4)[0]) if self.protocol == TCP else 0

    @property
    def payload(self) -> bytes:
        """What a TCP segment or a datagram carries, as far as it was kept."""
        rest = self._transport
        if self.protocol == UDP:
            return rest[8:]
        if self.protocol != TCP:
            return b""
        return rest[4 * (rest[12] >> 4) : self._ip_payload]

    @property
    def _ip_payload(self) -> int:
        """Length of the IP payload: short frames are padded."""
        if self.ethertype == ETH_P_IP:
            return int.from_bytes(self.data[16:18], "big") - 4 * (self.data[14] & 15)
        return int.from_bytes(self.data[18:20], "big")

    def __str__(self) -> str:
        source, destination = self.ports
        kind = f"{self.ethertype:04x}/{self.protocol}"
        return f"{self.at:.4f} {kind} {source} → {self.destination}:{destination} {self.data[:60].hex()}"


@dataclass
class Tap:
    """What was captured so far. `lost` counts frames the kernel could not hand over: a test must see 0."""

    frames: list[Frame] = field(default_factory=list)
    lost: int = 0

    def to(self, address: str) -> list[Frame]:
        """Frames addressed to one host, and ARP requests that ask for it."""
        return [frame for frame in self.frames if frame.destination == address]


@contextmanager
def tap(raw: socket.socket) -> Iterator[Tap]:
    """Read a socket of `open_tap` in a thread of its own until the block ends."""
    taken = Tap()
    done = threading.Event()
    thread = threading.Thread(target=_read, args=(raw, taken, done))
    thread.start()
    try:
        yield taken
    finally:
        time.sleep(0.3)  # the last acknowledgements of the kernel's timers
        done.set()
        thread.join()
        _, taken.lost = struct.unpack("II", raw.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        raw.close()


def open_tap() -> socket.socket:
    """A socket that hears what leaves the namespace of the calling thread, on every interface."""
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    code = ctypes.create_string_buffer(_OUTGOING, len(_OUTGOING))
    program = struct.pack("HL", len(_OUTGOING) // 8, ctypes.addressof(code))
    raw.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
    try:
        raw.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, SPACE)
    except PermissionError:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SPACE)
    raw.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    raw.settimeout(0.1)
    return raw


def _read(raw: socket.socket, taken: Tap, done: threading.Event) -> None:
    while True:
        try:
            data, ancillary, _, place = raw.recvmsg(SNAP, 64)
        except TimeoutError:
            if done.is_set():
                return
            continue
        at = time.time()
        for _, kind, stamp in ancillary:
            if kind == SO_TIMESTAMPNS:
                seconds, nanoseconds = struct.unpack("qq", stamp)
                at = seconds + nanoseconds / 1e9
        if place[0] != "lo" and place[2] == socket.PACKET_OUTGOING:
            taken.frames.append(Frame(at, place[0], data, len(data)))


def busiest(times: Iterable[float], window: float) -> int:
    """The most events in any half-open window of so many seconds."""
    ordered = sorted(times)
    most = first = 0
    for last, at in enumerate(ordered):
        while at - ordered[first] >= window:
            first += 1
        most = max(most, last - first + 1)
    return most


@dataclass(frozen=True)
class Connection:
    """One TCP connection as its sender's frames show it: from the SYN to the last segment."""

    host: str
    port: int
    local: int
    began: float
    ended: float
    established: bool
    closed: str  # "fin", "reset", "open" or "refused" (never established)
    frames: int  # segments that this side sent on it


def connections(frames: Sequence[Frame]) -> list[Connection]:
    """Every connection that was begun, in the order of the SYNs."""
    by_pair: dict[tuple[str, int, int], list[list[Frame]]] = {}
    for frame in frames:
        if frame.protocol != TCP:
            continue
        local, port = frame.ports
        runs = by_pair.setdefault((frame.destination, port, local), [])
        fresh = frame.flags & SYN and not frame.flags & ACK
        if fresh and not (runs and runs[-1][0].sequence == frame.sequence):
            runs.append([])
        if runs:
            runs[-1].append(frame)
    found = [_read_run(key, run) for key, runs in by_pair.items() for run in runs]
    return sorted(found, key=lambda one: one.began)


def _read_run(key: tuple[str, int, int], run: Sequence[Frame]) -> Connection:
    host, port, local = key
    flags = [frame.flags for frame in run]
    established = any(one & ACK and not one & RST for one in flags)
    ends = [frame.at for frame in run if frame.flags & (FIN | RST)]
    closed = "refused"
    if established:
        closed = "reset" if any(one & RST for one in flags) else "fin" if any(one & FIN for one in flags) else "open"
    ended = ends[0] if ends else run[-1].at
    return Connection(host, port, local, run[0].at, ended, established, closed, len(run))


def most_at_once(held: Sequence[Connection]) -> int:
    """The most connections to one host that were open at the same moment."""
    events = sorted([(one.began, 1) for one in held] + [(one.ended, -1) for one in held])
    most = now = 0
    for _, change in events:
        now += change
        most = max(most, now)
    return most
