"""The judge: groups, decisive signs, the lone MAC, conflicts and the liar."""

from __future__ import annotations

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from scanner.fingerprint import Weights
from scanner.grammar_file import load_grammar
from scanner.judging import EVIDENCE_CAP, Maker, is_settled, judge_device, judge_maker
from scanner.model import Conflict, Evidence, Identity, Match, Observation, Standing, Strength, replace

WEIGHTS = Weights(
    {
        Strength.DECISIVE: 0.98,
        Strength.STRONG: 0.9,
        Strength.GOOD: 0.75,
        Strength.SUPPORTIVE: 0.45,
        Strength.WEAK: 0.1,
    },
    identify_at=0.9,
    suspect_at=0.4,
    agree_at=0.4,
    never_alone=frozenset({"link"}),
    matches_per_device=400,
)
FIELD_OF = {
    "link": "mac.prefix",
    "web": "http.title",
    "rtsp": "rtsp.realm",
    "vendor-discovery": "sadp.answer",
    "onvif": "onvif-wsd.name",
}


def match(
    group: str, strength: Strength, maker: str | None = None, brand: str | None = None, rule: str = "", **extracted: str
) -> Match:
    protocol, _, field = FIELD_OF.get(group, "http.title").partition(".")
    seen = Observation(protocol, field, f"{maker}{brand}{rule}", address="10.0.0.1", digest=group)
    name = rule or f"{maker or brand}-{group}-{strength}"
    return Match(name, group, strength, WEIGHTS.weight[strength], maker, brand, None, extracted, "why", "where", seen)


def judge(*matches: Match) -> Identity:
    return judge_device([m.observation for m in matches], matches, WEIGHTS)


def test_nothing_heard_is_undetermined() -> None:
    assert judge_device([], [], WEIGHTS).standing is Standing.UNDETERMINED


def test_a_host_that_only_has_an_address_is_undetermined() -> None:
    seen = [Observation("mac", "mac", "00:11:22:33:44:55"), Observation("tcp", "open-port", "80")]
    assert judge_device(seen, [], WEIGHTS).standing is Standing.UNDETERMINED


def test_an_answer_nobody_knows_is_unrecognised() -> None:
    assert judge_device([Observation("http", "title", "hello")], [], WEIGHTS).standing is Standing.UNRECOGNISED


def test_a_decisive_sign_identifies_by_itself() -> None:
    identity = judge(match("vendor-discovery", Strength.DECISIVE, "hikvision"))
    assert (identity.maker, identity.standing) == ("hikvision", Standing.IDENTIFIED)
    assert identity.confidence == 0.98


def test_one_strong_group_only_suspects() -> None:
    identity = judge(match("web", Strength.STRONG, "dahua"))
    assert (identity.maker, identity.standing) == ("dahua", Standing.SUSPECTED)
    assert "second, independent sign" in identity.hints[0]


def test_two_independent_groups_identify() -> None:
    identity = judge(match("web", Strength.STRONG, "dahua"), match("rtsp", Strength.SUPPORTIVE, "dahua"))
    assert identity.standing is Standing.IDENTIFIED


def test_signals_of_one_group_do_not_add_up() -> None:
    many = [match("web", Strength.GOOD, "dahua", rule=f"dahua-web-{n}") for n in range(10)]
    identity = judge(*many)
    assert (identity.standing, identity.confidence) == (Standing.SUSPECTED, 0.75)


def test_two_feeble_groups_do_not_reach_the_bar() -> None:
    identity = judge(match("web", Strength.SUPPORTIVE, "dahua"), match("rtsp", Strength.SUPPORTIVE, "dahua"))
    assert identity.standing is Standing.SUSPECTED


def test_a_weak_group_does_not_count_as_agreeing() -> None:
    identity = judge(match("web", Strength.STRONG, "dahua"), match("rtsp", Strength.WEAK, "dahua"))
    assert identity.standing is Standing.SUSPECTED


def test_a_weak_sign_alone_suspects_nobody() -> None:
    identity = judge(match("web", Strength.WEAK, "hikvision"))
    assert (identity.maker, identity.standing) == (None, Standing.UNRECOGNISED)
    assert "hikvision" in identity.hints[0]


