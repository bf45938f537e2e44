"""`scan` refuses what it could not use afterwards before it sends the first packet."""

from __future__ import annotations

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
