"""Pins what each kind of list says of each kind of device, in status, statement and sentence."""

from __future__ import annotations

import re
from datetime import date
from itertools import product

import pytest

from scanner.makers_file import load_makers
from scanner.model import Conflict, Evidence, Finding, Identity, Standing, Status, replace
from scanner.policy import judge_identity, judge_lists, overall_status
from scanner.policy_files import list_policies, load_policies
from scanner.policy_list import Policy
from scanner.policy_words import TORN_UNNAMED
from scanner.sentence import Sentence

TODAY = date(2026, 11, 23)
MAKERS = load_makers()
POLICIES: dict[str, Policy] = {policy.id: policy for policy in load_policies(list_policies(), MAKERS)}
ALL = tuple(POLICIES.values())


def identity(
    maker: str | None,
    brand: str | None = None,
    *,
    kind: str | None = "camera",
    standing: Standing = Standing.IDENTIFIED,
    conflicts: tuple[Conflict, ...] = (),
    evidence: tuple[Evidence, ...] = (),
) -> Identity:
    return Identity(
        maker=maker, brand=brand, model="M1", firmware=None, serial=None, kind=kind, standing=standing, confidence=0.9,
        evidence=evidence, conflicts=conflicts,
    )  # fmt: skip


def judge(who: Identity, policy: str, as_of: date = TODAY, acquired: date | None = None) -> Finding:
    return judge_identity(who, POLICIES[policy], MAKERS, as_of, acquired)


@pytest.mark.parametrize(
    ("policy", "covered"),
    [
        ("us-ndaa-889", {"hikvision", "dahua", "huawei", "zte", "hytera"}),
        ("us-fcc-covered", {"hikvision", "dahua", "huawei", "zte", "hytera"}),
        ("us-fcc-equipment-authorization", {"hikvision", "dahua", "huawei", "zte", "hytera"}),
        ("us-bis-entity-list", {"hikvision", "dahua", "huawei", "uniview", "tiandy"}),
        ("us-ofac-ns-cmic", {"hikvision", "huawei"}),
        ("us-dod-1260h", {"hikvision", "dahua", "huawei"}),
        ("au-2023-removal", {"hikvision", "dahua"}),
        ("ca-hikvision-2025", {"hikvision"}),
        ("eu-parliament-2021", {"hikvision"}),
        ("uk-statement-2022", set()),
        ("lt-untrusted-states", set()),
        ("tw-china-brand-ict", set()),
    ],
)
def test_who_is_on_which_list(policy: str, covered: set[str]) -> None:
    makers = ("hikvision", "dahua", "huawei", "zte", "hytera", "uniview", "tiandy", "axis", "hanwha", "reolink")
    assert {m for m in makers if judge(identity(m), policy).status is Status.COVERED} == covered


def test_named_says_entity_reference_date_and_kind() -> None:
    finding = judge(identity("dahua"), "us-ndaa-889")
    assert (finding.status, finding.statement, finding.entity) == (Status.COVERED, "named", "Dahua Technology Company")
    assert (finding.reference, finding.since) == ("s.889(f)(3)(B)", "2018-08-13")
    for part in ("Made by Dahua", "since 2018-08-13", "a ban on buying and using"):
        assert part in finding.reason
    assert finding.reason.endswith(".")
    assert "M1" in finding.check_by_hand
    assert finding.would_change


def test_scope_of_telecommunications_is_said_for_huawei_under_889() -> None:
    finding = judge(identity("huawei", kind="router"), "us-ndaa-889")
    assert finding.status is Status.COVERED
    assert "telecommunications equipment, whatever its purpose" in finding.reason