def test_a_mac_alone_never_identifies() -> None:
    identity = judge(match("link", Strength.DECISIVE.STRONG, "hikvision"))
    assert (identity.maker, identity.standing) == ("hikvision", Standing.SUSPECTED)


def test_a_mac_of_another_maker_never_clears_and_is_no_conflict() -> None:
    identity = judge(match("vendor-discovery", Strength.DECISIVE, "dahua"), match("link", Strength.GOOD, "axis"))
    assert (identity.maker, identity.standing, identity.conflicts) == ("dahua", Standing.IDENTIFIED, ())


def test_a_mac_does_not_outvote_a_lesser_sign_of_another_maker() -> None:
    identity = judge(match("link", Strength.GOOD, "axis"), match("web", Strength.SUPPORTIVE, "dahua"))
    assert identity.maker == "dahua"


def test_a_sign_too_weak_to_suspect_anybody_does_not_hide_whom_his_card_makes_suspected() -> None:
    identity = judge(match("link", Strength.GOOD, "hikvision"), match("web", Strength.WEAK, "axis"))
    assert (identity.maker, identity.standing, identity.confidence) == ("hikvision", Standing.SUSPECTED, 0.75)
    assert identity.conflicts == ()
    assert identity.hints == ("Only link evidence speaks for hikvision; a second, independent sign would settle it.",)


def test_groups_that_never_stand_alone_identify_nobody_together_either() -> None:
    lone = replace(WEIGHTS, never_alone=frozenset({"link", "web"}))
    signs = [match("link", Strength.STRONG, "hikvision"), match("web", Strength.STRONG, "hikvision")]
    assert judge_device([m.observation for m in signs], signs, lone).standing is Standing.SUSPECTED


def test_two_decisive_makers_leave_it_open_and_are_shown() -> None:
    identity = judge(
        match("vendor-discovery", Strength.DECISIVE, "hikvision"), match("serial", Strength.DECISIVE, "dahua")
    )
    assert (identity.maker, identity.standing, identity.confidence) == (None, Standing.UNDETERMINED, 0.0)
    assert identity.conflicts[0].makers == ("dahua", "hikvision")


def test_a_liar_has_no_brand_either() -> None:
    identity = judge(
        match("vendor-discovery", Strength.DECISIVE, "hikvision", "hikvision"),
        match("serial", Strength.DECISIVE, "dahua", "dahua"),
    )
    assert (identity.maker, identity.brand) == (None, None)


def test_a_strong_contradiction_holds_a_decisive_sign_back() -> None:
    identity = judge(match("vendor-discovery", Strength.DECISIVE, "hikvision"), match("web", Strength.STRONG, "axis"))
    assert (identity.maker, identity.standing) == ("hikvision", Standing.SUSPECTED)
    assert identity.conflicts


def test_a_feeble_contradiction_is_shown_and_changes_nothing() -> None:
    identity = judge(
        match("vendor-discovery", Strength.DECISIVE, "hikvision"), match("web", Strength.SUPPORTIVE, "axis")
    )
    assert (identity.maker, identity.standing) == ("hikvision", Standing.IDENTIFIED)
    assert identity.conflicts


def test_a_program_that_shows_a_camera_is_nobody_and_a_camera_may_stand_behind_it() -> None:
    relay = replace(match("web", Strength.STRONG, "go2rtc"), kind="software")
    identity = judge(relay, match("rtsp", Strength.STRONG, "hikvision"))
    assert identity.maker is None
    assert identity.conflicts
    relays = "go2rtc is a program that may repeat what others say; look for a device of hikvision behind it."
    assert identity.hints == (relays,)


def test_two_makers_of_hardware_are_no_relay() -> None:
    identity = judge(match("web", Strength.STRONG, "axis"), match("rtsp", Strength.STRONG, "hikvision"))
    assert not any("program" in hint for hint in identity.hints)


def test_equal_claims_accuse_nobody() -> None:
    identity = judge(match("web", Strength.STRONG, "hikvision"), match("rtsp", Strength.STRONG, "axis"))
    assert (identity.maker, identity.standing) == (None, Standing.UNDETERMINED)


