"""A document with a long list, written item by item, has the bytes of the whole one."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from reports.long_list import write_with

HEAD = {"name": 'a "items": [] that is no list\n', "within": [{"other": [], "items": [], "last": {"items": [1]}}]}
ITEMS = [{"text": 'line\n"items": []', "deep": [{"x": None}]}, {}, [], "ë", 3]


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_the_pieces_are_the_whole(count: int) -> None:
    whole = {**HEAD, "within": [{"other": [], "items": ITEMS[:count], "last": {"items": [1]}}]}
    assert "".join(write_with(HEAD, "items", ITEMS[:count])) == json.dumps(whole, indent=2) + "\n"


def test_an_item_is_asked_for_when_the_one_before_is_written() -> None:
    asked: list[int] = []

    def items() -> Iterator[int]:
        for number in range(3):
            asked.append(number)
            yield number

    pieces = write_with(HEAD, "items", items())
    next(pieces), next(pieces)
    assert asked == [0]


def test_a_list_that_is_not_there_is_told() -> None:
    with pytest.raises(ValueError, match="no empty list 'absent'"):
        list(write_with(HEAD, "absent", ITEMS))
