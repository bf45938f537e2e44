"""The values that pass between the stages; holds no behaviour beyond small derivations, no I/O and no clock.

Everything here is frozen. Text that came from a device was decoded and cut to a cap before it got here.
Times are seconds since the Unix epoch (float, UTC). Addresses are text without a zone, MACs are lower-case
with colons, digests are lower-case hexadecimal SHA-256 of the raw bytes.

They are structs, not dataclasses: a device is hundreds of them, and a struct is made in a tenth of the time. What is
frozen is made of what was there before it, so no circle can arise, and Python need not look for one (`gc=False`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace as replace_dataclass
from enum import StrEnum
from typing import Annotated, Any, Final, TypeAlias, TypeVar

from msgspec import Meta, Struct, field
from msgspec.structs import replace as replace_struct

CLOSED_NETWORK = "closed network"
"""Subject of the notes that hold the claim of a closed network against what devices told (scanner/way_out.py)."""


LATEST: Final = 250_000_000_000.0
"""Seconds since the epoch, in the year 9892; a larger time, or one that is no number, cannot be written as a date."""

EARLIEST: Final = -1_000_000_000.0
"""Seconds before the epoch: no run and no lease is older than 1938."""

WIDEST: Final = 1 << 63
"""Counts beyond this are none."""

Seconds: TypeAlias = Annotated[float, Meta(gt=EARLIEST, lt=LATEST)]
"""What a record may hold as a time or a duration."""

Count: TypeAlias = Annotated[int, Meta(ge=1 - WIDEST, le=WIDEST - 1)]
"""What a record may hold as a number of things."""


class Outcome(StrEnum):
    """How an attempt to learn something ended."""

    ANSWERED = "answered"
    REFUSED = "refused"  # the host said no (TCP reset, ICMP port unreachable)
    SILENT = "silent"  # nothing came back before the deadline
    GARBLED = "garbled"  # something came back that is not the protocol; it is kept
    SKIPPED = "skipped"  # not asked, and the detail says why
    BROKEN = "broken"  # our side failed (no rights, interface gone, neighbour table full): proves nothing of the host


ANSWERED: Final = Outcome.ANSWERED
"""By itself, for what is asked of each exchange: Python 3.11 calls a function to look a member up in its class."""


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


class Observation(Struct, frozen=True, gc=False, tag_field="type", tag="observation"):
    """One fact seen. `protocol` and `field` are names of docs/fields.md; `value` is capped text."""

    protocol: str
    field: str
    value: str
    address: str | None = None  # who said it: the source address of the answer
    port: Count | None = None
    mac: str | None = None  # link-layer source, where the sweep saw it
    interface: str | None = None
    request: str = ""  # what was asked, in one line ("GET /", "OPTIONS", "inquiry"), empty when it came unasked
    at: Seconds = 0.0
    by: str = ""  # the sweep, probe or import that saw it
    digest: str = ""  # SHA-256 of the raw bytes, which stand in the record once; empty when there were none
    derived: bool = False  # true when dissected from another observation of the same digest
    scope: str = "in"  # "in", or "off" for a device that answered from outside the scope

    @property
    def name(self) -> str:
        """The dotted name that fingerprints use, for example "http.server-header"."""
        return f"{self.protocol}.{self.field}"


class Attempt(Struct, frozen=True, gc=False, tag_field="type", tag="attempt"):
    """One question to one host and how it ended; what it cost the host stands beside it."""

    by: str
    address: str
    port: Count | None
    outcome: Outcome
    detail: str = ""
    at: Seconds = 0.0
    elapsed: Seconds = 0.0  # seconds
    requests: Count = 0
    connections: Count = 0
    packets: Count = 0  # datagrams and link-layer frames sent; TCP segments are the kernel's and not counted here
    sent: Count = 0  # bytes
    received: Count = 0  # bytes


class SweepResult(Struct, frozen=True, gc=False):
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
    late: int = 0  # of the answers, those that came when it had ended its waiting


class Note(Struct, frozen=True, gc=False):
    """Something the reader of the coverage must know: a warning with its consequence."""

    subject: str  # an address, an interface, or "run"
    text: str
    at: float = 0.0


class Match(Struct, frozen=True, gc=False):
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


COMPONENT: Final = "component="
"""Evidence that says "component=hisilicon" shows a part, never the maker of the device."""


class Evidence(Struct, frozen=True, gc=False):
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


class Conflict(Struct, frozen=True, gc=False):
    """Two makers claimed by evidence of one device, shown and never averaged."""

    makers: tuple[str, ...]
    text: str
    fingerprints: tuple[str, ...]


class Identity(Struct, frozen=True, gc=False):
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


class Addresses(Struct, frozen=True, gc=False):
    """Every address one device was seen at."""

    ipv4: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    mac: tuple[str, ...] = ()


class AlsoNamed(Struct, frozen=True, gc=False):
    """A further name of a maker on a list, as the list has it."""

    name: str
    since: str  # ISO date
    reference: str


class Finding(Struct, frozen=True, gc=False):
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


class Setting(Struct, frozen=True, gc=False):
    """One setting that leads out of a network, as the device told it; nobody tried whether it does."""

    kind: str  # gateway | dns | ntp | cloud | server
    value: str  # an address or a host name, with a port where one was told; "on" where no server is named
    field: str  # the observation that said it
    address: str | None = None  # who said it
    digest: str = ""


class Ledger(Struct, frozen=True, gc=False):
    """What the run sent to one device, counted."""

    packets: int = 0
    connections: int = 0
    requests: int = 0
    sent: int = 0
    received: int = 0


class Device(Struct, frozen=True, gc=False):
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


class Coverage(Struct, frozen=True, gc=False):
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

    @property
    def heard(self) -> bool:
        """Whether anybody answered: a network where nobody does may be the wrong one, or its cable pulled."""
        return bool(self.answered) or any(sweep.answered for sweep in self.sweeps)


class RunInfo(Struct, frozen=True, gc=False):
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


class PolicyInfo(Struct, frozen=True, gc=False):
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


class Report(Struct, frozen=True, gc=False):
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


_Value = TypeVar("_Value")


def replace(value: _Value, /, **changes: Any) -> _Value:
    """The same value with other contents in some fields: a struct, or any dataclass."""
    change: Any = replace_struct if isinstance(value, Struct) else replace_dataclass
    return change(value, **changes)  # type: ignore[no-any-return]
