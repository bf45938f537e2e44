"""Puts what one sweep heard into observations, each source and each answer once; judges nothing, opens nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from scanner.link import Datagram, Heard
from scanner.model import Observation

IN_SCOPE: Final = "in"
OFF_SCOPE: Final = "off"
"""Observation.scope of a device on the same wire whose address the run may not contact."""


@dataclass(slots=True)
class Listener:
    """One sweep of one run. `tell` gives an empty Heard for what the same source has said before."""

    by: str  # the sweep's name
    inside: Callable[[str], bool]  # tells members of the scope by their address
    _said: set[tuple[str, str]] = field(default_factory=set)

    def tell(
        self, datagram: Datagram, *facts: tuple[str, str], request: str, raw: bytes | None = None, same_as: str = ""
    ) -> Heard:
        """One observation for each (dotted name, value) of a datagram; `raw` replaces bytes that must not be stored."""
        data = datagram.data if raw is None else raw
        digest = hashlib.sha256(data).hexdigest()
        said = (datagram.source, same_as or digest)
        if said in self._said:
            return Heard()
        self._said.add(said)
        observations = tuple(
            Observation(
                protocol=name.partition(".")[0],
                field=name.partition(".")[2],
                value=value,
                address=datagram.source,
                port=datagram.port or None,  # a frame has none
                mac=datagram.mac,
                interface=datagram.interface or None,
                request=request,
                at=datagram.at,
                by=self.by,
                digest=digest,
                scope=self.side(datagram.source),
            )
            for name, value in facts
            if value
        )
        return Heard(observations, ((digest, data),))

    def tell_owner(
        self, address: str, mac: str, *, interface: str, at: float, raw: bytes = b"", request: str = "who-has"
    ) -> Heard:
        """Who has an address, as a link-layer answer or the kernel's table says it."""
        if (address, mac) in self._said:
            return Heard()
        self._said.add((address, mac))
        digest = hashlib.sha256(raw).hexdigest() if raw else ""
        seen = Observation(
            protocol="mac",
            field="mac",
            value=mac,
            address=address,
            mac=mac,
            interface=interface,
            request=request,
            at=at,
            by=self.by,
            digest=digest,
            scope=self.side(address),
        )
        return Heard((seen,), ((digest, raw),) if raw else ())

    def side(self, address: str) -> str:
        """ "in" or "off": whether the run may contact the address."""
        return IN_SCOPE if self.inside(address) else OFF_SCOPE
