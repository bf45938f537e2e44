"""Says what one official list says of one device; pure, and never says more than the list does.

Five statements are kept apart: the maker is named, an affiliate of a named maker, goods re-badged by another brand,
a component inside, or only a criterion met. Kinds of lists are never mixed: every reason says which kind it is.
`covered` is the term of the US Act: it means "the list speaks of this", never "illegal".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import scanner.policy_words as words
from scanner.goods import Goods, Within, goods_of, within
from scanner.makers import Brand, BrandMaker, Confidence, Makers, Ownership, Relation
from scanner.model import COMPONENT, AlsoNamed, Finding, Identity, Standing, Status, replace
from scanner.policy_list import Covers, Criterion, Entity, JudgedBy, Policy, Reach, Role, Rule, rule_on
from scanner.sentence import Sentence

__all__ = ["Policy", "judge_identity", "judge_lists", "overall_status"]

RANK: Final = (Status.COVERED, Status.SUSPECTED, Status.UNDETERMINED, Status.NOT_COVERED)
"""Which of several statuses speaks for the device: an open question outweighs a clearance."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One device before one list on one day."""

    identity: Identity
    policy: Policy
    makers: Makers
    as_of: date
    acquired: date | None

    @property
    def sure(self) -> bool:
        return self.identity.standing is Standing.IDENTIFIED

    @property
    def maker_name(self) -> str:
        return self.makers.name(self.identity.maker or "")

    @property
    def brand_name(self) -> str:
        return self.makers.brand_name(self.identity.brand or "")

    @property
    def made_by(self) -> Sentence:
        return words.say_made_by(self.maker_name, sure=self.sure)

    def in_force(self, maker: str) -> Entity | None:
        """The entity that names this maker on the day asked for."""
        return next((e for e in self.policy.naming(maker) if _in_force(e, self.as_of)), None)

    def finding(
        self, status: Status, statement: str, reason: str, change: str, entity: Entity | None = None
    ) -> Finding:
        policy = self.policy
        return Finding(
            list=policy.id,
            title=policy.title,
            status=status,
            kind=policy.kind.value,
            reference=entity.reference if entity else policy.legal_reference,
            since=entity.since.isoformat() if entity else None,
            statement=statement,
            entity=entity.name if entity else None,
            reason=reason,
            would_change=words.WOULD_CHANGE[change],
            check_by_hand=words.say_what_to_check(self.identity),
            until=entity.until.isoformat() if entity and entity.until else None,
            effective=self._effective(entity),
            also=self._also(entity),
        )

    def _also(self, entity: Entity | None) -> tuple[AlsoNamed, ...]:
        """The other names of the same maker in force on the day: the list may name a parent and subsidiaries too."""
        if entity is None:
            return ()
        return tuple(
            AlsoNamed(other.name, other.since.isoformat(), other.reference)
            for other in self.policy.entities
            if other.maker == entity.maker
            and other != entity
            and other.confidence is not Confidence.LOW
            and _in_force(other, self.as_of)
        )

    def _effective(self, entity: Entity | None) -> str | None:
        day = self.policy.effective(entity) if entity else self.policy.effective_for_findings
        return day.isoformat() if day else None


def judge_identity(
    identity: Identity, policy: Policy, makers: Makers, as_of: date, acquired: date | None = None
) -> Finding:
    """What the list says of the device on the day `as_of`; `acquired` is when it was bought or installed.

    Raises ValueError for a list that only informs (`Policy.makes_findings` is false).
    """
    if not policy.makes_findings:
        raise ValueError(f"{policy.id} only informs and judges no device; leave it out by Policy.makes_findings")
    case = _Case(identity, policy, makers, as_of, acquired)
    if identity.maker is None or identity.standing in (Standing.UNRECOGNISED, Standing.UNDETERMINED):
        return _judge_open(case)
    maker = makers.maker(identity.maker)
    if maker is not None and maker.part_of:
        return _judge_component(case, identity.maker) or _unknown(case)
    entity = case.in_force(identity.maker)
    if entity is not None:
        return _judge_named(case, entity)
    return _judge_unlisted(case)


