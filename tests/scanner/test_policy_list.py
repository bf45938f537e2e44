"""Pins which lists judge, which entity speaks for a maker, and which rule holds on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from scanner.goods import Goods
from scanner.makers import Confidence
from scanner.policy_list import UNSAID, Covers, Entity, Kind, Policy, Reach, Role, Rule, rule_on

DAY = date(2026, 11, 23)
ENTITY = Entity("X Ltd.", "x", Role.NAMED, date(2020, 1, 2), "row 1", Confidence.HIGH)
POLICY = Policy(
    id="p", title="P list", short="the P list", issuer="P", jurisdiction="US", kind=Kind.NAMED_LIST,
    legal_reference="P 1", status="in force", copy_date=DAY, confidence=Confidence.HIGH, scope="s",
    says_not="not a ban on use at all", dates=(), sources=(), covers=Covers((Goods.ANY,)),
    effective_for_findings=date(2021, 1, 1), entities=(ENTITY,),
)  # fmt: skip


def test_drafts_closed_lists_and_undated_or_doubtful_lists_make_no_findings() -> None:
    assert POLICY.makes_findings
    for kind in (Kind.DRAFT, Kind.PROPOSAL, Kind.HISTORIC, Kind.LOCAL_DECISION, Kind.LAW_WITHOUT_NAMES, Kind.TESTING):
        assert not replace(POLICY, kind=kind).makes_findings
    assert not replace(POLICY, effective_for_findings=None).makes_findings
    assert not replace(POLICY, confidence=Confidence.LOW).makes_findings


def test_the_maker_itself_speaks_before_affiliates_and_rumours_never() -> None:
    affiliate = replace(ENTITY, name="X Canada", role=Role.AFFILIATE, since=date(2019, 1, 1), stands_for_maker=True)
    other = replace(ENTITY, name="X Parts", role=Role.AFFILIATE)
    rumour = replace(ENTITY, name="X?", confidence=Confidence.LOW)
    policy = replace(POLICY, entities=(rumour, other, affiliate, ENTITY))
    assert [entity.name for entity in policy.naming("x")] == ["X Ltd.", "X Canada"]
    assert policy.doubtful("x") == rumour
    assert policy.naming("y") == ()


def test_effect_begins_with_the_list_unless_named_later_or_said_otherwise() -> None:
    assert POLICY.effective(ENTITY) == date(2021, 1, 1)
    assert POLICY.effective(replace(ENTITY, since=date(2022, 5, 5))) == date(2022, 5, 5)
    assert POLICY.effective(replace(ENTITY, effective=date(2020, 1, 2))) == date(2020, 1, 2)


def test_rules_follow_each_other_and_include_both_ends() -> None:
    first = Rule(Reach.NOT_COUNTED, "no", until=date(2025, 9, 28))
    second = Rule(Reach.COUNTED, "yes", since=date(2025, 9, 29), until=date(2025, 11, 9))
    rules = (first, second)
    assert rule_on(rules, date(2025, 9, 28)) is first
    assert rule_on(rules, date(2025, 9, 29)) is second
    assert rule_on(rules, date(2025, 11, 9)) is second
    assert rule_on(rules, date(2025, 11, 10)) is UNSAID
    assert rule_on((), DAY).reach is Reach.UNSETTLED


def test_info_carries_what_a_report_prints() -> None:
    info = POLICY.info
    assert (info.id, info.kind, info.copy_date, info.reference) == ("p", "named-list", "2026-11-23", "P 1")
    assert info.says_not == "not a ban on use at all"
