"""Which devices stand on which segment, as data; reads estate files and builds large mixed estates. Opens nothing."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.device import Device, Surroundings
from simulator.hostile import PREFIX, find_persona
from simulator.persona import Persona, Quirks, Truth, load_persona, persona_names
from simulator.yaml_text import FileError, read_yaml

FOLDER: Final = Path(__file__).with_name("estates")
"""Where the estates that come with the program are."""

LARGEST: Final = 0xFFFFFF
"""Devices are numbered in the three lower bytes of their MAC addresses."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Placement(_Part):
    """One device: which persona, where, and what is peculiar to this unit."""

    persona: str
    address: str
    mac: str = Field(default="", pattern=r"^$|^[0-9a-f]{2}(:[0-9a-f]{2}){5}$")
    quirks: dict[str, Any] = Field(default_factory=dict)
    values: dict[str, str] = Field(default_factory=dict)


class ArpOnly(_Part):
    """Many hosts that do nothing but answer ARP, cheaply. `misses_first`: the share that ignores the first request."""

    first: str
    count: int = Field(gt=0)
    oui: str = "00:1b:21"
    misses_first: float = Field(default=0.0, ge=0.0, le=1.0)


class Segment(_Part):
    """One wire. `scanner` is the address of the auditor's machine on it."""

    network: str
    scanner: str
    devices: tuple[Placement, ...] = ()
    arp_only: tuple[ArpOnly, ...] = ()

    @property
    def gateway(self) -> str:
        """The first address of the network, which devices name as their gateway."""
        return str(ipaddress.IPv4Network(self.network)[1])

    @property
    def prefix(self) -> int:
        """The length of the network's prefix."""
        return ipaddress.IPv4Network(self.network).prefixlen


class Estate(_Part):
    """A whole simulated site."""

    id: str
    about: str = ""
    segments: tuple[Segment, ...]


def load_estate(name: str) -> Estate:
    """Read an estate by name or by the path of its file; raise FileError with the place and what to do."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    if not path.is_file():
        raise FileError(f"there is no estate {name!r}: write one of {', '.join(estate_names())} or the path of a file")
    try:
        estate = Estate.model_validate(read_yaml(path))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise FileError(f"{path}: {place}: {first['msg']} ({error.error_count()} mistakes)") from error
    _check(estate, str(path))
    return estate


def estate_names() -> tuple[str, ...]:
    """The estates that come with the program, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def _check(estate: Estate, where: str) -> None:
    seen: set[str] = set()
    for segment in estate.segments:
        for placement in segment.devices:
            if placement.address in seen:
                raise FileError(f"{where}: the address {placement.address} stands twice: give each device its own")
            seen.add(placement.address)
            _persona(placement.persona)


@lru_cache(maxsize=256)
def _persona(name: str) -> Persona:
    return find_persona(name) if name.startswith(PREFIX) else load_persona(name)


def to_loopback(address: str) -> str:
    """The loopback address that stands for an address of an estate: the first byte becomes 127."""
    return f"127.{address.partition('.')[2]}"


def place(
    estate: Estate, *, clock: Callable[[], float] = time.time, loopback: bool = False
) -> list[tuple[Segment, Device]]:
    """Make the devices of an estate, numbered from 1 in the order of the file."""
    made: list[tuple[Segment, Device]] = []
    for segment in estate.segments:
        mask = str(ipaddress.IPv4Network(segment.network).netmask)
        gateway = to_loopback(segment.gateway) if loopback else segment.gateway
        around = Surroundings(mask, gateway, clock)
        for one in segment.devices:
            persona = _persona(one.persona)
            device = Device(
                persona=persona,
                index=len(made) + 1,
                address=to_loopback(one.address) if loopback else one.address,
                surroundings=around,
                mac=one.mac,
                quirks=Quirks.model_validate(persona.quirks.model_dump() | one.quirks),
                given=one.values,
            )
            made.append((segment, device))
    return made


def truth(estate: Estate, *, loopback: bool = False) -> list[tuple[str, Truth]]:
    """Every address with the declared truth of what stands there, in the order of the file."""
    return [(device.address, device.truth) for _, device in place(estate, clock=lambda: 0.0, loopback=loopback)]


def build_estate(network: str, counts: Mapping[str, int], seed: int = 1, *, name: str = "built") -> Estate:
    """Spread `counts` devices of each persona over a network at random addresses; the same seed, the same estate."""
    net = ipaddress.IPv4Network(network)
    wanted = [persona for persona, count in counts.items() for _ in range(count)]
    free = range(10, net.num_addresses - 1)
    if len(wanted) > len(free):
        raise FileError(f"{network} has room for {len(free)} devices, not for {len(wanted)}: take a larger network")
    chance = Random(seed)
    chance.shuffle(wanted)
    hosts = sorted(chance.sample(free, len(wanted)))
    devices = tuple(
        Placement(persona=persona, address=str(net[host])) for persona, host in zip(wanted, hosts, strict=True)
    )
    segment = Segment(network=network, scanner=str(net[2]), devices=devices)
    return Estate(id=name, about=f"{len(devices)} devices, seed {seed}", segments=(segment,))


def mixed_counts(hosts: int, listed: int) -> dict[str, int]:
    """Counts for `hosts` devices, `listed` of them of listed makers and identifiable; traps are among the rest.

    Personas that stand outside their network, or cannot be identified although listed, are left out.
    """
    personas = [_persona(name) for name in persona_names()]
    fit = [one for one in personas if not one.factory_address]
    guilty = [one.id for one in fit if one.truth.listed and one.expect == "identified"]
    innocent = [one.id for one in fit if not one.truth.listed]
    counts = dict.fromkeys((*guilty, *innocent), 0)
    for name in (*_take(guilty, listed), *_take(innocent, hosts - listed)):
        counts[name] += 1
    return counts


def _take(names: Iterable[str], count: int) -> Iterable[str]:
    return islice(cycle(names), count)
