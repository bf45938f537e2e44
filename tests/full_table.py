"""Fills the kernel's neighbour table, which is one for all namespaces, to its last place; it is let go at the end."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scanner.neighbours import read_table_state
from simulator.namespaces import call_in, new_namespace, run_ip

MACS = ("02:00:00:00:00:01", "02:00:00:00:00:02")
RENEW = 1.0
"""Seconds; the kernel's collector spares what was changed in the last five."""


@contextmanager
def full_table() -> Iterator[Callable[[], None]]:
    """From a namespace of its own, while the block lasts or until five seconds after the yielded call."""
    namespace = new_namespace()
    over = threading.Event()
    thread = threading.Thread(target=lambda: call_in(namespace, lambda: _renew(over)))
    try:
        call_in(namespace, _lay)
        call_in(namespace, lambda: _fill(MACS[0]))
        thread.start()
        yield over.set
    finally:
        over.set()
        if thread.ident is not None:
            thread.join()
        call_in(namespace, lambda: run_ip(["link del eth0"]))
        os.close(namespace)


def _lay() -> None:
    run_ip(["link add eth0 type veth peer name wire", "link set wire up", "link set eth0 up"])
    run_ip(["addr add 10.64.0.0/10 dev eth0"])


def _renew(over: threading.Event) -> None:
    turn = 0
    while not over.wait(RENEW):
        turn += 1
        _fill(MACS[turn % 2])  # an entry that stays as it was is not young again


def _fill(mac: str) -> None:
    lines = [
        f"neigh replace 10.64.{n // 256}.{n % 256} lladdr {mac} nud stale dev eth0"
        for n in range(1, read_table_state().limit + 100)
    ]
    subprocess.run(["ip", "-force", "-batch", "-"], input="\n".join(lines), text=True, capture_output=True, check=False)