@pytest.mark.parametrize(
    ("acquired", "words"),
    [
        (date(2019, 11, 20), "bought on 2019-11-20, 99 days after the effective date 2019-08-13"),
        (date(2019, 8, 13), "bought on 2019-08-13, on the effective date itself"),
        (date(2019, 8, 14), "bought on 2019-08-14, 1 day after the effective date 2019-08-13"),
        (date(2019, 8, 12), "bought on 2019-08-12, 1 day before the effective date 2019-08-13"),
        (date(2018, 8, 13), "bought on 2018-08-13, 365 days before the effective date 2019-08-13"),
    ],
)
def test_purchase_is_compared_with_the_effective_date(acquired: date, words: str) -> None:
    finding = judge(identity("hikvision"), "us-ndaa-889", acquired=acquired)
    assert finding.status is Status.COVERED
    assert words in finding.reason
    assert ("covered by Part B" in finding.reason) == (acquired < date(2019, 8, 13))


def test_each_entity_of_the_export_list_has_its_own_effective_date() -> None:
    bought = date(2020, 1, 1)
    assert (
        "after the effective date 2019-05-16" in judge(identity("huawei"), "us-bis-entity-list", acquired=bought).reason
    )
    assert (
        "after the effective date 2019-10-09" in judge(identity("dahua"), "us-bis-entity-list", acquired=bought).reason
    )
    assert (
        "before the effective date 2024-12-10"
        in judge(identity("uniview"), "us-bis-entity-list", acquired=bought).reason
    )


def test_as_of_before_the_naming_is_not_covered_and_says_from_when() -> None:
    finding = judge(identity("uniview"), "us-bis-entity-list", as_of=date(2024, 12, 9))
    assert finding.status is Status.NOT_COVERED
    assert "not yet named on 2024-12-09" in finding.reason
    assert "from 2024-12-10" in finding.reason
    assert judge(identity("uniview"), "us-bis-entity-list", as_of=date(2024, 12, 10)).status is Status.COVERED


def test_as_of_between_naming_and_effect_says_that_the_effect_lies_ahead() -> None:
    finding = judge(identity("hikvision"), "us-ndaa-889", as_of=date(2019, 1, 1))
    assert finding.status is Status.COVERED
    assert "its effect on buyers lay ahead (2019-08-13)" in finding.reason


@pytest.mark.parametrize(
    ("brand", "policy", "status", "statement"),
    [
        ("ezviz", "us-ndaa-889", Status.COVERED, "affiliate"),
        ("hilook", "us-ndaa-889", Status.COVERED, "named"),
        ("annke", "us-ndaa-889", Status.COVERED, "rebadge"),
        ("a shop's own name", "us-ndaa-889", Status.COVERED, "rebadge"),
        ("ezviz", "us-bis-entity-list", Status.SUSPECTED, "affiliate"),
        ("annke", "us-bis-entity-list", Status.NOT_COVERED, "rebadge"),
        ("annke", "au-2023-removal", Status.SUSPECTED, "rebadge"),
        ("annke", "us-dod-1260h", Status.NOT_COVERED, "rebadge"),
        ("ezviz", "us-dod-1260h", Status.COVERED, "affiliate"),
        ("ezviz", "us-ofac-ns-cmic", Status.NOT_COVERED, "affiliate"),
        (None, "ca-hikvision-2025", Status.COVERED, "affiliate"),
        ("ezviz", "ca-hikvision-2025", Status.SUSPECTED, "affiliate"),
    ],
)
def test_named_affiliate_and_rebadge_are_kept_apart(
    brand: str | None, policy: str, status: Status, statement: str
) -> None:
    finding = judge(identity("hikvision", brand), policy)
    assert (finding.status, finding.statement) == (status, statement)


@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        (date(2025, 9, 28), Status.NOT_COVERED),
        (date(2025, 9, 29), Status.COVERED),
        (date(2025, 11, 9), Status.COVERED),
        (date(2025, 11, 10), Status.NOT_COVERED),
        (date(2026, 11, 9), Status.NOT_COVERED),
        (date(2026, 11, 10), Status.SUSPECTED),
    ],
)
def test_rule_on_affiliates_came_went_and_is_unsettled(as_of: date, status: Status) -> None:
    assert judge(identity("hikvision", "ezviz"), "us-bis-entity-list", as_of=as_of).status is status


