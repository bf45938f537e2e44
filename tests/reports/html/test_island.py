"""The islands hold the rows and the cards, and no text can leave them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from reports.html.card import make_card
from reports.html.island import BLOCK, CONFLICT, HIDES, OFF_SCOPE, Shared, make_island, to_island
from reports.messages import texts
from reports.summary import in_order
from tests.reports.samples import crowd, make_report

_ = texts("en")


def island(report):
    return make_island(_, report, in_order(report.devices))


def unfold(folded, shared):
    rules = shared["rules"]
    evidence = [
        {**rules[rule], "says": says, "value": value, "source": source, "digest": digest}
        for rule, says, value, source, digest in folded["evidence"]
    ]
    return {**folded, "findings": [shared["findings"][n] for n in folded["findings"]], "evidence": evidence}


@given(st.text())
def test_any_text_comes_back_and_none_can_end_the_element(text):
    written = str(to_island([text]))
    assert json.loads(written) == [text]
    assert written.isascii()
    assert not set(written) & set("<>&")


def test_folding_and_unfolding_gives_the_same_card():
    report = make_report()
    made = island(report)
    shared = json.loads(made.shared)
    cards = [unfold(card, shared) for block in made.blocks for card in json.loads(block)]
    assert cards == json.loads(json.dumps([make_card(_, report, d) for d in in_order(report.devices)]))


def test_what_repeats_stands_once():
    shared = json.loads(island(crowd(500)).shared)
    assert len(shared["findings"]) <= 8
    assert len(shared["rules"]) <= 8


def test_shared_values_are_numbered_in_order_of_first_use():
    shared = Shared()
    assert [shared.number("b"), shared.number("a"), shared.number("b")] == [0, 1, 0]
    assert shared.values() == ["b", "a"]


def test_rows_rank_addresses_by_number_and_flag_what_to_look_at():
    rows = json.loads(island(make_report()).rows)
    ranked = [row[4] for row in sorted(rows, key=lambda row: row[7])]
    assert ranked[0] == "10.20.0.9"
    assert ranked[-1] == "192.168.1.64"
    flags = {row[4]: row[10] for row in rows}
    assert flags["10.20.1.108"] == HIDES
    assert flags["10.20.2.13"] == CONFLICT
    assert flags["192.168.1.64"] == OFF_SCOPE


def test_rows_name_lists_by_place_and_status():
    lists = {row[4]: (row[8], row[9]) for row in json.loads(island(make_report()).rows)}
    assert lists["10.20.0.64"] == ([0, 1], [])
    assert lists["10.20.1.77"] == ([0], [1])
    assert lists["10.20.0.9"] == ([], [])


def test_texts_that_the_table_hides_can_be_searched():
    rows = json.loads(island(make_report()).rows)
    assert "Hyrja kryesore" in rows[0][12]
    assert "fe80::4619:b6ff:fe00:1234" in rows[0][12]


def test_blocks_are_full_but_the_last():
    blocks = island(crowd(BLOCK + 1)).blocks
    assert [len(json.loads(block)) for block in blocks] == [BLOCK, 1]
