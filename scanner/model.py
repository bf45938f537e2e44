"""The values that pass between the stages; holds no behaviour beyond small derivations, no I/O and no clock.

Everything here is frozen. Text that came from a device was decoded and cut to a cap before it got here.
Times are seconds since the Unix epoch (float, UTC). Addresses are text without a zone, MACs are lower-case
with colons, digests are lower-case hexadecimal SHA-256 of the raw bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

CLOSED_NETWORK = "closed network"
"""Subject of the notes that hold the claim of a closed network against what devices told (scanner/way_out.py)."""


class Outcome(StrEnum):
    """How an attempt to learn something ended."""

    ANSWERED = "answered"
    REFUSED = "refused"  # the host said no (TCP reset, ICMP port unreachable)
    SILENT = "silent"  # nothing came back before the deadline
    GARBLED = "garbled"  # something came back that is not the protocol; it is kept
    SKIPPED = "skipped"  # not asked, and the detail says why
    BROKEN = "broken"  # our side failed (no rights, interface gone, neighbour table full): proves nothing of the host


class Standing(StrEnum):
    """How sure the maker is."""

    IDENTIFIED = "identified"
    SUSPECTED = "suspected"
    UNRECOGNISED = "unrecognised"  # it answered, and nothing known matched
    UNDETERMINED = "undetermined"  # it did not answer enough, or its answers contradict each other


class Status(StrEnum):
    """What one policy says of one device."""

    COVERED = "covered"
    SUSPECTED = "suspected"
    NOT_COVERED = "not_covered"
    UNDETERMINED = "undetermined"


class Strength(StrEnum):
    """How much one matching fingerprint weighs; the numbers stand in fingerprints/strengths.yaml."""

    DECISIVE = "decisive"
    STRONG = "strong"
    GOOD = "good"
    SUPPORTIVE = "supportive"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Observation:
    """One fact seen. `protocol` and `field` are names of docs/fields.md; `value` is capped text."""

    protocol: str
    field: str
    value: str
    address: str | None = None  # who said it: the source address of the answer
    port: int | None = None
    mac: str | None = None  # link-layer source, where the sweep saw it
    interface: str | None = None
    request: str = ""  # what was asked, in one line ("GET /", "OPTIONS", "inquiry"), empty when it came unasked
    at: float = 0.0
    by: str = ""  # the sweep, probe or import that saw it
    digest: str = ""  # SHA-256 of the raw bytes, which stand in the record once; empty when there were none
    derived: bool = False  # true when dissected from another observation of the same digest
    scope: str = "in"  # "in", or "off" for a device that answered from outside the scope

    @property
    def name(self) -> str:
        """The dotted name that fingerprints use, for example "http.server-header"."""
        return f"{self.protocol}.{self.field}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One question to one host and how it ended; what it cost the host stands beside it."""

    by: str
    address: str
    port: int | None
    outcome: Outcome
    detail: str = ""
    at: float = 0.0
    elapsed: float = 0.0  # seconds
    requests: int = 0
    connections: int = 0
    packets: int = 0  # datagrams and link-layer frames sent; TCP segments are the kernel's and not counted here
    sent: int = 0  # bytes
    received: int = 0  # bytes


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What one sweep did on one interface; `lost` says what became impossible when it could not run."""

    sweep: str
    interface: str
    outcome: Outcome
    detail: str = ""
    asked: int = 0  # addresses, or groups for a multicast sweep
    answered: int = 0
    packets: int = 0
    drops: int = 0  # answers the kernel dropped before we read them
    lost: str = ""
    at: float = 0.0
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader of the coverage must know: a warning with its consequence."""

    subject: str  # an address, an interface, or "run"
    text: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Match:
    """One fingerprint that hit one observation. Either half, maker or brand, may be absent."""

    fingerprint: str
    group: str  # independent signal group: link, vendor-discovery, onvif, web, tls, rtsp, snmp, serial …
    strength: Strength
    weight: float  # 0..1, from fingerprints/strengths.yaml
    maker: str | None
    brand: str | None
    kind: str | None
    extracted: Mapping[str, str]  # model, firmware, serial, mac, channels …
    reason: str  # why this weighs what it weighs, from the file
    reference: str
    observation: Observation


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line of proof as a report shows it."""

    says: str  # "maker=hikvision", "brand=lorex", "model=DS-…"
    group: str
    fingerprint: str
    strength: str
    weight: float
    field: str  # dotted name
    value: str  # excerpt
    request: str
    address: str | None
    port: int | None
    digest: str
    reason: str
    reference: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two makers claimed by evidence of one device, shown and never averaged."""

    makers: tuple[str, ...]
    text: str
    fingerprints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who made one device, as far as the evidence goes."""

    maker: str | None
    brand: str | None
    model: str | None
    firmware: str | None
    serial: str | None
    kind: str | None
    standing: Standing
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    hints: tuple[str, ...] = ()  # plain sentences: hidden channels, capability of the model line, what would settle it
    channels: int | None = None  # video channels of a recorder


@dataclass(frozen=True, slots=True)
class Addresses:
    """Every address one device was seen at."""

    ipv4: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    mac: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlsoNamed:
    """A further name of a maker on a list, as the list has it."""

    name: str
    since: str  # ISO date
    reference: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one policy says of one device."""

    list: str  # policy id
    title: str
    status: Status
    kind: str
    reference: str
    since: str | None  # ISO date from which the entity is named
    statement: str  # named | affiliate | rebadge | component | criterion | none
    entity: str | None  # the name as the list has it
    reason: str
    would_change: str = ""  # what would change our mind
    check_by_hand: str = ""
    until: str | None = None  # ISO date from which the entity is no longer named
    effective: str | None = None  # ISO date from which the naming has an effect on a buyer
    also: tuple[AlsoNamed, ...] = ()  # further names of the same maker on the list: parents, subsidiaries


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting that leads out of a network, as the device told it; nobody tried whether it does."""

    kind: str  # gateway | dns | ntp | cloud | server
    value: str  # an address or a host name, with a port where one was told; "on" where no server is named
    field: str  # the observation that said it
    address: str | None = None  # who said it
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the run sent to one device, counted."""

    packets: int = 0
    connections: int = 0
    requests: int = 0
    sent: int = 0
    received: int = 0