def test_the_liar_that_says_everything_is_not_identified() -> None:
    makers = ("hikvision", "dahua", "axis", "uniview", "hanwha")
    groups = ("web", "rtsp", "onvif", "vendor-discovery", "serial", "link")
    everything = [match(g, s, m) for g, s, m in itertools.product(groups, Strength, makers)]
    identity = judge(*everything)
    assert (identity.maker, identity.standing) == (None, Standing.UNDETERMINED)


def test_brand_and_maker_are_two_answers() -> None:
    identity = judge(
        match("vendor-discovery", Strength.DECISIVE, "dahua"), match("onvif", Strength.GOOD, None, "lorex")
    )
    assert (identity.maker, identity.brand) == ("dahua", "lorex")
    assert {line.says for line in identity.evidence} == {"maker=dahua", "brand=lorex"}


def test_a_brand_alone_accuses_no_maker() -> None:
    identity = judge(match("onvif", Strength.STRONG, None, "lorex"))
    assert (identity.maker, identity.brand, identity.standing) == (None, "lorex", Standing.UNRECOGNISED)


def test_two_brands_equally_shown_leave_it_open() -> None:
    identity = judge(match("onvif", Strength.GOOD, None, "lorex"), match("web", Strength.GOOD, None, "swann"))
    assert identity.brand is None


def test_the_order_of_evidence_does_not_matter() -> None:
    matches = [
        match(g, s, m) for g, s, m in itertools.product(FIELD_OF, (Strength.GOOD, Strength.WEAK), ("dahua", "axis"))
    ]
    expected = judge(*matches)
    for seed in range(5):
        random.Random(seed).shuffle(matches)
        assert judge(*matches) == expected


def test_evidence_shows_what_supports_the_answer_first() -> None:
    identity = judge(match("web", Strength.SUPPORTIVE, "axis"), match("vendor-discovery", Strength.DECISIVE, "dahua"))
    assert [line.says for line in identity.evidence] == ["maker=dahua", "maker=axis"]


def test_two_groups_that_read_one_answer_are_one_witness() -> None:
    realm = match("web", Strength.STRONG, "dahua")
    serial = replace(match("serial", Strength.STRONG, "dahua"), observation=realm.observation)
    assert judge(realm, serial).standing is Standing.SUSPECTED
    assert judge(realm, serial).confidence == 0.9
    apart = judge(realm, match("serial", Strength.STRONG, "dahua"))
    assert (apart.standing, apart.confidence) == (Standing.IDENTIFIED, 0.99)


def test_a_serial_shape_that_one_protocol_gave_counts_once_among_others() -> None:
    """Three groups, two answers: the serial number in the realm adds nothing to the realm."""
    realm = match("web", Strength.GOOD, "dahua")
    serial = replace(match("serial", Strength.SUPPORTIVE, "dahua"), observation=realm.observation)
    title = match("rtsp", Strength.GOOD, "dahua")
    assert judge(realm, serial, title).confidence == judge(realm, title).confidence
    assert judge(realm, serial).confidence == judge(realm).confidence


def test_a_group_that_has_another_answer_makes_room_for_the_one_that_has_none() -> None:
    """The realm stands in two answers, the serial number in one of them: two witnesses, whatever the order."""
    realm = match("web", Strength.STRONG, "dahua")
    again = replace(realm, observation=replace(realm.observation, digest="another answer"))
    serial = replace(match("serial", Strength.STRONG, "dahua"), observation=realm.observation)
    for order in itertools.permutations((realm, again, serial)):
        assert judge(*order).standing is Standing.IDENTIFIED


def test_a_heavier_group_moves_to_another_of_its_answers_for_one_that_has_none() -> None:
    """It comes first and rests on the answer that the lighter one needs."""
    realm = match("web", Strength.STRONG, "dahua")
    again = replace(realm, observation=replace(realm.observation, digest="x, which comes after web"))
    serial = replace(match("serial", Strength.GOOD, "dahua"), observation=realm.observation)
    assert judge(realm, serial).confidence == 0.9
    assert judge(realm, again, serial).confidence == 0.975


MATCHES = st.lists(
    st.builds(
        match,
        st.sampled_from(sorted(FIELD_OF)),
        st.sampled_from(sorted(Strength)),
        maker=st.sampled_from([None, "hikvision", "dahua"]),
        brand=st.sampled_from([None, "lorex"]),
    ),
    max_size=8,
)


