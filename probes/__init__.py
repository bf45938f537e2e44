"""What a sweep and a probe are, and how the files of this folder are found.

One file, one question to the network. A file declares a module-level `PROBE` or `SWEEP`; nothing central is edited.
A probe opens nothing: it is handed a link. It never judges: it hands on what it heard.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from scanner.link import Heard, Link, SweepLink
from scanner.model import Observation
from scanner.scope import Target


@dataclass(frozen=True, slots=True)
class Touch:
    """The most one run of a probe costs one host on one port (a sweep: one host in the whole run)."""

    connections: int = 0
    requests: int = 0
    datagrams: int = 0


@dataclass(frozen=True, slots=True)
class HostView:
    """What is known of a host when a probe is offered it. Ports announced by discovery are in `announced`."""

    target: Target
    open_ports: frozenset[int] = frozenset()
    announced: frozenset[tuple[str, int]] = frozenset()  # (service, port): ("http", 88), ("rtsp", 8554), ("https", 443)
    xaddrs: tuple[str, ...] = ()  # ONVIF service addresses that this host named for itself
    locations: tuple[str, ...] = ()  # SSDP LOCATION headers that this host sent
    heard: frozenset[str] = field(default_factory=frozenset)  # dotted observation names heard so far
    decided: Callable[[], bool] = field(default=lambda: False, compare=False)  # true: more would only burden the host
    told: Callable[[], Sequence[Observation]] = field(default=tuple, compare=False)  # what was heard by now


@dataclass(frozen=True, slots=True)
class Probe:
    """One question to one host. `ports_for` says on which ports it wants to be run, given what is known."""

    name: str
    asks: str  # one sentence
    never: str  # one sentence
    emits: tuple[str, ...]  # dotted names of fingerprints/fields.yaml
    touch: Touch
    order: int  # cheapest decisive first: a lower number runs earlier
    ports_for: Callable[[HostView], tuple[int, ...]]
    run: Callable[[Link, HostView, int], AsyncIterator[Heard]]
    opt_in: bool = False  # runs only when named on the command line


@dataclass(frozen=True, slots=True)
class Sweep:
    """One question to a whole scope or segment. `lost` says what becomes impossible when it cannot run."""

    name: str
    asks: str
    never: str
    emits: tuple[str, ...]
    touch: Touch
    lost: str
    run: Callable[[SweepLink], AsyncIterator[Heard]]
    routed: bool = False  # true: works towards hosts beyond the segment
    opt_in: bool = False
    late: Callable[[SweepLink], AsyncIterator[Heard]] | None = None  # what comes after its end, while the run goes on


def load_plugins() -> tuple[tuple[Sweep, ...], tuple[Probe, ...]]:
    """Import every file of this folder and return its sweeps and probes, in a stable order."""
    sweeps: list[Sweep] = []
    probes: list[Probe] = []
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda item: item.name):
        module = importlib.import_module(f"{__name__}.{info.name}")
        sweep, probe = getattr(module, "SWEEP", None), getattr(module, "PROBE", None)
        if isinstance(sweep, Sweep):
            sweeps.append(sweep)
        if isinstance(probe, Probe):
            probes.append(probe)
    return tuple(sweeps), tuple(sorted(probes, key=lambda item: (item.order, item.name)))
