"""Sends one datagram and has the kernel say when it threw it away; never decides where one may go.

When the neighbour table is full, Linux drops a datagram to a host or group it has no entry of, and reports it as sent:
only who asked for the errors of a socket (IP_RECVERR) is told ENOBUFS. A question that never left must not count as one
that nobody answered.
"""

from __future__ import annotations

import socket
from typing import Any, Final

IP_RECVERR: Final = 11
IPV6_RECVERR: Final = 25
"""Linux include/uapi numbers; the socket module has neither."""


def send_told(sock: socket.socket, payload: bytes, where: tuple[Any, ...]) -> None:
    """Send it, or raise OSError. A host's own word that nobody listens there is no error of sending.

    The errors are asked for while it is sent only: who asks for longer must read them all.
    """
    level, option = (
        (socket.IPPROTO_IPV6, IPV6_RECVERR) if sock.family == socket.AF_INET6 else (socket.IPPROTO_IP, IP_RECVERR)
    )
    sock.setsockopt(level, option, 1)
    try:
        sock.sendto(payload, where)
    except ConnectionRefusedError:  # to an earlier datagram, and told in this one's place
        sock.sendto(payload, where)
    finally:
        sock.setsockopt(level, option, 0)