def test_rebadge_counts_on_1260h_only_from_its_day() -> None:
    assert judge(identity("dahua", "amcrest"), "us-dod-1260h", as_of=date(2027, 6, 29)).status is Status.NOT_COVERED
    assert judge(identity("dahua", "amcrest"), "us-dod-1260h", as_of=date(2027, 6, 30)).status is Status.COVERED


@pytest.mark.parametrize(
    ("acquired", "policy", "status", "statement", "words"),
    [
        (date(2021, 5, 1), "us-ndaa-889", Status.COVERED, "affiliate", "a brand or subsidiary of Dahua"),
        (date(2024, 5, 1), "us-ndaa-889", Status.COVERED, "rebadge", "bought after the sale"),
        (None, "us-ndaa-889", Status.COVERED, "rebadge", "no purchase date"),
        (date(2021, 5, 1), "us-dod-1260h", Status.COVERED, "affiliate", "a brand or subsidiary of Dahua"),
        (date(2024, 5, 1), "us-dod-1260h", Status.NOT_COVERED, "rebadge", "bought after the sale"),
        (None, "us-dod-1260h", Status.SUSPECTED, "rebadge", "no purchase date"),
        (date(2023, 5, 1), "us-dod-1260h", Status.SUSPECTED, "rebadge", "no purchase date"),
    ],
)
def test_former_subsidiary_counts_only_up_to_the_sale(
    acquired: date | None, policy: str, status: Status, statement: str, words: str
) -> None:
    finding = judge(identity("dahua", "lorex"), policy, acquired=acquired)
    assert (finding.status, finding.statement) == (status, statement)
    assert words in finding.reason


def test_successor_of_unconfirmed_ownership_is_at_most_suspected() -> None:
    assert judge(identity("huawei", "holowits"), "us-ndaa-889").status is Status.SUSPECTED


def test_suspected_maker_is_suspected_where_named_and_cleared_nowhere() -> None:
    suspected = identity("hikvision", standing=Standing.SUSPECTED)
    assert judge(suspected, "us-ndaa-889").status is Status.SUSPECTED
    assert "not proven" in judge(suspected, "us-ndaa-889").reason
    assert judge(suspected, "us-bis-entity-list", as_of=date(2018, 1, 1)).status is Status.UNDETERMINED
    other = judge(identity("axis", standing=Standing.SUSPECTED), "us-ndaa-889")
    assert other.status is Status.UNDETERMINED
    assert "clears nothing" in other.reason


def test_identified_other_maker_is_not_covered_with_the_date_of_the_copy() -> None:
    finding = judge(identity("hp", kind="printer"), "us-ndaa-889")
    assert (finding.status, finding.statement, finding.entity) == (Status.NOT_COVERED, "none", None)
    assert "copy of 2026-11-23" in finding.reason


@pytest.mark.parametrize("policy", [policy.id for policy in ALL if policy.makes_findings])
def test_unrecognised_and_silent_are_undetermined_for_different_reasons(policy: str) -> None:
    answered = judge(identity(None, standing=Standing.UNRECOGNISED), policy)
    silent = judge(identity(None, standing=Standing.UNDETERMINED), policy)
    assert answered.status is silent.status is Status.UNDETERMINED
    assert "answered, but nothing it said is known" in answered.reason
    assert "did not answer enough" in silent.reason


def test_component_is_never_more_than_suspected() -> None:
    chip = judge(identity("hisilicon"), "us-ndaa-889")
    assert (chip.status, chip.statement) == (Status.SUSPECTED, "component")
    assert judge(identity("hisilicon"), "us-bis-entity-list").status is Status.UNDETERMINED
    seen = Evidence("component=hisilicon", "web", "f", "weak", 0.1, "http.body", "x", "", None, None, "", "r", "ref")
    inside = judge(identity("axis", evidence=(seen,)), "us-ndaa-889")
    assert (inside.status, inside.statement) == (Status.SUSPECTED, "component")
    assert "who built the device itself is another question" in inside.reason
    assert judge(identity("axis", evidence=(seen,)), "us-bis-entity-list").status is Status.NOT_COVERED


