"""An official list as values: issuer, reference, kind, dates, entities, what it covers and what it does not say.

Holds what the list says, never what follows from it (`scanner.policy`) and never how it is read from a file
(`scanner.policy_files`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from scanner.data_file import SHAPE
from scanner.goods import Goods
from scanner.makers import Confidence
from scanner.model import PolicyInfo


class Kind(StrEnum):
    """What kind of act a list is. Kinds are never mixed: an export control is not a ban on use."""

    USE_BAN = "procurement-and-use-ban"
    PURCHASE_BAN = "procurement-ban"
    NAMED_LIST = "named-list"
    MARKET_BAN = "import-market-ban"
    EXPORT_CONTROL = "export-control"
    INVESTMENT_BAN = "investment-ban"
    ASSET_FREEZE = "asset-freeze"
    REMOVAL = "removal-decision"
    GUIDANCE = "guidance-with-criterion"
    COUNTRY_CRITERION = "country-criterion"
    OWN_RULE = "organisation-rule"
    TESTING = "testing-requirement"
    LOCAL_DECISION = "local-decision"
    COMMITMENT = "political-commitment"
    LAW_WITHOUT_NAMES = "country-law-without-names"
    DRAFT = "draft"
    PROPOSAL = "proposal"
    HISTORIC = "historic"


SILENT_KINDS: Final = frozenset(
    {
        Kind.TESTING,
        Kind.LOCAL_DECISION,
        Kind.COMMITMENT,
        Kind.LAW_WITHOUT_NAMES,
        Kind.DRAFT,
        Kind.PROPOSAL,
        Kind.HISTORIC,
    }
)
"""Kinds that inform and never produce a finding."""

CRITERION_KINDS: Final = frozenset({Kind.GUIDANCE, Kind.COUNTRY_CRITERION, Kind.OWN_RULE})
"""Kinds that may judge by a criterion instead of by names."""


class Reach(StrEnum):
    """Whether a list counts something: subsidiaries, re-badged goods, components."""

    COUNTED = "counted"
    NOT_COUNTED = "not-counted"
    UNSETTLED = "unsettled"  # the text does not say, or what it says is disputed


class Role(StrEnum):
    """As what an entity is named."""

    NAMED = "named"
    AFFILIATE = "named-affiliate"
    AGENT = "agent"


class Reading(StrEnum):
    """How a source was used: the text read, an excerpt read, or recalled and unchecked."""

    READ = "read"
    EXCERPT = "excerpt"
    RECALLED = "recalled"


class JudgedBy(StrEnum):
    """Whose seat a country criterion looks at."""

    PRODUCER = "producer"
    BRAND = "brand"


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """What happened when; `date` is YYYY, YYYY-MM or YYYY-MM-DD."""

    date: str
    event: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from: publisher and title, the address only where it is an official one."""

    publisher: str
    title: str
    read: Reading
    url: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Whether something counts, in words too, for a span of days (both ends included; open where not given)."""

    reach: Reach
    words: str
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


UNSAID: Final = Rule(Reach.UNSETTLED, "the list does not say")


@dataclass(frozen=True, slots=True)
class Covers:
    """What a list speaks of. Several rules for one matter follow each other in time."""

    goods: tuple[Goods, ...]
    subsidiaries: tuple[Rule, ...] = ()
    rebadge: tuple[Rule, ...] = ()
    components: tuple[Rule, ...] = ()
    existing_equipment: str = ""
    services: str = ""
    recorders: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A rule by the country of the seat (ISO codes) instead of by names."""

    words: str
    since: date
    countries: tuple[str, ...]
    judged_by: JudgedBy = JudgedBy.PRODUCER


@dataclass(frozen=True, slots=True)
class Entity:
    """One name as the list has it. `since` is the first day named, `until` the first day no longer named."""

    name: str
    maker: str
    role: Role
    since: date
    reference: str
    confidence: Confidence
    until: date | None = None
    effective: date | None = None  # where the effect on buyers begins on another day than for the whole list
    scope: str = ""  # verbatim
    scope_in_short: str = ""  # completes "listed for …"
    stands_for_maker: bool = False  # an affiliate is named, and the list says that it means the maker's goods
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """One official list, or one organisation's own."""

    __pydantic_config__ = SHAPE

    id: str
    title: str
    short: str  # as a sentence names it
    issuer: str
    jurisdiction: str
    kind: Kind
    legal_reference: str
    status: str
    copy_date: date
    confidence: Confidence
    scope: str
    says_not: str
    dates: tuple[DatedEvent, ...]
    sources: tuple[Source, ...]
    covers: Covers | None = None
    effective_for_findings: date | None = None
    criterion: Criterion | None = None
    entities: tuple[Entity, ...] = ()
    catch_all: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def makes_findings(self) -> bool:
        """Drafts, proposals, closed and local lists inform only; so does a list without an effective date."""
        return (
            self.kind not in SILENT_KINDS
            and self.effective_for_findings is not None
            and self.confidence is not Confidence.LOW
        )

    def naming(self, maker: str) -> tuple[Entity, ...]:
        """The entities that name this maker's goods, however the dates lie; the maker itself before affiliates."""
        found = [
            entity
            for entity in self.entities
            if entity.maker == maker
            and entity.confidence is not Confidence.LOW
            and (entity.role is Role.NAMED or entity.stands_for_maker)
        ]
        return tuple(sorted(found, key=lambda e: (e.role is not Role.NAMED, e.since)))

    def doubtful(self, maker: str) -> Entity | None:
        """An entity of low confidence that may name this maker: no finding rests on it, and no clearance either."""
        return next((e for e in self.entities if e.maker == maker and e.confidence is Confidence.LOW), None)

    def effective(self, entity: Entity) -> date:
        """First day on which naming this entity has an effect on a buyer."""
        if entity.effective is not None:
            return entity.effective
        listed = self.effective_for_findings
        return entity.since if listed is None else max(entity.since, listed)

    @property
    def info(self) -> PolicyInfo:
        """What a report prints of the list itself."""
        return PolicyInfo(
            id=self.id,
            title=self.title,
            issuer=self.issuer,
            kind=self.kind.value,
            reference=self.legal_reference,
            copy_date=self.copy_date.isoformat(),
            says_not=self.says_not,
            effective=self.effective_for_findings.isoformat() if self.effective_for_findings else None,
            judges=self.makes_findings,
            state=self.status,
        )


def rule_on(rules: Sequence[Rule], day: date) -> Rule:
    """The rule that holds on that day; "the list does not say" where none does."""
    return next((rule for rule in rules if rule.holds_on(day)), UNSAID)


@dataclass(frozen=True, slots=True)
class ProfileEntry:
    """One list of a profile, and why it is in it."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Lists that belong together for somebody, each with a reason."""

    __pydantic_config__ = SHAPE

    id: str
    title: str
    why: str
    policies: tuple[ProfileEntry, ...]
