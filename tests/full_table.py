"""Fills the kernel's neighbour table, which is one for all namespaces, to its last place; it is let go at the end."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from scanner.neighbours import read_table_state
from simulator.namespaces import call_in, new_namespace, run_ip


@contextmanager
def full_table() -> Iterator[None]:
    """From a namespace of its own. Entries are safe from the kernel's collector for their first five seconds only."""
    namespace = new_namespace()
    try:
        call_in(namespace, _fill)
        yield
        call_in(namespace, lambda: run_ip(["link del eth0"]))
    finally:
        os.close(namespace)


def _fill() -> None:
    run_ip(["link add eth0 type veth peer name wire", "link set wire up", "link set eth0 up"])
    run_ip(["addr add 10.64.0.0/10 dev eth0"])
    lines = [
        f"neigh add 10.64.{n // 256}.{n % 256} lladdr 02:00:00:00:00:01 nud stale dev eth0"
        for n in range(1, read_table_state().limit + 100)
    ]
    subprocess.run(["ip", "-force", "-batch", "-"], input="\n".join(lines), text=True, capture_output=True, check=False)