@given(MATCHES)
def test_the_maker_alone_is_the_maker_of_the_full_judgement(matches: list[Match]) -> None:
    identity = judge(*matches)
    assert judge_maker(matches, WEIGHTS) == Maker(identity.maker, bool(identity.conflicts))


@given(MATCHES)
def test_settled_is_what_the_full_judgement_would_say_by_two_groups(matches: list[Match]) -> None:
    identity = judge(*matches)
    groups = {line.group for line in identity.evidence if line.says == f"maker={identity.maker}"}
    settled = identity.standing is Standing.IDENTIFIED and not identity.conflicts and len(groups) > 1
    assert is_settled(matches, WEIGHTS) is settled


def weigh(group: str, weight: float, maker: str, rule: str = "") -> Match:
    return replace(match(group, Strength.GOOD, maker, rule=rule), weight=weight)


def test_the_best_sign_of_a_group_is_its_weight_in_any_order() -> None:
    best, worst = match("web", Strength.STRONG, "dahua", rule="a"), match("web", Strength.WEAK, "dahua", rule="b")
    assert judge(best, worst).confidence == judge(worst, best).confidence == 0.9


def test_groups_add_up_as_independent_chances() -> None:
    one, two, three = (match(group, Strength.GOOD, "dahua") for group in ("web", "rtsp", "onvif"))
    assert judge(one, two).confidence == 0.938
    assert judge(one, two, three).confidence == 0.984
    assert judge(one, two, match("link", Strength.SUPPORTIVE, "dahua")).confidence == 0.966


def test_nothing_is_surer_than_certain() -> None:
    assert (
        judge(*(match(group, Strength.DECISIVE, "dahua") for group in ("vendor-discovery", "web"))).confidence == 0.99
    )


def test_a_maker_alone_is_told_with_whether_others_contradict() -> None:
    assert judge_maker([match("web", Strength.STRONG, "dahua")], WEIGHTS) == Maker("dahua", contradicted=False)
    rivals = [match("vendor-discovery", Strength.DECISIVE, "dahua"), match("web", Strength.STRONG, "axis")]
    assert judge_maker(rivals, WEIGHTS) == Maker("dahua", contradicted=True)


def test_a_sign_just_heavy_enough_to_agree_is_no_witness_beside_the_answer_it_stood_in() -> None:
    realm = weigh("web", 0.9, "dahua")
    serial = replace(weigh("serial", 0.4, "dahua"), observation=realm.observation)
    assert (judge(realm, serial).standing, judge(realm, serial).confidence) == (Standing.SUSPECTED, 0.9)


def test_a_sign_just_heavy_enough_suspects_and_agrees() -> None:
    assert judge(weigh("web", 0.4, "dahua")).standing is Standing.SUSPECTED
    assert judge(weigh("web", 0.9, "dahua"), weigh("rtsp", 0.4, "dahua")).standing is Standing.IDENTIFIED


def test_a_chance_that_just_reaches_the_bar_identifies() -> None:
    half = [weigh("web", 0.5, "dahua"), weigh("rtsp", 0.5, "dahua")]
    lower = replace(WEIGHTS, identify_at=0.75)
    assert judge_device([m.observation for m in half], half, lower).standing is Standing.IDENTIFIED


def test_a_rival_just_heavy_enough_is_a_conflict() -> None:
    assert judge(match("web", Strength.STRONG, "dahua"), weigh("rtsp", 0.4, "axis")).conflicts


def test_nobody_is_sure_of_nobody() -> None:
    for identity in (judge(), judge(match("web", Strength.WEAK, "dahua"))):
        assert (identity.maker, identity.confidence, identity.conflicts) == (None, 0.0, ())


def test_a_strong_claim_leads_a_lesser_one_and_is_held_back() -> None:
    """By as much as the other one is worth, and never below a suspicion."""
    identity = judge(match("web", Strength.STRONG, "dahua"), match("rtsp", Strength.SUPPORTIVE, "axis"))
    assert (identity.maker, identity.standing, identity.confidence) == ("dahua", Standing.SUSPECTED, 0.495)
    identity = judge(match("web", Strength.STRONG, "dahua"), match("rtsp", Strength.GOOD, "axis"))
    assert (identity.maker, identity.standing, identity.confidence) == ("dahua", Standing.SUSPECTED, 0.4)