def judge_lists(
    identity: Identity, policies: Iterable[Policy], makers: Makers, as_of: date, acquired: date | None = None
) -> tuple[Finding, ...]:
    """One finding for each list that makes findings, in the order given."""
    return tuple(judge_identity(identity, p, makers, as_of, acquired) for p in policies if p.makes_findings)


def overall_status(findings: Sequence[Finding]) -> Status:
    """The status that speaks for the device; UNDETERMINED when no list was applied."""
    found = {finding.status for finding in findings}
    return next((status for status in RANK if status in found), Status.UNDETERMINED)


def _in_force(entity: Entity, day: date) -> bool:
    return entity.since <= day and (entity.until is None or day < entity.until)


def _covers(policy: Policy) -> Covers:
    return policy.covers or Covers((Goods.ANY,))


# The maker is named on the list. What the name on the box is decides which statement can be made.


def _judge_named(case: _Case, entity: Entity) -> Finding:
    reach = within(_covers(case.policy).goods, goods_of(case.identity.kind))
    if reach is not Within.YES:
        return _judge_goods(case, entity, reach)
    relation = case.makers.relation(entity.maker, case.identity.brand)
    if relation is Relation.OWN:
        return _judge_own(case, entity)
    if relation is Relation.FORMER:
        return _judge_former(case, entity)
    if relation in (Relation.REBADGE, Relation.DISPUTED):
        return _judge_rebadge(case, entity, "")
    return _judge_subsidiary(case, entity, sure=relation is not Relation.SUCCESSOR)


def _judge_own(case: _Case, entity: Entity) -> Finding:
    affiliate = entity.role is Role.AFFILIATE
    reason = words.say_own(case.made_by, case.policy, entity, _when(case, entity), affiliate=affiliate)
    return _conclude(case, Status.COVERED, "affiliate" if affiliate else "named", reason, entity)


def _judge_subsidiary(case: _Case, entity: Entity, *, sure: bool) -> Finding:
    rule = rule_on(_covers(case.policy).subsidiaries, case.as_of)
    status = _status_of(rule)
    if not sure and status is Status.COVERED:
        status = Status.SUSPECTED
    tie = words.say_tie(case.maker_name, sure=sure)
    reason = words.say_subsidiary(case.made_by, case.brand_name, tie, case.policy, entity, rule, _when(case, entity))
    return _conclude(case, status, "affiliate", reason, entity)


def _judge_former(case: _Case, entity: Entity) -> Finding:
    """A subsidiary that was sold counts as one only up to the sale; after it the goods are at most re-badged."""
    brand = case.makers.brand(case.identity.brand or "")
    sold = brand.until if brand else ""
    owned = case.makers.owned_on(case.identity.brand or "", case.acquired)
    if owned is Ownership.YES:
        return _judge_subsidiary(case, entity, sure=True)
    aside = words.say_sold(case.maker_name, sold, after=owned is Ownership.NO)
    finding = _judge_rebadge(case, entity, aside)
    counted = rule_on(_covers(case.policy).subsidiaries, case.as_of).reach is Reach.COUNTED
    if finding.status is Status.NOT_COVERED and owned is Ownership.OPEN and counted:
        return replace(finding, status=Status.SUSPECTED, would_change=words.WOULD_CHANGE["purchase"])
    return finding


def _judge_rebadge(case: _Case, entity: Entity, aside: str) -> Finding:
    rule = rule_on(_covers(case.policy).rebadge, case.as_of)
    reason = words.say_rebadge(case.made_by, case.brand_name, aside, case.policy, entity, rule, _when(case, entity))
    return _conclude(case, _status_of(rule), "rebadge", reason, entity)


def _status_of(rule: Rule) -> Status:
    return {
        Reach.COUNTED: Status.COVERED,
        Reach.UNSETTLED: Status.SUSPECTED,
        Reach.NOT_COUNTED: Status.NOT_COVERED,
    }[rule.reach]


def _when(case: _Case, entity: Entity) -> Sentence:
    return words.say_when(case.policy, entity, case.as_of, case.acquired)


