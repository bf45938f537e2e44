"""One simulated device: a persona at an address, with its own numbers and its ledger. Opens nothing."""

from __future__ import annotations

import hashlib
import ipaddress
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import takewhile
from random import Random
from typing import Final

from simulator.ledger import Ledger
from simulator.persona import Persona, Quirks, Truth
from simulator.template import Part, Value, fill, fill_known, join

_NAMESPACE: Final = uuid.UUID("8d5bbd6c-5b0e-4c7b-9f57-9c8f0f1e2a77")
_HTTP_DATE: Final = "%a, %d %b %Y %H:%M:%S GMT"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a device knows of its network, and the stage's clock (seconds since the epoch)."""

    netmask: str
    gateway: str
    clock: Callable[[], float]


@lru_cache(maxsize=65_536)
def _has_way(address: str, netmask: str, hosts: tuple[str, ...]) -> bool:
    own = ipaddress.IPv4Network(f"{address}/{netmask}", strict=False)
    return any(ipaddress.IPv4Address(one) in own for one in hosts)


@dataclass(slots=True)
class Device:
    """A persona at an address. `ports` maps a port as written in the persona to the one really opened."""

    persona: Persona
    index: int
    address: str
    surroundings: Surroundings
    mac: str = ""
    quirks: Quirks = field(default_factory=Quirks)
    given: Mapping[str, str] = field(default_factory=dict)
    ports: dict[int, int] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    values: dict[str, Value] = field(default_factory=dict)
    _known: dict[tuple[str, tuple[str, ...]], tuple[Part, ...]] = field(default_factory=dict)
    _missed: set[str] = field(default_factory=set)
    _away_until: float = 0.0
    _random: Random = field(default_factory=Random)

    def __post_init__(self) -> None:
        self.mac = self.mac or f"{self.persona.oui}:{self.index.to_bytes(3).hex(':')}"
        self._random = Random(f"{self.mac} {self.address}")
        self.values = self._fixed_values()
        self.values["serial"] = fill(self.persona.serial, self.given, self.values)
        for name, text in self.persona.values.items():
            self.values[name] = fill(text, self.given, self.values)
        self.values.update(self.given)

    @property
    def truth(self) -> Truth:
        """The declared truth with this unit's serial number filled in."""
        texts = {key: self.fill(value) if isinstance(value, str) else value for key, value in self.persona.truth}
        return self.persona.truth.model_copy(update=texts | {"serial": str(self.values["serial"]) or None})

    @property
    def link_local(self) -> str:
        """The IPv6 link-local address that the kernel forms from the MAC (RFC 4291, appendix A)."""
        raw = bytes.fromhex(self.mac.replace(":", ""))
        eui = bytes([raw[0] ^ 2]) + raw[1:3] + b"\xff\xfe" + raw[3:]
        return str(ipaddress.IPv6Address(b"\xfe\x80" + bytes(6) + eui))

    def has_way_to(self, host: str) -> bool:
        """True when the device can send to an IPv4 address: on its own network, or through its gateway.

        A factory-default unit on a foreign wire has neither, so it can only multicast.
        """
        return _has_way(self.address, self.surroundings.netmask, (host, self.surroundings.gateway))

    def fill(self, text: str, extra: Mapping[str, Value] | None = None) -> str:
        """Fill a persona text with this unit's values; `extra` wins."""
        extra = extra or {}
        key = (text, tuple(extra))
        parts = self._known.get(key)
        if parts is None:
            parts = self._known[key] = fill_known(text, self.values, extra)
        return join(parts, extra, self.values)

    def hears(self, service: str, size: int, *, shared: bool = False) -> bool:
        """Count one datagram, and say whether the device takes notice. `shared`: all of the segment were sent it."""
        now = self.surroundings.clock()
        self.ledger.note_datagram(service, size, now, shared=shared)
        if self.is_away(now):
            return False
        if self.quirks.misses_first and service not in self._missed:
            self._missed.add(service)
            return False
        return True

    def is_away(self, now: float) -> bool:
        """True while a device that was pushed too hard is starting again."""
        limit, arrivals = self.quirks.reboots_above, self.ledger.arrivals
        if now < self._away_until:
            return True
        if not limit or len(arrivals) <= limit:
            return False
        recent = sum(1 for _ in takewhile(lambda at: now - at < 1.0, reversed(arrivals)))
        if recent <= limit:
            return False
        self._away_until = now + self.quirks.reboot_time
        self.ledger.reboots += 1
        return True

    @property
    def thinking(self) -> float:
        """Seconds it takes before an answer."""
        return self.quirks.think + self.quirks.tires * self.ledger.stream_requests

    @property
    def has_enough(self) -> bool:
        """True once it answers requests by resets only."""
        return 0 < self.quirks.resets_after < self.ledger.stream_requests

    def refuse(self) -> None:
        """Count one 401 answer; too many lock the device, as field reports say of real ones."""
        self.ledger.refusals += 1
        if self.quirks.lockout_after and self.ledger.refusals >= self.quirks.lockout_after:
            self.ledger.locked = True

    def _fixed_values(self) -> dict[str, Value]:
        bare = self.mac.replace(":", "")
        return {
            "ip": self.address,
            "ip_hex_le": _write_little_endian(self.address),
            "ipv6": self.link_local,
            "netmask": self.surroundings.netmask,
            "gateway": self.surroundings.gateway,
            "gateway_hex_le": _write_little_endian(self.surroundings.gateway),
            "index": self.index,
            "mac": self.mac,
            "mac_dashed": self.mac.replace(":", "-"),
            "mac_bare": bare,
            "mac_upper": self.mac.upper(),
            "mac_bare_upper": bare.upper(),
            "model": self.persona.truth.model or "",
            "firmware": self.persona.truth.firmware or "",
            "uuid": str(uuid.uuid5(_NAMESPACE, self.mac)),
            "hash": lambda spec: hashlib.md5(f"{spec} {self.mac}".encode(), usedforsecurity=False).hexdigest(),
            "nonce": lambda spec: f"{self._random.getrandbits(4 * int(spec or 32)):0{int(spec or 32)}x}",
            "new_uuid": lambda _: str(uuid.UUID(int=self._random.getrandbits(128), version=4)),
            "date": lambda _: self._now().strftime(_HTTP_DATE),
            "rtsp_date": lambda _: self._now().strftime("%a, %b %d %Y %H:%M:%S GMT"),
            "iso_date": lambda _: self._now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "year": lambda _: str(self._now().year),
            "month": lambda _: str(self._now().month),
            "day": lambda _: str(self._now().day),
            "hour": lambda _: str(self._now().hour),
            "minute": lambda _: str(self._now().minute),
            "second": lambda _: str(self._now().second),
            "millis": lambda _: str(int(self.surroundings.clock() * 1000)),
            "boot_time": (self._now() - timedelta(days=9, minutes=self.index)).strftime("%Y-%m-%d %H:%M:%S"),
            "port": lambda spec: str(self.ports.get(int(spec), int(spec))),
            "site": self._site,
        }

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.surroundings.clock(), UTC)

    def _site(self, spec: str) -> str:
        """Host and port of a web address as a device writes it: the port only where it is not 80."""
        port = self.ports.get(int(spec or 80), int(spec or 80))
        return self.address if port == 80 else f"{self.address}:{port}"


def _write_little_endian(address: str) -> str:
    """An address as Xiongmai writes it: "0x0A01A8C0" for 192.168.1.10."""
    return f"0x{int.from_bytes(ipaddress.IPv4Address(address).packed, 'little'):08X}"
