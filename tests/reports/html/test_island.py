"""The islands hold the rows and the cards, and no text can leave them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from reports.html.card import make_card
from reports.html.island import BLOCK, CONFLICT, HIDES, OFF_SCOPE, Island, Shared, rule_of, to_island
from reports.messages import texts
from reports.summary import in_order
from scanner.model import replace
from tests.reports.samples import crowd, hikvision_camera, make_report

_ = texts("en")


def island(report):
    return Island(_, report, in_order(report.devices))


def take(report):
    """All cards as the script would read them: the blocks, and what they share."""
    made = island(report)
    blocks = list(made.blocks(make_card(_, report, device) for device in in_order(report.devices)))
    return [json.loads(block) for block in blocks], json.loads(made.shared())


def unfold(folded, shared):
    rules, answers = shared["rules"], folded.pop("answers")
    evidence = [
        {**rules[rule], "says": says, **dict(zip(("value", "source", "digest"), answers[answer], strict=True))}
        for rule, says, answer in folded["evidence"]
    ]
    findings = [(told, "") if isinstance(told, int) else told for told in folded["findings"]]
    findings = [{**shared["findings"][number], "check": check} for number, check in findings]
    return {**folded, "findings": findings, "evidence": evidence}


@given(st.text())
def test_any_text_comes_back_and_none_can_end_the_element(text):
    written = str(to_island([text]))
    assert json.loads(written) == [text]
    assert written.isascii()
    assert not set(written) & set("<>&")


def test_folding_and_unfolding_gives_the_same_card():
    report = make_report()
    blocks, shared = take(report)
    cards = [unfold(card, shared) for block in blocks for card in block]
    assert cards == json.loads(json.dumps([make_card(_, report, d) for d in in_order(report.devices)]))


def test_what_repeats_stands_once():
    blocks, shared = take(crowd(500))
    assert len(shared["findings"]) <= 8
    assert len(shared["rules"]) <= 8
    lines = [card["evidence"] for block in blocks for card in block if card["evidence"]]
    assert all(len(card["answers"]) <= len(card["evidence"]) for block in blocks for card in block)
    assert lines, "else nothing was looked at"


def test_one_answer_behind_several_lines_stands_once():
    device = hikvision_camera()
    line = device.identity.evidence[0]
    twice = replace(device.identity, evidence=(line, replace(line, says="kind=camera")))
    ((card,),), _shared = take(make_report((replace(device, identity=twice),)))
    assert [answer for _rule, _says, answer in card["evidence"]] == [0, 0]
    assert len(card["answers"]) == 1


def test_advice_that_names_the_device_is_not_shared():
    devices = [replace(hikvision_camera(), id=f"dev-{n}") for n in range(9)]
    told = [replace(one, findings=tuple(replace(f, check_by_hand=f"serial {n}") for f in one.findings))
            for n, one in enumerate(devices)]  # fmt: skip
    _blocks, shared = take(make_report(tuple(told)))
    assert len(shared["findings"]) == 2


def test_shared_values_are_numbered_in_order_of_first_use():
    shared = Shared(("x", "y"))
    b, a = {"x": "b", "y": 1, "own": 2}, {"x": "a", "y": 1, "own": 3}
    assert [shared.number(b), shared.number(a), shared.number({**b, "own": 4})] == [0, 1, 0]
    assert shared.values() == [{"x": "b", "y": 1}, {"x": "a", "y": 1}]


def test_a_rule_is_what_an_evidence_line_has_from_its_fingerprint():
    line = make_card(_, make_report((hikvision_camera(),)), hikvision_camera())["evidence"][0]
    assert set(line) - set(rule_of(line)) == {"says", "value", "source", "digest"}


def test_rows_rank_addresses_by_number_and_flag_what_to_look_at():
    rows = json.loads(island(make_report()).rows())
    ranked = [row[4] for row in sorted(rows, key=lambda row: row[7])]
    assert ranked[0] == "10.20.0.9"
    assert ranked[-1] == "192.168.1.64"
    flags = {row[4]: row[10] for row in rows}
    assert flags["10.20.1.108"] == HIDES
    assert flags["10.20.2.13"] == CONFLICT
    assert flags["192.168.1.64"] == OFF_SCOPE


def test_rows_name_lists_by_place_and_status():
    lists = {row[4]: (row[8], row[9]) for row in json.loads(island(make_report()).rows())}
    assert lists["10.20.0.64"] == ([0, 1], [])
    assert lists["10.20.1.77"] == ([0], [1])
    assert lists["10.20.0.9"] == ([], [])


def test_texts_that_the_table_hides_can_be_searched():
    rows = json.loads(island(make_report()).rows())
    assert "Hyrja kryesore" in rows[0][12]
    assert "fe80::4619:b6ff:fe00:1234" in rows[0][12]


def test_blocks_are_full_but_the_last():
    blocks, _shared = take(crowd(BLOCK + 1))
    assert [len(block) for block in blocks] == [BLOCK, 1]
