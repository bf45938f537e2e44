"""Findings that are remembered are those that judging anew would give."""

from __future__ import annotations

from datetime import date
from itertools import product

from scanner import findings as subject
from scanner.findings import ListJudge
from scanner.makers_file import load_makers
from scanner.model import Conflict, Evidence, Identity, Standing, replace
from scanner.policy import judge_lists
from scanner.policy_files import list_policies, load_policies

MAKERS, POLICIES, DAY = load_makers(), load_policies(list_policies()), date(2026, 9, 1)


def identity(maker: str | None, **changes: object) -> Identity:
    standing = Standing.UNRECOGNISED if maker is None else Standing.IDENTIFIED
    plain = Identity(maker, None, "DS-1", "V5", "SN-000000001", "camera", standing, 0.99)
    return replace(plain, **changes)  # type: ignore[arg-type]


def component(name: str) -> Evidence:
    return Evidence(
        f"component={name}", "web", "f", "good", 0.5, "http.body", "v", "", "10.0.0.1", 80, "", "why", "where"
    )


DEVICES = [
    replace(identity(maker, standing=standing, kind=kind), model=model, evidence=evidence)
    for maker, standing, kind, model, evidence in product(
        ("hikvision", "dahua", "axis", "hisilicon", None),
        Standing,
        ("camera", "storage", None),
        ("DS-1", "DS-2", None),
        ((), (component("hisilicon"),)),
    )
] + [
    identity("dahua", brand="lorex"),
    identity(None, brand="lorex", standing=Standing.UNDETERMINED),
    identity(None, standing=Standing.UNDETERMINED, conflicts=(Conflict(("axis", "dahua"), "x", ("a", "b")),)),
    identity(None, standing=Standing.UNDETERMINED, conflicts=(Conflict(("axis", "hikvision"), "y", ("a", "b")),)),
]


def test_what_is_remembered_equals_what_is_judged_anew() -> None:
    lists = ListJudge(POLICIES, MAKERS, DAY)
    for bought in (None, date(2019, 1, 1), date(2024, 1, 1)):
        for who in (*DEVICES, *DEVICES):
            assert lists.judge(who, bought) == judge_lists(who, POLICIES, MAKERS, DAY, bought)


def test_devices_alike_to_the_lists_are_judged_once(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    judged: list[Identity] = []

    def judge(who: Identity, *others: object) -> tuple[()]:
        judged.append(who)
        return ()

    monkeypatch.setattr(subject, "judge_lists", judge)
    lists = ListJudge(POLICIES, MAKERS, DAY)
    for serial in ("SN-1", "SN-2", "SN-3"):
        lists.judge(identity("hikvision", serial=serial, confidence=0.9, evidence=()))
    lists.judge(identity("dahua"))
    assert len(judged) == 2


def test_memory_is_bounded(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(subject, "KINDS_KEPT", 3)
    lists = ListJudge(POLICIES[:1], MAKERS, DAY)
    for n in range(20):
        lists.judge(identity(f"maker-{n}"))
        assert len(lists._known) <= 3