def test_contradiction_with_a_listed_maker_is_suspected_and_says_both() -> None:
    torn = (Conflict(("axis", "dahua"), "text", ("a", "b")),)
    finding = judge(identity(None, standing=Standing.UNDETERMINED, conflicts=torn), "us-ndaa-889")
    assert finding.status is Status.SUSPECTED
    assert "Axis and Dahua" in finding.reason
    calm = (Conflict(("axis", "hanwha"), "text", ("a", "b")),)
    finding = judge(identity(None, standing=Standing.UNDETERMINED, conflicts=calm), "us-ndaa-889")
    assert finding.status is Status.UNDETERMINED


@pytest.mark.parametrize(
    ("brand", "status"),
    [
        ("amcrest", Status.SUSPECTED),
        ("ezviz", Status.SUSPECTED),
        ("abus", Status.SUSPECTED),
        ("toshiba", Status.UNDETERMINED),
        ("alibi", Status.SUSPECTED),
        ("unheard", Status.UNDETERMINED),
    ],
)
def test_a_brand_alone_is_at_most_suspected_and_a_rumour_is_nothing(brand: str, status: Status) -> None:
    finding = judge(identity(None, brand, standing=Standing.UNRECOGNISED), "us-ndaa-889")
    assert finding.status is status
    assert ("does not prove who built it" in finding.reason) == (status is Status.SUSPECTED)


def test_a_company_that_relabels_is_not_cleared_for_its_cameras() -> None:
    assert judge(identity("honeywell"), "us-ndaa-889").status is Status.UNDETERMINED
    assert judge(identity("honeywell", kind="printer"), "us-ndaa-889").status is Status.NOT_COVERED
    assert judge(identity("panasonic"), "us-ndaa-889").status is Status.NOT_COVERED


def test_a_name_that_was_only_heard_of_neither_accuses_nor_clears() -> None:
    finding = judge(identity("tp-link"), "us-dod-1260h")
    assert finding.status is Status.UNDETERMINED
    assert "was not checked" in finding.reason
    assert judge(identity("tp-link"), "us-ndaa-889").status is Status.NOT_COVERED


@pytest.mark.parametrize(
    ("maker", "brand", "kind", "policy", "status"),
    [
        ("hikvision", None, "camera", "uk-statement-2022", Status.SUSPECTED),
        ("reolink", None, "camera", "uk-statement-2022", Status.SUSPECTED),
        ("hikvision", "annke", "camera", "uk-statement-2022", Status.SUSPECTED),
        ("axis", None, "camera", "uk-statement-2022", Status.NOT_COVERED),
        ("huawei", None, "router", "uk-statement-2022", Status.NOT_COVERED),
        ("frigate", None, "camera", "uk-statement-2022", Status.UNDETERMINED),
        ("huawei", None, "router", "lt-untrusted-states", Status.SUSPECTED),
        ("dahua", "amcrest", "camera", "tw-china-brand-ict", Status.NOT_COVERED),
        ("dahua", "unheard", "camera", "tw-china-brand-ict", Status.UNDETERMINED),
        ("dahua", None, "camera", "tw-china-brand-ict", Status.SUSPECTED),
    ],
)
def test_criterion_lists_name_nobody(maker: str, brand: str | None, kind: str, policy: str, status: Status) -> None:
    finding = judge(identity(maker, brand, kind=kind), policy)
    assert finding.status is status
    assert finding.entity is None
    if status is Status.SUSPECTED:
        assert finding.statement == "criterion"
        assert "names no company" in finding.reason
        assert finding.since is not None
    assert judge(identity(maker, brand, kind=kind), policy, as_of=date(2018, 1, 1)).status is Status.NOT_COVERED