def test_a_claim_that_is_not_strong_leads_nobody() -> None:
    identity = judge(match("web", Strength.GOOD, "dahua"), match("rtsp", Strength.SUPPORTIVE, "axis"))
    assert (identity.maker, identity.standing) == (None, Standing.UNDETERMINED)


def test_a_decisive_sign_keeps_what_a_contradiction_leaves_of_it() -> None:
    identity = judge(match("vendor-discovery", Strength.DECISIVE, "dahua"), match("web", Strength.SUPPORTIVE, "axis"))
    assert identity.confidence == 0.539
    identity = judge(match("vendor-discovery", Strength.DECISIVE, "dahua"), match("web", Strength.STRONG, "axis"))
    assert identity.confidence == 0.4


def test_a_conflict_names_both_makers_and_the_best_sign_of_each() -> None:
    identity = judge(
        match("vendor-discovery", Strength.DECISIVE, "hikvision", rule="hik-sadp"),
        match("web", Strength.SUPPORTIVE, "axis", rule="axis-title"),
        match("rtsp", Strength.STRONG, "axis", rule="axis-realm"),
    )
    text = "hik-sadp (sadp.answer) says hikvision, axis-realm (rtsp.realm) says axis"
    assert identity.conflicts == (Conflict(("hikvision", "axis"), text, ("hik-sadp", "axis-realm")),)


def test_of_two_equal_claims_the_one_with_the_card_is_named_first() -> None:
    identity = judge(
        match("web", Strength.GOOD, "axis"),
        match("rtsp", Strength.GOOD, "zavio"),
        match("link", Strength.GOOD, "zavio"),
    )
    assert identity.conflicts[0].makers == ("zavio", "axis")


def test_a_liar_has_no_brand_even_where_only_one_is_named() -> None:
    identity = judge(
        match("vendor-discovery", Strength.DECISIVE, "hikvision", "ezviz"), match("serial", Strength.DECISIVE, "dahua")
    )
    assert (identity.maker, identity.brand) == (None, None)


def test_a_contradiction_that_the_maker_survives_leaves_the_brand() -> None:
    identity = judge(
        match("vendor-discovery", Strength.DECISIVE, "hikvision", "ezviz"), match("web", Strength.SUPPORTIVE, "axis")
    )
    assert (identity.maker, identity.brand) == ("hikvision", "ezviz")


def test_the_brand_is_the_best_shown_one() -> None:
    lorex, swann = match("onvif", Strength.GOOD, None, "swann"), match("web", Strength.SUPPORTIVE, None, "lorex")
    assert judge(lorex, swann).brand == "swann"
    just = replace(swann, weight=0.4)
    assert judge(just).brand == "lorex"


GRAMMAR = load_grammar()


def test_the_details_are_those_of_the_judged_maker_and_brand() -> None:
    own = match("vendor-discovery", Strength.DECISIVE, "dahua", model="IPC-HFW1", firmware="2.8", serial="1A")
    other = replace(match("web", Strength.SUPPORTIVE, "axis", model="M1065", kind="recorder"), weight=0.45)
    identity = judge(other, replace(own, kind="camera"))
    assert (identity.model, identity.firmware, identity.serial, identity.kind) == ("IPC-HFW1", "2.8", "1A", "camera")
    assert identity.channels is None
    said = [Observation("dhdiscover", "channels", "16"), own.observation]
    assert judge_device(said, [own], WEIGHTS).channels == 16


def test_the_model_is_read_by_the_grammar_of_the_brand_or_the_maker() -> None:
    own = match("vendor-discovery", Strength.DECISIVE, "dahua", model="DHI-NVR5216-16P-4KS2E")
    assert judge_device([own.observation], [own], WEIGHTS).channels is None
    assert judge_device([own.observation], [own], WEIGHTS, GRAMMAR).channels == 16