def _conclude(case: _Case, status: Status, statement: str, reason: str, entity: Entity) -> Finding:
    """Hold a status back a step where the maker is only suspected."""
    if case.sure:
        change = {Status.COVERED: "covered", Status.SUSPECTED: "suspected-list"}.get(status, "not-named")
        return case.finding(status, statement, reason, change, entity)
    held = Status.SUSPECTED if status is not Status.NOT_COVERED else Status.UNDETERMINED
    return case.finding(held, statement, reason, "suspected-maker", entity)


def _judge_goods(case: _Case, entity: Entity, reach: Within) -> Finding:
    """The maker is named, but the thing is a part, a cable, a display: goods the list does not speak of."""
    kind = case.identity.kind or "thing"
    sure = reach is Within.NO
    meant = [goods.value.replace("-", " ") for goods in _covers(case.policy).goods]
    reason = words.say_other_goods(kind, meant, case.policy, entity, sure=sure)
    return case.finding(Status.NOT_COVERED if sure else Status.UNDETERMINED, "none", reason, "goods", entity)


# The maker is known and the list does not name it now.


def _judge_unlisted(case: _Case) -> Finding:
    maker = case.identity.maker or ""
    component = _find_component(case)
    if component is not None:
        return component
    hidden = _find_hidden_maker(case)
    if hidden is not None:
        return hidden
    if case.policy.criterion is not None and not case.policy.naming(maker):
        return _judge_criterion(case, case.policy.criterion)
    others = case.policy.naming(maker)
    if others:
        reason = words.say_not_in_force(case.maker_name, case.policy, others[0], case.as_of)
        status = Status.NOT_COVERED if case.sure else Status.UNDETERMINED
        return case.finding(status, "none", reason, "dates", others[0])
    doubtful = case.policy.doubtful(maker)
    if doubtful is not None:
        reason = words.say_perhaps_named(case.maker_name, case.policy, doubtful)
        return case.finding(Status.UNDETERMINED, "none", reason, "suspected-list")
    reason = words.say_not_named(case.maker_name, case.policy, sure=case.sure)
    return case.finding(Status.NOT_COVERED if case.sure else Status.UNDETERMINED, "none", reason, "not-named")


def _find_hidden_maker(case: _Case) -> Finding | None:
    """A company that puts its name on goods of a listed maker may only look like the maker."""
    brand = case.makers.brand(case.identity.maker or "")
    if brand is None or goods_of(case.identity.kind) not in (Goods.SURVEILLANCE, Goods.UNKNOWN):
        return None
    row = _listed_row(case, brand)
    if row is None:
        return None
    name = case.makers.name(row.maker)
    reason = words.say_hidden_maker(case.maker_name, name, row.part_of_range, case.policy)
    return case.finding(Status.UNDETERMINED, "rebadge", reason, "brand", case.in_force(row.maker))


def _listed_row(case: _Case, brand: Brand) -> BrandMaker | None:
    """The surest row of the brand whose maker the list names on the day and is not the maker identified."""
    rows = [row for row in brand.deciding if row.maker != case.identity.maker and case.in_force(row.maker) is not None]
    return min(rows, key=lambda row: (row.confidence is not Confidence.HIGH, row.maker), default=None)


def _find_component(case: _Case) -> Finding | None:
    parts = sorted({e.says[len(COMPONENT) :] for e in case.identity.evidence if e.says.startswith(COMPONENT)})
    found = (_judge_component(case, part) for part in parts)
    return next((finding for finding in found if finding is not None), None)


def _judge_component(case: _Case, part: str) -> Finding | None:
    """A part of a named maker inside: never more than suspected. None where the list does not count parts."""
    maker = case.makers.maker(part)
    owner = maker.part_of if maker is not None and maker.part_of else part
    entity = case.in_force(owner)
    rule = rule_on(_covers(case.policy).components, case.as_of)
    if entity is None or rule.reach is Reach.NOT_COUNTED:
        return None
    name, group = case.makers.name(part), case.makers.name(owner)
    reason = words.say_component(name, group, case.policy, entity, rule)
    return case.finding(Status.SUSPECTED, "component", reason, "component", entity)


