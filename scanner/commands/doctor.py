"""`camcensus doctor`: what will work on this machine and what will not. Looks only; sends nothing."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator

from scanner.exits import Exit
from scanner.interfaces import Available, InterfaceError, list_interfaces
from scanner.neighbours import read_table_state


def doctor(names: tuple[str, ...]) -> int:
    """Print one line per finding; exit code 0 when an ordinary scan would miss nothing, 1 when it would."""
    lines = list(examine(names))
    for good, text in lines:
        print(f"{'ok  ' if good else 'LOST'}  {text}")
    return Exit.CLEAN if all(good for good, _ in lines) else Exit.FAILED


def examine(names: tuple[str, ...]) -> Iterator[tuple[bool, str]]:
    """Each finding: whether it is well, and what it means."""
    yield _raw_right()
    known = list_interfaces()
    missing = set(names) - {one.interface.name for one in known}
    if missing:
        have = ", ".join(one.interface.name for one in known)
        raise InterfaceError(f"no interface is called {sorted(missing)[0]!r}; this machine has {have}")
    for one in known:
        if (one.interface.name in names) if names else one.interface.mac is not None:
            yield from _interface(one)
    yield from _neighbour_table()
    yield True, f"nmap: {shutil.which('nmap') or 'not here; only needed for the second opinion (--probe nmap-opinion)'}"


def _raw_right() -> tuple[bool, str]:
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
    except OSError as error:
        return False, (
            f"no right to open raw sockets ({error.strerror}): hosts are found through the kernel's neighbour table; "
            "silent announcements (0x8033) and other devices on the wire with foreign addresses stay unseen. "
            "Run as root or give the program CAP_NET_RAW"
        )
    return True, "raw sockets may be opened: ARP and link-layer listening work"


def _interface(one: Available) -> Iterator[tuple[bool, str]]:
    name = one.interface.name
    addresses = ", ".join(str(held) for held in (*one.interface.ipv4, *one.interface.ipv6)) or "no address"
    up = one.is_up and one.has_carrier
    yield up, f"{name}: {addresses}; {'up' if up else 'down or without a cable: nothing can be asked there'}"
    for held in one.interface.ipv4 if up else ():
        yield _multicast(name, str(held.ip))


def _multicast(name: str, address: str) -> tuple[bool, str]:
    """Whether a sweep could ask a group by that address. No group is joined: that would send an IGMP report."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    except OSError as error:
        return (
            False,
            f"{name}: multicast cannot be sent from {address} ({error.strerror}): discovery sweeps will not run",
        )
    return True, f"{name}: multicast can be sent from {address}"


def _neighbour_table() -> Iterator[tuple[bool, str]]:
    try:
        state = read_table_state()
    except OSError as error:
        yield False, f"the kernel's neighbour table cannot be read ({error.strerror})"
        return
    known = "" if state.limit_known else ", the stock limit assumed"
    yield (
        True,
        (
            f"neighbour table: {state.entries} of {state.limit} places taken{known}; the scan keeps at "
            f"most {state.room} hosts in flight so that it never overflows"
        ),
    )