@pytest.mark.parametrize(
    ("kind", "policy", "status"),
    [
        ("storage", "us-ndaa-889", Status.NOT_COVERED),
        ("cable", "us-fcc-covered", Status.NOT_COVERED),
        ("storage", "us-bis-entity-list", Status.UNDETERMINED),
        ("display", "us-ndaa-889", Status.UNDETERMINED),
        ("storage", "lt-untrusted-states", Status.UNDETERMINED),
        ("storage", "uk-statement-2022", Status.NOT_COVERED),
        ("display", "us-bis-entity-list", Status.COVERED),
        ("access-control", "us-ndaa-889", Status.COVERED),
    ],
)
def test_goods_that_a_list_does_not_speak_of(kind: str, policy: str, status: Status) -> None:
    assert judge(identity("dahua", kind=kind), policy).status is status


def test_export_control_and_investment_ban_say_that_they_are_no_ban_on_use() -> None:
    for policy in ("us-bis-entity-list", "us-ofac-ns-cmic"):
        finding = judge(identity("hikvision"), policy)
        assert finding.status is Status.COVERED
        assert "not a" in finding.reason or "not on" in finding.reason
        assert "illegal" not in finding.reason


def test_lists_that_only_inform_give_no_finding() -> None:
    informing = [policy for policy in ALL if not policy.makes_findings]
    assert {"xk-sanctions-law", "eu-csa2-proposal", "ua-nacp-sponsors", "local-dk"} <= {p.id for p in informing}
    assert judge_lists(identity("hikvision"), informing, MAKERS, TODAY) == ()
    with pytest.raises(ValueError, match="only informs"):
        judge(identity("hikvision"), "xk-sanctions-law")


def test_findings_keep_the_order_of_the_lists() -> None:
    chosen = [POLICIES["us-bis-entity-list"], POLICIES["xk-sanctions-law"], POLICIES["us-ndaa-889"]]
    assert [f.list for f in judge_lists(identity("dahua"), chosen, MAKERS, TODAY)] == [
        "us-bis-entity-list",
        "us-ndaa-889",
    ]


@pytest.mark.parametrize(
    ("statuses", "overall"),
    [
        ((), Status.UNDETERMINED),
        ((Status.NOT_COVERED,), Status.NOT_COVERED),
        ((Status.NOT_COVERED, Status.UNDETERMINED), Status.UNDETERMINED),
        ((Status.UNDETERMINED, Status.SUSPECTED), Status.SUSPECTED),
        ((Status.SUSPECTED, Status.NOT_COVERED, Status.COVERED), Status.COVERED),
    ],
)
def test_an_open_question_outweighs_a_clearance(statuses: tuple[Status, ...], overall: Status) -> None:
    findings = [Finding("p", "P", status, "named-list", "r", None, "none", None, "reason.") for status in statuses]
    assert overall_status(findings) is overall


@pytest.mark.parametrize("policy", [policy.id for policy in ALL if policy.makes_findings])
@pytest.mark.parametrize("standing", list(Standing))
def test_every_answer_is_one_sentence_with_everything_filled_in(policy: str, standing: Standing) -> None:
    makers = (None, "hikvision", "hisilicon", "tiandy", "axis", "honeywell", "not in the file")
    for maker, brand in product(makers, (None, "ezviz", "lorex", "holowits", "abus", "unheard")):
        finding = judge(identity(maker, brand, standing=standing), policy, acquired=date(2020, 2, 29))
        assert finding.reason.endswith(".")
        assert all(isinstance(text, Sentence) for text in (finding.reason, finding.would_change, finding.check_by_hand))
        assert ". " not in re.sub(r"(Ltd|Inc|s)\. ", "", finding.reason)
        assert finding.would_change.endswith(".")
        assert finding.check_by_hand.endswith(".")
        if finding.status is Status.COVERED:
            assert standing is Standing.IDENTIFIED
            assert finding.entity
            assert finding.since


