"""Holds every shipped list and profile against what a reader of a report relies on."""

from __future__ import annotations

import re
from datetime import date, timedelta
from importlib.resources import files

import pytest

from scanner.makers import Confidence
from scanner.makers_file import load_makers
from scanner.model import Finding, Identity, Standing, Status
from scanner.policy import judge_identity
from scanner.policy_files import list_policies, list_profiles, load_policies, load_profile, read_policy
from scanner.policy_list import Entity, Kind, Policy, Role

MAKERS = load_makers()
COPY = date(2026, 11, 23)
POLICIES = {policy.id: policy for policy in load_policies(list_policies(), MAKERS)}


@pytest.mark.parametrize("name", list_policies())
def test_shipped_list_is_sound(name: str) -> None:
    text = (files("policies") / f"{name}.yaml").read_text("utf-8")
    _, problems = read_policy(text, f"policies/{name}.yaml", MAKERS)
    assert problems == []


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda p: p.id)
def test_list_says_its_copy_its_limits_and_its_sources(policy: Policy) -> None:
    assert policy.copy_date == COPY
    assert len(policy.says_not) >= 20
    assert policy.sources
    assert re.fullmatch(r"[a-z0-9-]+", policy.id)
    assert "illegal" not in policy.scope.lower()
    assert all(entity.reference for entity in policy.entities)


@pytest.mark.parametrize("name", list_profiles())
def test_profile_gives_a_reason_for_every_list(name: str) -> None:
    profile = load_profile(name)
    assert profile.why
    assert all(len(entry.why) > 3 and entry.id in POLICIES for entry in profile.policies)


def test_every_maker_with_devices_is_on_the_lists_the_research_found() -> None:
    naming = {
        maker: {policy.id for policy in POLICIES.values() if policy.makes_findings and policy.naming(maker)}
        for maker in ("hikvision", "dahua", "huawei", "zte", "hytera", "uniview", "tiandy")
    }
    three = {"us-ndaa-889", "us-fcc-covered", "us-fcc-equipment-authorization"}
    us = three | {"us-bis-entity-list", "us-dod-1260h"}
    assert naming == {
        "hikvision": us | {"us-ofac-ns-cmic", "au-2023-removal", "eu-parliament-2021", "ca-hikvision-2025"},
        "dahua": us | {"au-2023-removal"},
        "huawei": us | {"us-ofac-ns-cmic"},
        "zte": three,
        "hytera": three,
        "uniview": {"us-bis-entity-list"},
        "tiandy": {"us-bis-entity-list"},
    }


def test_kosovo_names_nobody_and_says_so() -> None:
    law = POLICIES["xk-sanctions-law"]
    assert law.kind is Kind.LAW_WITHOUT_NAMES
    assert law.entities == ()
    assert not law.makes_findings
    assert "names no maker" in law.says_not


def test_lists_of_criteria_name_nobody() -> None:
    for name in ("uk-statement-2022", "lt-untrusted-states", "tw-china-brand-ict"):
        assert POLICIES[name].entities == ()
        assert POLICIES[name].criterion is not None


def test_section_889_has_the_five_names_of_the_act() -> None:
    assert [entity.name for entity in POLICIES["us-ndaa-889"].entities] == [
        "Huawei Technologies Company",
        "ZTE Corporation",
        "Hytera Communications Corporation",
        "Hangzhou Hikvision Digital Technology Company",
        "Dahua Technology Company",
    ]
    assert {event.date for event in POLICIES["us-ndaa-889"].dates} >= {"2018-08-13", "2019-08-13", "2020-08-13"}


def test_proposals_local_and_closed_lists_make_no_finding() -> None:
    silent = {policy.id for policy in POLICIES.values() if not policy.makes_findings}
    assert silent == {
        "uk-procurement-act", "eu-csa2-proposal", "eu-sanctions-iran-tiandy-agent", "in-stqc-cctv", "local-dk",
        "local-ie", "local-nl", "local-nz", "ua-nacp-sponsors", "us-ndaa-5949", "us-states", "wb-clean-network",
        "xk-mia-draft-regulation", "xk-sanctions-law", "xk-washington-2020",
    }  # fmt: skip


def judge(maker: str, policy: Policy, day: date) -> Finding:
    who = Identity(maker, None, None, None, None, "camera", Standing.IDENTIFIED, 0.99)
    return judge_identity(who, policy, MAKERS, day)


NAMED = [
    pytest.param(policy, entity, id=f"{policy.id}: {entity.name}")
    for policy in POLICIES.values()
    for entity in policy.entities
    if policy.makes_findings and (entity.role is Role.NAMED or entity.stands_for_maker)
]


@pytest.mark.parametrize(("policy", "entity"), NAMED)
def test_every_name_is_a_finding_from_its_day_on_and_none_of_low_confidence_is(policy: Policy, entity: Entity) -> None:
    found = judge(entity.maker, policy, entity.since)
    if entity.confidence is Confidence.LOW:
        assert found.status is not Status.COVERED
        return
    assert found.status is Status.COVERED
    same = {other.name for other in policy.naming(entity.maker) if other.since <= entity.since}
    assert found.entity in same, "as the list writes it"
    assert found.reference
    assert found.effective == policy.effective(entity).isoformat() or found.entity != entity.name
    earlier = min(other.since for other in policy.naming(entity.maker))
    assert judge(entity.maker, policy, earlier - timedelta(days=1)).status is not Status.COVERED
    if entity.until is not None:
        assert judge(entity.maker, policy, entity.until).entity != entity.name
