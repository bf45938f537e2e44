"""One cable in private namespaces, at whose other end nobody is, not even a bridge. Never sends anything itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Final

from simulator.namespaces import call_in, new_namespace, run_ip, stand_in, write_sysctls
from simulator.wiring import SCANNER_MAC

SILENT: Final = {"ipv6/conf/all/disable_ipv6": "1", "ipv6/conf/default/disable_ipv6": "1"}
"""The kernel says nothing by itself."""


@dataclass(frozen=True, slots=True)
class Cable:
    """The end of the scanner, where its interface is called eth0."""

    scanner: int  # descriptor of the namespace

    def enter(self) -> AbstractContextManager[None]:
        """Stand at that end with this thread."""
        return stand_in(self.scanner)


@contextmanager
def lay_cable(address: str) -> Iterator[Cable]:
    """Lay it, with this address and prefix at the scanner's end; it is gone with the block. OSError or LabError."""
    scanner, far = new_namespace(), new_namespace()
    try:
        for end in (scanner, far):
            call_in(end, lambda: write_sysctls(SILENT))
        link = (
            f"link add eth0 address {SCANNER_MAC.format(0)} type veth peer name far0 netns /proc/{os.getpid()}/fd/{far}"
        )
        call_in(scanner, lambda: run_ip(["link set lo up", link]))
        call_in(far, lambda: run_ip(["link set far0 arp off up"]))
        call_in(scanner, lambda: run_ip([f"addr add {address} broadcast + dev eth0", "link set eth0 up"]))
        yield Cable(scanner)
    finally:
        os.close(scanner)
        os.close(far)