STATEMENTS = {"named", "affiliate", "rebadge", "component", "criterion", "none"}


def values_of(text: object) -> list[object]:
    """Everything that fills a sentence, and the sentences that fill it in their turn."""
    if not isinstance(text, Sentence):
        return [text]
    return [value for _, filling in text.values for value in (filling, *values_of(filling))]


@pytest.mark.parametrize("policy", [policy.id for policy in ALL if policy.makes_findings])
def test_every_finding_fits_its_list_and_the_entity_it_names(policy: str) -> None:
    makers = (None, "hikvision", "hisilicon", "tiandy", "axis", "honeywell", "tp-link", "not in the file")
    brands = (None, "ezviz", "lorex", "holowits", "abus", "annke", "unheard")
    standings = (Standing.IDENTIFIED, Standing.SUSPECTED, Standing.UNRECOGNISED)
    source = POLICIES[policy]
    for maker, brand, kind, standing in product(makers, brands, ("camera", "cable", "display", None), standings):
        finding = judge(identity(maker, brand, kind=kind, standing=standing), policy, acquired=date(2024, 2, 29))
        assert (finding.list, finding.title, finding.kind) == (policy, source.title, source.kind.value)
        assert finding.statement in STATEMENTS
        assert None not in [value for text in (finding.reason, finding.would_change) for value in values_of(text)]
        day = source.effective_for_findings
        if finding.entity is not None:
            (entity,) = {one for one in source.entities if one.name == finding.entity}
            assert (finding.reference, finding.since) == (entity.reference, entity.since.isoformat())
            assert finding.until == (entity.until.isoformat() if entity.until else None)
            day = source.effective(entity)
        assert finding.effective == (day.isoformat() if day else None)
        assert (finding.entity is not None) or finding.statement in ("criterion", "none")
        for other in finding.also:
            assert (other.name, other.since, other.reference) in {
                (one.name, one.since.isoformat(), one.reference) for one in source.entities
            }


def test_a_name_counts_up_to_the_day_it_was_taken_off() -> None:
    policy = POLICIES["us-ndaa-889"]
    until = replace(policy, entities=tuple(replace(one, until=date(2026, 1, 1)) for one in policy.entities))
    last = judge_identity(identity("dahua"), until, MAKERS, date(2025, 12, 31))
    assert (last.status, last.until, last.effective) == (Status.COVERED, "2026-01-01", "2019-08-13")
    after = judge_identity(identity("dahua"), until, MAKERS, date(2026, 1, 1))
    assert (after.status, after.statement, after.entity) == (Status.NOT_COVERED, "none", "Dahua Technology Company")
    assert after.would_change == "Another reference date."


def test_the_day_of_purchase_reaches_every_list() -> None:
    (finding,) = judge_lists(identity("dahua"), [POLICIES["us-ndaa-889"]], MAKERS, TODAY, date(2019, 8, 14))
    assert "bought on 2019-08-14" in finding.reason


def heard(brand: str | None = None, kind: str = "camera") -> Identity:
    return identity(None, brand, kind=kind, standing=Standing.UNRECOGNISED)


def probably(maker: str, brand: str | None = None) -> Identity:
    return identity(maker, brand, standing=Standing.SUSPECTED)


