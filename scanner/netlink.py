"""Asks the kernel for its links and neighbours over a netlink socket; never changes anything by itself.

The answers are those of the network namespace the calling thread stands in. /sys/class/net would be wrong there:
it shows the namespace of whoever mounted it.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from typing import Final

from scanner.codec import rtnetlink
from scanner.codec.rtnetlink import LinkEntry, Message, NeighbourEntry

BUFFER: Final = 64 * 1024
"""Bytes read at once: the kernel packs a dump into datagrams of at most 32 kB."""

RECEIVE_SPACE: Final = 1 << 20
"""Socket buffer for a dump of a full neighbour table, some 100 bytes an entry."""

TRIES: Final = 3
"""A dump is interrupted when the table changes under it, which a scan makes likely; the third try has always done."""

TIMEOUT: Final = 5.0
"""Seconds for the kernel to answer; it takes microseconds, so this only keeps a fault from becoming a hang."""


def list_links() -> list[LinkEntry]:
    """Every interface of this namespace, or raise OSError."""
    messages = _dump(rtnetlink.GET_LINK, 0, rtnetlink.NEW_LINK)
    return [rtnetlink.parse_link(message.body) for message in messages]


def list_neighbours(index: int | None = None) -> list[NeighbourEntry]:
    """The neighbour table of this namespace, both families, of one interface or of all; or raise OSError."""
    found = []
    for family in (rtnetlink.FAMILY_V4, rtnetlink.FAMILY_V6):
        for message in _dump(rtnetlink.GET_NEIGHBOUR, family, rtnetlink.NEW_NEIGHBOUR):
            entry = rtnetlink.parse_neighbour(message.body)
            if entry is not None and index in (None, entry.index):
                found.append(entry)
    return found


def open_socket() -> socket.socket:
    """A routing-netlink socket of this namespace."""
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    try:
        sock.settimeout(TIMEOUT)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_SPACE)
        sock.bind((0, 0))
    except BaseException:
        sock.close()
        raise
    return sock


def request(sock: socket.socket, message: bytes) -> int:
    """Send one message that asks for an acknowledgement; return its errno, 0 when it was done."""
    sock.send(message)
    while True:
        for answer in rtnetlink.parse_messages(sock.recv(BUFFER)):
            if answer.type == rtnetlink.ERROR:
                return rtnetlink.parse_error(answer.body)


def _dump(kind: int, family: int, wanted: int) -> list[Message]:
    messages: list[Message] = []
    for attempt in range(TRIES):
        with open_socket() as sock:
            sock.send(rtnetlink.build_dump(kind, family, attempt))
            messages = [message for message in _read_dump(sock) if message.type == wanted]
        if not any(message.flags & rtnetlink.INTERRUPTED for message in messages):
            break
    return messages  # after the last try what there is: a line missing here is asked for again by whoever waits for it


def _read_dump(sock: socket.socket) -> Iterator[Message]:
    while True:
        for message in rtnetlink.parse_messages(sock.recv(BUFFER)):
            if message.type == rtnetlink.DONE:
                return
            if message.type == rtnetlink.ERROR:
                number = rtnetlink.parse_error(message.body) or errno.EPROTO
                raise OSError(number, os.strerror(number))
            yield message