def test_a_line_of_evidence_holds_all_that_stands_behind_it() -> None:
    seen = Observation("http", "title", "x" * 500, "10.0.0.5", 80, request="GET /", digest="d")
    sign = Match("r", "web", Strength.STRONG, 0.9, "dahua", None, "camera", {"model": "X1"}, "why", "where", seen)
    whole = Evidence(
        "maker=dahua", "web", "r", "strong", 0.9, "http.title", "x" * 400, "GET /", "10.0.0.5", 80, "d", "why", "where"
    )
    lines = judge_device([seen], [sign], WEIGHTS).evidence
    assert lines[0] == whole
    assert [line.says for line in lines] == ["maker=dahua", "kind=camera", "model=X1"]


def test_evidence_stands_by_what_it_supports_then_weight_then_what_it_says() -> None:
    matches = [
        match("web", Strength.SUPPORTIVE, "axis", rule="2"), match("onvif", Strength.SUPPORTIVE, "axis", rule="1"),
        match("web", Strength.SUPPORTIVE, "aver", rule="3"), match("rtsp", Strength.WEAK, "acti", rule="0"),
        match("vendor-discovery", Strength.DECISIVE, "dahua", "lorex", rule="9"),
        match("web", Strength.WEAK, "dahua", rule="8"),
    ]  # fmt: skip
    lines = [(line.says, line.fingerprint) for line in judge(*matches).evidence]
    assert lines == [
        ("brand=lorex", "9"), ("maker=dahua", "9"), ("maker=dahua", "8"),
        ("maker=aver", "3"), ("maker=axis", "1"), ("maker=axis", "2"), ("maker=acti", "0"),
    ]  # fmt: skip


def test_evidence_beyond_the_cap_is_counted_and_a_part_inside_is_shown_all_the_same() -> None:
    """A list may count parts: whoever says much must not hide one."""
    many = [match("web", Strength.STRONG, "axis", rule=f"{n:03}") for n in range(EVIDENCE_CAP)]
    parts = [
        match("web", Strength.WEAK, None, rule=rule, component=part)
        for part in ("hisilicon", "novatek")
        for rule in ("y", "z")
    ]
    assert judge(*many).hints == judge(*many[:1]).hints
    assert [line.says for line in judge(*many[:-1], parts[0]).evidence[-2:]] == ["maker=axis", "component=hisilicon"]
    assert not any(hint.startswith("Further") for hint in judge(*many[:-1], parts[0]).hints)
    identity = judge(*many, *parts)
    shown = [(line.says, line.fingerprint) for line in identity.evidence]
    assert shown[EVIDENCE_CAP:] == [("component=hisilicon", "y"), ("component=novatek", "y")]
    assert "Further evidence, in the record alone: 2" in identity.hints


def test_a_liar_who_names_very_many_parts_does_not_fill_the_report() -> None:
    parts = [match("web", Strength.WEAK, None, rule="r", component=f"part {n:03}") for n in range(3 * EVIDENCE_CAP)]
    identity = judge(*parts)
    assert len(identity.evidence) == 2 * EVIDENCE_CAP
    assert f"Further evidence, in the record alone: {EVIDENCE_CAP}" in identity.hints


def test_lines_that_say_the_same_stand_by_their_rule_not_by_their_value() -> None:
    seen = [Observation("http", "title", value, digest=value) for value in ("z", "y")]
    signs = [
        Match(rule, "web", Strength.GOOD, 0.75, "axis", None, None, {}, "why", "where", value)
        for rule, value in zip("ab", seen, strict=True)
    ]
    assert [(line.fingerprint, line.value) for line in judge(*signs).evidence] == [("a", "z"), ("b", "y")]


def test_hints_say_what_is_missing_in_whole_sentences() -> None:
    strong = judge(match("web", Strength.STRONG, "dahua"), match("rtsp", Strength.WEAK, "dahua"))
    assert strong.hints == ("Only rtsp and web evidence speaks for dahua; a second, independent sign would settle it.",)
    weak = judge(match("web", Strength.WEAK, "dahua"), match("rtsp", Strength.WEAK, "axis"))
    assert weak.hints == ("Weak signs point to axis, dahua; they are not enough to suspect.",)


def test_who_is_identified_or_contested_needs_no_hint() -> None:
    assert judge(match("vendor-discovery", Strength.DECISIVE, "dahua"), match("web", Strength.WEAK, "axis")).hints == ()
    assert judge(match("web", Strength.STRONG, "dahua"), match("rtsp", Strength.SUPPORTIVE, "axis")).hints == ()
