"""Starts the raw-socket program: opens sockets, gives up every right, serves; never serves with rights held."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import ExitStack

from scanner.interfaces import Available, hears_strangers, list_interfaces
from scanner.rawhelper import requests
from scanner.rawhelper.learning import Learning
from scanner.rawhelper.packet_socket import PacketSockets, open_sockets, receive_space
from scanner.rawhelper.privileges import NotShed, Rights, shed


def main() -> int:
    """Read the first request, open, give up the rights, serve; 0 when the parent closed the pipe, 1 on a fault."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # they go to the whole group: the parent decides when to end
    # scapy looks for cryptography at import, a tenth of its start, for protocols that are not spoken here.
    sys.modules["cryptography"] = None  # type: ignore[assignment]
    from scanner.rawhelper.frames import rehearse
    from scanner.rawhelper.service import Service

    with ExitStack() as stack:
        try:
            opening = _read_opening()
            sides = {name: _open(name, stack) for name in opening.interfaces}
            learning = _open_learning(opening, sides, stack) if opening.keep_neighbours else None
            rehearse()
            rights = shed(keep_net_admin=opening.keep_neighbours)
        except (requests.Refused, NotShed, OSError) as error:
            return _fail(error)
        service = Service(opening.scope, sides, learning=learning)
        service.emit(_ready(sides, rights, learning=learning is not None))
        try:
            service.serve(0)
        except BrokenPipeError:
            return 0
    return 0


def _read_opening() -> requests.Open:
    with open(0, "rb", buffering=0, closefd=False) as source:
        opening = requests.parse_request(source.readline(requests.LINE_CAP))
    if not isinstance(opening, requests.Open):
        raise requests.Refused("the first request is open")
    return opening


def _open(name: str, stack: ExitStack) -> tuple[PacketSockets, Available]:
    for available in list_interfaces():
        if available.interface.name == name:
            own = available.interface
            # What the kernel's reverse-path filter throws away can still be read before it gets there.
            beyond = None if hears_strangers(own) else [address.network for address in own.ipv4]
            sockets = open_sockets(name, strangers_beyond=beyond)
            stack.callback(sockets.close)
            return sockets, available
    raise requests.Refused(f"there is no interface {name!r}")


def _open_learning(
    opening: requests.Open, sides: dict[str, tuple[PacketSockets, Available]], stack: ExitStack
) -> Learning:
    learning = Learning({sockets.index for sockets, _ in sides.values()}, opening.scope, opening.standing)
    stack.callback(learning.close)
    return learning


def _ready(sides: dict[str, tuple[PacketSockets, Available]], rights: Rights, *, learning: bool) -> dict[str, object]:
    return {
        "event": "ready",
        "pid": os.getpid(),
        "uid": rights.uid,
        "capabilities": f"{rights.effective:016x}",
        "no_new_privileges": rights.no_new_privileges,
        "learning": learning and rights.effective != 0,
        "receive_space": {name: receive_space(sockets.arp) for name, (sockets, _) in sides.items()},
    }


def _fail(error: Exception) -> int:
    kind = "denied" if isinstance(error, PermissionError) else "failed"
    sys.stdout.buffer.write(requests.encode({"event": kind, "text": str(error)}))
    sys.stdout.buffer.flush()
    return 1


if __name__ == "__main__":
    os._exit(main())  # everything is closed and written; taking scapy's memory apart would cost a tenth of a second