def _judge_criterion(case: _Case, criterion: Criterion) -> Finding:
    """A list that names nobody: at most "falls under the criterion"."""
    if case.as_of < criterion.since:
        reason = words.say_criterion_ahead(case.policy, criterion, case.as_of)
        return case.finding(Status.NOT_COVERED, "none", reason, "dates")
    reach = within(_covers(case.policy).goods, goods_of(case.identity.kind))
    if reach is not Within.YES:
        reason = words.say_criterion_goods(case.identity.kind or "thing", case.policy, sure=reach is Within.NO)
        return case.finding(Status.NOT_COVERED if reach is Within.NO else Status.UNDETERMINED, "none", reason, "goods")
    who, country = _judged_seat(case, criterion)
    if not country:
        reason = words.say_seat_unknown(who, case.policy)
        return case.finding(Status.UNDETERMINED, "none", reason, "criterion")
    if country in criterion.countries:
        reason = words.say_criterion_met(who, country, case.policy, criterion, sure=case.sure)
        return replace(
            case.finding(Status.SUSPECTED, "criterion", reason, "criterion"), since=criterion.since.isoformat()
        )
    reason = words.say_criterion_not_met(who, country, case.policy)
    return case.finding(Status.NOT_COVERED if case.sure else Status.UNDETERMINED, "none", reason, "criterion")


def _judged_seat(case: _Case, criterion: Criterion) -> tuple[str, str]:
    """Whose seat counts, and its country: the producer's, or that of the name on the box."""
    maker = case.makers.maker(case.identity.maker or "")
    brand = case.makers.brand(case.identity.brand or "")
    relation = case.makers.relation(case.identity.maker or "", case.identity.brand)
    if criterion.judged_by is JudgedBy.BRAND and relation is not Relation.OWN:
        return case.brand_name, brand.country if brand else ""
    return case.maker_name, maker.country if maker else ""


# Nobody knows the maker.


def _judge_open(case: _Case) -> Finding:
    identity = case.identity
    if goods_of(identity.kind) is Goods.PART and within(_covers(case.policy).goods, Goods.PART) is Within.NO:
        reason = words.say_no_equipment(identity.kind or "thing", case.policy)
        return case.finding(Status.NOT_COVERED, "none", reason, "goods")
    for conflict in identity.conflicts:
        named = next(((m, entity) for m in conflict.makers if (entity := case.in_force(m)) is not None), None)
        if named is not None:
            names = [case.makers.name(m) for m in conflict.makers]
            reason = words.say_torn(names, case.makers.name(named[0]), case.policy, named[1])
            return case.finding(Status.SUSPECTED, "none", reason, "conflict", named[1])
    branded = _judge_brand_alone(case)
    return branded or _find_component(case) or _unknown(case)


def _judge_brand_alone(case: _Case) -> Finding | None:
    """Only the name on the box is known. It proves nobody's work, but a known re-badge is worth a look."""
    brand = case.makers.brand(case.identity.brand or "")
    row = _listed_row(case, brand) if brand is not None else None
    if brand is None or row is None or within(_covers(case.policy).goods, goods_of(case.identity.kind)) is Within.NO:
        return None
    entity = case.in_force(row.maker)
    assert entity is not None, "chosen because it is named"
    name = case.makers.name(row.maker)
    reason = words.say_brand_alone(brand.name, row.part_of_range, name, case.policy, entity)
    statement = "rebadge" if brand.relation in (Relation.REBADGE, Relation.DISPUTED, Relation.FORMER) else "affiliate"
    return case.finding(Status.SUSPECTED, statement, reason, "brand", entity)


def _unknown(case: _Case) -> Finding:
    if case.identity.conflicts:
        return case.finding(Status.UNDETERMINED, "none", words.TORN_UNNAMED, "conflict")
    if case.identity.standing is Standing.UNRECOGNISED:
        return case.finding(Status.UNDETERMINED, "none", words.NOTHING_KNOWN, "unknown")
    if case.identity.standing is Standing.UNDETERMINED:
        return case.finding(Status.UNDETERMINED, "none", words.NO_ANSWER, "silent")
    return case.finding(Status.UNDETERMINED, "none", words.say_only_part(case.maker_name), "unknown")
