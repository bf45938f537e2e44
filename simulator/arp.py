"""Answers ARP on a raw socket: for thousands of hosts that are nothing else, and for devices that miss a first request
or take their time.

Never sends a frame that was not asked for.
"""

from __future__ import annotations

import asyncio
import ctypes
import ipaddress
import socket
import struct
from dataclasses import dataclass, field
from random import Random
from typing import Final, Self

from simulator.datagram_ports import SO_ATTACH_FILTER
from simulator.ledger import Ledger
from simulator.persona import Quirks

ETH_P_ALL: Final = 0x0003
ETH_P_ARP: Final = 0x0806
REQUEST: Final = 1
BATCH: Final = 512
"""Frames read in one turn of the loop."""

RECEIVE_BUFFER: Final = 64 << 20
"""Bytes; a /16 at 100,000 frames a second arrives faster than Python reads it."""

SO_RCVBUFFORCE: Final = 33

_FILTER: Final = b"".join(
    struct.pack("HBBI", *line)
    for line in (
        (0x28, 0, 0, 12), (0x15, 0, 3, ETH_P_ARP),
        (0x28, 0, 0, 20), (0x15, 0, 1, REQUEST),
        (0x06, 0, 0, 0xFFFFFFFF), (0x06, 0, 0, 0),
    )
)  # fmt: skip
"""Classic BPF: the half-words at 12 (ethertype) and 20 (ARP operation); accept requests."""


@dataclass(slots=True)
class ArpHosts:
    """Who is there: packed IPv4 address → (MAC, heard before?, ledger of the device it stands for)."""

    macs: dict[bytes, bytes] = field(default_factory=dict)
    asleep: set[bytes] = field(default_factory=set)
    ledgers: dict[bytes, Ledger] = field(default_factory=dict)
    delays: dict[bytes, float] = field(default_factory=dict)  # seconds before every answer

    def __bool__(self) -> bool:
        return bool(self.macs)

    def add_range(self, first: str, count: int, oui: str, misses_first: float) -> None:
        """Add so many hosts from an address on; a share of them, spread evenly by chance, misses the first request."""
        start, prefix = int(ipaddress.IPv4Address(first)), bytes.fromhex(oui.replace(":", ""))
        addresses = [(start + offset).to_bytes(4) for offset in range(count)]
        self.macs.update((address, prefix + address[1:]) for address in addresses)
        self.asleep.update(Random(first).sample(addresses, round(count * misses_first)))

    def add_device(self, address: str, mac: str, ledger: Ledger, quirks: Quirks) -> None:
        """Add one device that answers, unless it misses the first request."""
        packed = ipaddress.IPv4Address(address).packed
        self.macs[packed] = bytes.fromhex(mac.replace(":", ""))
        self.ledgers[packed] = ledger
        if quirks.misses_first:
            self.asleep.add(packed)
        if quirks.arp_delay:
            self.delays[packed] = quirks.arp_delay


@dataclass(slots=True)
class ArpResponder:
    """Listens on one interface. `requests` and `answers` count frames."""

    raw: socket.socket
    hosts: ArpHosts
    requests: int = 0
    answers: int = 0
    foreign: int = 0  # requests for addresses that are nobody's here

    @classmethod
    def on(cls, interface: str, hosts: ArpHosts) -> Self:
        """Open the raw socket in the namespace of the calling thread."""
        raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
        code = ctypes.create_string_buffer(_FILTER, len(_FILTER))
        raw.setsockopt(
            socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", len(_FILTER) // 8, ctypes.addressof(code))
        )
        try:
            raw.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
        except PermissionError:  # in a user namespace: as much as the machine allows to everybody
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        raw.bind((interface, ETH_P_ALL))  # a port of a bridge hands the frames of one protocol to the bridge alone
        return cls(raw, hosts)

    def open(self) -> None:
        """Begin to answer."""
        asyncio.get_running_loop().add_reader(self.raw, self._read)

    def close(self) -> None:
        """Stop answering; the loop may be gone by now."""
        self.raw.close()

    def _read(self) -> None:
        for _ in range(BATCH):
            try:
                frame = self.raw.recv(128)
            except (BlockingIOError, OSError):
                return
            self._answer(frame)

    def _answer(self, frame: bytes) -> None:
        self.requests += 1
        if (reply := answer(frame, self.hosts)) is None:
            self.foreign += frame[38:42] not in self.hosts.macs
            return
        if delay := self.hosts.delays.get(frame[38:42]):
            asyncio.get_running_loop().call_later(delay, self._send, reply)
        else:
            self._send(reply)

    def _send(self, reply: bytes) -> None:
        try:
            self.raw.send(reply)
            self.answers += 1
        except BlockingIOError:
            return  # the wire is full: lost, as on a real one, and the asker repeats


def answer(frame: bytes, hosts: ArpHosts) -> bytes | None:
    """Return the reply to one ARP request frame, or None where nobody here answers (RFC 826)."""
    target = frame[38:42]
    mac = hosts.macs.get(target)
    if mac is None:
        return None
    if (ledger := hosts.ledgers.get(target)) is not None:
        ledger.arp_requests += 1
    if target in hosts.asleep:
        hosts.asleep.discard(target)
        return None
    sender_mac, sender_ip = frame[22:28], frame[28:32]
    return sender_mac + mac + frame[12:20] + b"\0\2" + mac + target + sender_mac + sender_ip
