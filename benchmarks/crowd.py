"""A wire whose many hosts answer one WS-Discovery question all at once, frame by frame, in private namespaces.

Nothing is left of it when it is closed; it never sends on any other wire.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Final

from simulator.arp import ArpHosts, answer
from simulator.namespaces import call_in, new_namespace, run_ip, stand_in, write_sysctls

WSD_PORT: Final = 3702
SCANNER: Final = "10.79.0.2"
SCANNER_MAC: Final = "02:00:00:00:ca:01"
CROWD_MAC: Final = "02:00:00:00:cb:01"

BURST_SECONDS: Final = 0.02
"""Within this time all answer: cameras of one make, switched on together, do so."""

_RECEIVE_SPACE: Final = 64 << 20
_SO_RCVBUFFORCE: Final = 33
_SO_SNDBUFFORCE: Final = 32

_MATCH: Final = (
    '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">'
    "<s:Header><a:MessageID>urn:uuid:{uuid}</a:MessageID><a:RelatesTo>{relates}</a:RelatesTo>"
    "<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>"
    "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</a:Action></s:Header>"
    "<s:Body><d:ProbeMatches><d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:{uuid}</a:Address>"
    "</a:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types>"
    "<d:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/Camera</d:Scopes>"
    "<d:XAddrs>http://{address}/onvif/device_service</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>"
    "</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
)


@dataclass
class Crowd:
    """The wire. `addresses` stand on it; `took` is how long the burst really lasted, in seconds."""

    network: str
    addresses: Sequence[str]
    took: float = 0.0
    scan: int = -1
    far: int = -1
    _raw: socket.socket | None = None
    _hosts: ArpHosts = field(default_factory=ArpHosts)
    _stop: bool = False

    def enter(self) -> AbstractContextManager[None]:
        """Stand at the scanner's end with this thread."""
        return stand_in(self.scan)

    def run(self) -> None:
        """Answer ARP always, and the first WS-Discovery question that comes with all hosts at once."""
        raw, asked = self._raw, False
        assert raw is not None
        while not self._stop:
            try:
                frame, place = raw.recvfrom(2048)
            except TimeoutError:
                continue
            if place[2] == socket.PACKET_OUTGOING:
                continue
            if frame[12:14] == b"\x08\x06" and frame[20:22] == b"\0\1":
                if (reply := answer(frame, self._hosts)) is not None:
                    raw.send(reply)
            elif not asked and _is_question(frame):
                asked = True
                self._burst(raw, frame)

    def _burst(self, raw: socket.socket, question: bytes) -> None:
        frames = [write_match(address, mac_of(address), question) for address in self.addresses]
        begun = time.monotonic()
        for number, frame in enumerate(frames):
            while time.monotonic() - begun < BURST_SECONDS * number / len(frames):
                pass  # a sleep is coarser than the distance between two answers
            raw.send(frame)
        self.took = time.monotonic() - begun


def mac_of(address: str) -> str:
    """The hardware address of a host of the crowd."""
    return f"44:19:{ipaddress.IPv4Address(address).packed.hex(':')}"


def _is_question(frame: bytes) -> bool:
    return (
        frame[12:14] == b"\x08\x00" and frame[23] == 17 and frame[36:38] == WSD_PORT.to_bytes(2) and b"Probe" in frame
    )


def write_match(address: str, mac: str, question: bytes) -> bytes:
    """The answer of one host to the frame of a question, as an Ethernet frame."""
    source, port = question[26:30], question[34:36]
    number = int(ipaddress.IPv4Address(address))
    relates = question.partition(b"MessageID>")[2].partition(b"<")[0].decode("ascii", "replace")
    text = _MATCH.format(uuid=f"00000000-0000-0000-0000-{number:012x}", relates=relates, address=address).encode()
    datagram = struct.pack("!H2sHH", WSD_PORT, port, 8 + len(text), 0) + text  # no checksum: allowed over IPv4
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 0, 0, 64, 17, 0,
                       ipaddress.IPv4Address(address).packed, source)  # fmt: skip
    head = head[:10] + checksum(head).to_bytes(2) + head[12:]
    return question[6:12] + bytes.fromhex(mac.replace(":", "")) + b"\x08\x00" + head + datagram


def checksum(head: bytes) -> int:
    """The checksum of an IPv4 header whose own checksum is 0 (RFC 791)."""
    total: int = sum(struct.unpack(f"!{len(head) // 2}H", head))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@contextmanager
def make_crowd(network: str, addresses: Sequence[str]) -> Iterator[Crowd]:
    """Lay the wire and let the crowd listen until the block ends. LabError or OSError where that is not allowed."""
    crowd = Crowd(network, addresses, scan=new_namespace(), far=new_namespace())
    thread = threading.Thread(target=crowd.run)
    try:
        _lay(crowd)
        thread.start()
        yield crowd
    finally:
        crowd._stop = True
        if thread.ident is not None:
            thread.join()
        if crowd._raw is not None:
            crowd._raw.close()
        os.close(crowd.scan)
        os.close(crowd.far)


def _lay(crowd: Crowd) -> None:
    prefix = crowd.network.partition("/")[2]
    for address in crowd.addresses:
        packed = ipaddress.IPv4Address(address).packed
        crowd._hosts.macs[packed] = bytes.fromhex(mac_of(address).replace(":", ""))
    far = f"/proc/{os.getpid()}/fd/{crowd.far}"
    call_in(crowd.scan, lambda: write_sysctls({"ipv6/conf/default/disable_ipv6": "1"}))
    call_in(crowd.far, lambda: write_sysctls({"ipv6/conf/default/disable_ipv6": "1"}))
    link = f"link add eth0 address {SCANNER_MAC} type veth peer name far0 address {CROWD_MAC} netns {far}"
    call_in(crowd.scan, lambda: run_ip(["link set lo up", link]))
    call_in(crowd.far, lambda: run_ip(["link set far0 up"]))
    call_in(crowd.scan, lambda: run_ip([f"addr add {SCANNER}/{prefix} broadcast + dev eth0", "link set eth0 up"]))
    crowd._raw = call_in(crowd.far, _open)


def _open() -> socket.socket:
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
    raw.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_SPACE)
    raw.setsockopt(socket.SOL_SOCKET, _SO_SNDBUFFORCE, _RECEIVE_SPACE)
    raw.bind(("far0", 0x0003))
    raw.settimeout(0.1)
    return raw