@dataclass(frozen=True, slots=True)
class Device:
    """One device of the report: who it is, what the lists say, and what it was asked."""

    id: str
    addresses: Addresses
    identity: Identity
    status: Status
    findings: tuple[Finding, ...]
    ledger: Ledger
    off_scope: bool = False
    names: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    channels: int | None = None  # cameras that may hide behind a recorder
    analogue: int | None = None  # channels among them that take a camera on coaxial cable, where it says so
    attempts: tuple[Attempt, ...] = ()
    settings: tuple[Setting, ...] = ()
    acquired: str | None = None  # ISO date of purchase or installation, from the inventory given


@dataclass(frozen=True, slots=True)
class Coverage:
    """The account of the run: what was asked and what could not be seen."""

    complete: bool
    sealed: bool
    asked: int
    answered: int
    silent: int
    excluded: int
    failed: int
    sweeps: tuple[SweepResult, ...] = ()
    gaps: tuple[str, ...] = ()  # plain sentences, the most important first
    notes: tuple[Note, ...] = ()
    hidden_channels: int = 0
    hidden_behind: int = 0  # recorders seen
    hidden_unknown: int = 0  # recorders among them that do not say how many channels they have


@dataclass(frozen=True, slots=True)
class RunInfo:
    """How the run was made; the first line of every record."""

    id: str
    version: str
    started: float
    ended: float | None
    command: str
    pace: str
    interfaces: tuple[str, ...]
    scope: tuple[str, ...]
    excluded: tuple[str, ...]
    authorised_by: str
    source: str = "scan"  # scan | import
    fingerprints: str = ""  # digest of the fingerprint files at the time of sensing, for information
    segments: tuple[str, ...] = ()  # "eth0 10.0.0.0/24": the networks each interface stood in


@dataclass(frozen=True, slots=True)
class PolicyInfo:
    """Which list was applied, in which copy."""

    id: str
    title: str
    issuer: str
    kind: str
    reference: str
    copy_date: str
    says_not: str
    effective: str | None = None  # ISO date of the first effect on a buyer
    judges: bool = True  # False for a list that only informs and makes no finding
    state: str = ""  # "in force", "draft", as the copy says


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a renderer needs; the same record, fingerprints and policies give an equal Report."""

    run: RunInfo
    coverage: Coverage
    devices: Sequence[Device]  # of a very large report read from disk, each time anew: see `brief`
    policies: tuple[PolicyInfo, ...]
    fingerprints: str  # digest of the fingerprint files used for judging
    counts: Mapping[str, int] = field(default_factory=dict)  # by status
    answer: str = ""  # the first page's one sentence
    names: Mapping[str, str] = field(default_factory=dict)  # maker or brand id → the name people read ("TP-Link")
    as_of: str = ""  # ISO date the lists were asked of

    @property
    def brief(self) -> Sequence[Device]:
        """The devices, for counting and sorting: evidence, hints, settings and attempts may be missing from them."""
        brief: Sequence[Device] = getattr(self.devices, "brief", self.devices)
        return brief