@pytest.mark.parametrize(
    ("who", "policy", "status", "statement", "entity", "change"),
    [
        (identity("dahua"), "us-ndaa-889", Status.COVERED, "named", "Dahua", "Proof that another"),
        (identity("hikvision", "ezviz"), "us-bis-entity-list", Status.SUSPECTED, "affiliate", "Hikvision", "A clear"),
        (identity("hikvision", "annke"), "us-dod-1260h", Status.NOT_COVERED, "rebadge", "Hikvision", "Evidence of"),
        (identity("dahua", "lorex"), "us-dod-1260h", Status.SUSPECTED, "rebadge", "Dahua", "The date of purchase"),
        (probably("hikvision"), "us-ndaa-889", Status.SUSPECTED, "named", "Hikvision", "A second"),
        (probably("hikvision", "annke"), "us-dod-1260h", Status.UNDETERMINED, "rebadge", "Hikvision", "A second"),
        (identity("dahua", kind="storage"), "us-ndaa-889", Status.NOT_COVERED, "none", "Dahua", "Proof that it is"),
        (identity("dahua", kind="display"), "us-ndaa-889", Status.UNDETERMINED, "none", "Dahua", "Proof that it is"),
        (identity("tp-link"), "us-dod-1260h", Status.UNDETERMINED, "none", None, "A clear statement"),
        (identity("honeywell"), "us-ndaa-889", Status.UNDETERMINED, "rebadge", "Dahua", "An answer of the device"),
        (heard("amcrest"), "us-ndaa-889", Status.SUSPECTED, "rebadge", "Dahua", "An answer of the device"),
        (heard("ezviz"), "us-ndaa-889", Status.SUSPECTED, "affiliate", "Hikvision", "An answer of the device"),
        (heard(kind="cable"), "us-ndaa-889", Status.NOT_COVERED, "none", None, "Proof that it is a camera"),
        (heard(kind="cable"), "us-bis-entity-list", Status.UNDETERMINED, "none", None, "Any answer that"),
        (identity(None, standing=Standing.UNDETERMINED), "us-ndaa-889", Status.UNDETERMINED, "none", None, "An answer"),
    ],
)
def test_what_is_stated_of_whom_and_what_would_change_it(
    who: Identity, policy: str, status: Status, statement: str, entity: str | None, change: str
) -> None:
    finding = judge(who, policy)
    assert (finding.status, finding.statement) == (status, statement)
    assert (finding.entity is None) if entity is None else entity in (finding.entity or "")
    assert finding.would_change is not None
    assert finding.would_change.startswith(change)


@pytest.mark.parametrize(
    ("who", "words"),
    [
        (identity("dahua", kind="storage"), "A thing of the kind storage is by itself not the video surveillance"),
        (identity("dahua", kind="display"), "A thing of the kind display: its brand points to"),
        (heard(kind="cable"), "A thing of the kind cable is by itself not"),
        (identity("honeywell"), "It says Honeywell, but some cameras and recorders of that name are made by Dahua ("),
        (heard("amcrest"), "Sold as Amcrest, whose goods (nearly all"),
        (identity("hikvision", "annke"), "Made by Hikvision and sold as Annke; the maker is named as"),
        (identity("hikvision", "ezviz"), "Made by Hikvision under the name EZVIZ, a brand or subsidiary of Hikvision"),
        (identity("dahua", "lorex"), "Made by Dahua and sold as Lorex (Dahua's own until 2023; no purchase date"),
        (identity("hp", kind="printer"), "Made by HP"),
        (probably("hisilicon"), "A part made by HiSilicon, of Huawei, seems to be inside"),
    ],
)
def test_the_reason_names_who_and_what_is_meant(who: Identity, words: str) -> None:
    assert words in judge(who, "us-ndaa-889").reason


def test_of_several_contradictions_the_one_with_the_listed_maker_is_told() -> None:
    torn = (Conflict(("axis", "hanwha"), "text", ("a", "b")), Conflict(("axis", "dahua"), "text", ("a", "c")))
    finding = judge(identity(None, standing=Standing.UNDETERMINED, conflicts=torn), "us-ndaa-889")
    assert finding.status is Status.SUSPECTED
    assert finding.reason.startswith("The evidence contradicts itself (Axis and Dahua); Dahua is named as")


