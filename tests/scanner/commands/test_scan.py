"""`scan` refuses what it could not use afterwards before it sends the first packet."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from scanner.commands import scan as command
from scanner.commands.judge import Verdict
from scanner.commands.scan import Wishes, scan
from scanner.data_file import DataError
from scanner.exits import UsageError


@pytest.fixture(autouse=True)
def _no_packet(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("the network would have been asked")

    monkeypatch.setattr(command, "run", refuse)
    monkeypatch.setattr(command, "prepare", refuse)


@pytest.mark.parametrize(
    ("verdict", "why"),
    [
        (Verdict(fail_on="maybe"), "--fail-on knows"),
        (Verdict(locale="de"), "the reports speak en, sq, sr"),
        (Verdict(baseline=Path("nowhere.json")), "nowhere.json cannot be read"),
        (Verdict(policies=("no-such-list",)), "no-such-list"),
    ],
)
def test_a_wish_that_cannot_be_met_costs_no_packet(verdict: Verdict, why: str) -> None:
    with pytest.raises((UsageError, DataError, LookupError), match=why):
        scan(Wishes(scope=("127.0.0.1",)), verdict)


@pytest.fixture
def _usual_collections() -> Iterator[None]:
    usual = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*usual)


@pytest.mark.usefixtures("_usual_collections")
def test_what_stays_to_the_end_is_not_looked_through_for_cycles_again_and_again() -> None:
    command.spare_collections()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == (command.COLLECT_AFTER, *command.COLLECT_OLDER)
    assert gc.isenabled()
