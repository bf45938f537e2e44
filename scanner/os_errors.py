"""Reads what the operating system says of a failed connection: the host's answer, or trouble of our own.

Translated once, here, so that no probe ever sees an OSError. Never contacts anything.
"""

from __future__ import annotations

import errno
import ssl
from collections import deque
from typing import Final

from scanner.model import Outcome

NO_ANSWER: Final = "no answer"
"""Detail of a question that was taken and not answered in time."""

RESET: Final = "connection reset"
"""How a detail begins when a host tore an established connection down; the back-off looks for it."""

UNREACHABLE: Final = "host unreachable"

UNFINISHED: Final = "unfinished when the time was over"
"""Detail of an answer that the deadline cut."""

CRUMBS: Final = "cut: it came in too many small pieces"
"""Detail of an answer that cost us more acknowledgements than it was worth."""

BURST_COUNT: Final = 10
"""So many unreachable hosts within BURST_WINDOW, all told at once, are no ten dead hosts: an address resolution that
fails takes the kernel three seconds, an overflowing neighbour table (net.ipv4.neigh.default.gc_thresh3) none."""

BURST_WINDOW: Final = 1.0
"""Seconds."""

AT_ONCE: Final = 0.05
"""Seconds; an error that comes faster than this was made on this machine."""

_OURS: Final = {
    errno.EMFILE: "out of file handles: raise the limit (ulimit -n) or lower the pace",
    errno.ENFILE: "the system is out of file handles",
    errno.ENOBUFS: "the kernel is out of buffers, or its neighbour table is full",
    errno.ENOMEM: "out of memory",
    errno.EADDRNOTAVAIL: "no free local port or address",
    errno.EADDRINUSE: "the local port is taken",
    errno.ENETUNREACH: "no route from this machine",
    errno.ENETDOWN: "the interface is down",
    errno.ENODEV: "the interface is gone",
    errno.EACCES: "forbidden by this machine's own firewall or rights",
    errno.EPERM: "forbidden by this machine's own firewall or rights",
    errno.EAFNOSUPPORT: "this machine does not speak that address family",
    errno.EINVAL: "this machine cannot reach that kind of address, or its neighbour table is full",
}

_THEIRS: Final = {
    errno.ECONNREFUSED: (Outcome.REFUSED, "connection refused"),
    errno.ECONNRESET: (Outcome.REFUSED, RESET),
    errno.EPIPE: (Outcome.REFUSED, RESET),
    errno.ETIMEDOUT: (Outcome.SILENT, "no answer to the connection request"),
    errno.EHOSTUNREACH: (Outcome.SILENT, UNREACHABLE),
    errno.EHOSTDOWN: (Outcome.SILENT, UNREACHABLE),
    errno.ECONNABORTED: (Outcome.SILENT, "the handshake was not finished in time"),
}


def read_os_error(error: BaseException) -> tuple[Outcome, str]:
    """Translate the error of a connection attempt into an outcome and words; an unknown one counts as ours."""
    if isinstance(error, ssl.SSLError):
        reason = getattr(error, "reason", None) or str(error)  # "reason" is missing where Python code made it
        return Outcome.GARBLED, f"TLS handshake failed: {reason[:80]}"
    if isinstance(error, ConnectionAbortedError):
        return _THEIRS[errno.ECONNABORTED]
    if isinstance(error, OSError) and error.errno is not None:
        return _THEIRS.get(error.errno) or (Outcome.BROKEN, _OURS.get(error.errno) or f"{error}"[:120])
    if isinstance(error, TimeoutError):
        return _THEIRS[errno.ETIMEDOUT]
    if isinstance(error, ConnectionError):
        return Outcome.REFUSED, RESET
    return Outcome.BROKEN, f"{type(error).__name__}: {error}"[:120]


class UnreachableWatch:
    """Tells ten dead hosts from one full neighbour table by how fast and how densely the errors come."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=BURST_COUNT)
        self.count = 0

    def note(self, now: float, elapsed: float) -> bool:
        """Note one unreachable host at `now`, learnt after `elapsed` seconds; true when it is part of a burst."""
        self.count += 1
        if elapsed > AT_ONCE:
            return False
        self._times.append(now)
        return len(self._times) == BURST_COUNT and now - self._times[0] <= BURST_WINDOW