def test_a_contradiction_names_the_entity_and_a_suspicion_that_clears_says_so() -> None:
    torn = (Conflict(("axis", "dahua"), "text", ("a", "b")),)
    finding = judge(identity(None, standing=Standing.UNDETERMINED, conflicts=torn), "us-ndaa-889")
    assert (finding.statement, finding.entity) == ("none", "Dahua Technology Company")
    assert "Dahua is named as" in finding.reason
    calm = (Conflict(("axis", "hanwha"), "text", ("a", "b")),)
    finding = judge(identity(None, standing=Standing.UNDETERMINED, conflicts=calm), "us-ndaa-889")
    assert (finding.statement, finding.entity, finding.reason) == ("none", None, TORN_UNNAMED)


def test_further_names_of_the_maker_are_told_with_their_days_and_only_in_force() -> None:
    names = {one.name: one.since for one in judge(identity("hikvision"), "us-bis-entity-list").also}
    assert names["Luopu Haishi Dingxin Electronic Technology Co., Ltd."] == "2023-03-28"
    assert len(names) == 5
    assert judge(identity("hikvision"), "us-bis-entity-list", date(2020, 1, 1)).also == ()
    assert judge(identity("axis"), "us-bis-entity-list").also == ()


@pytest.mark.parametrize(
    ("who", "policy", "as_of", "status", "words"),
    [
        (identity("axis"), "uk-statement-2022", date(2022, 11, 23), Status.NOT_COVERED, "after 2022-11-23"),
        (identity("dahua"), "uk-statement-2022", date(2022, 11, 24), Status.SUSPECTED, "so it falls under"),
        (probably("dahua"), "uk-statement-2022", TODAY, Status.SUSPECTED, "so it probably falls under"),
        (identity("axis"), "uk-statement-2022", TODAY, Status.NOT_COVERED, "The seat of Axis is in SE"),
        (probably("axis"), "uk-statement-2022", TODAY, Status.UNDETERMINED, "The seat of Axis is in SE"),
        (identity("dahua", kind="storage"), "uk-statement-2022", TODAY, Status.NOT_COVERED, "storage, which the UK"),
        (identity("dahua", kind="storage"), "uk-statement-2022", TODAY, Status.NOT_COVERED, "does not speak of"),
        (identity("dahua", kind="printer"), "uk-statement-2022", TODAY, Status.UNDETERMINED, "may or may not mean"),
        (identity("dahua", "dahua"), "tw-china-brand-ict", TODAY, Status.SUSPECTED, "The seat of Dahua is in CN"),
        (identity("dahua", "amcrest"), "tw-china-brand-ict", TODAY, Status.NOT_COVERED, "The seat of Amcrest is in US"),
    ],
)
def test_a_criterion_is_told_by_its_day_the_seat_and_the_goods(
    who: Identity, policy: str, as_of: date, status: Status, words: str
) -> None:
    finding = judge(who, policy, as_of=as_of)
    assert finding.status is status
    assert words in finding.reason
    assert finding.statement == ("criterion" if status is Status.SUSPECTED else "none")


def test_a_brand_alone_says_nothing_of_goods_that_the_list_does_not_mean() -> None:
    assert judge(heard("amcrest"), "au-2023-removal").status is Status.SUSPECTED
    assert judge(heard("amcrest", "router"), "au-2023-removal").status is Status.UNDETERMINED


def test_a_part_of_a_maker_who_is_in_no_group_is_his_own() -> None:
    seen = Evidence("component=dahua", "web", "f", "weak", 0.1, "http.body", "x", "", None, None, "", "r", "ref")
    finding = judge(identity("axis", evidence=(seen,)), "us-ndaa-889")
    assert (finding.statement, finding.entity) == ("component", "Dahua Technology Company")


def test_a_name_to_come_and_a_hidden_maker_are_told_with_their_names() -> None:
    ahead = judge(identity("uniview"), "us-bis-entity-list", as_of=date(2024, 12, 9))
    assert ahead.reason.startswith("Made by Uniview, which was not yet named")
    assert "made by Dahua (several series up to 2022), named on" in judge(identity("honeywell"), "us-ndaa-889").reason
