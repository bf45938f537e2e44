"""Pins how lists are chosen, and that an unsound file is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.data_file import DataError
from scanner.makers_file import load_makers
from scanner.policy_files import (
    check_policy_file,
    list_policies,
    list_profiles,
    load_policies,
    load_profile,
    read_policy,
    read_profile,
    read_selection,
)

MAKERS = load_makers()
GOOD = """\
id: own
title: What our ministry does not buy
short: the ministry's own list
issuer: The ministry
jurisdiction: XK
kind: organisation-rule
legal_reference: Instruction 1/2026
status: in force
copy_date: 2026-11-23
confidence: high
effective_for_findings: 2026-01-01
scope: Our own buildings.
says_not: It binds nobody outside this ministry.
dates:
  - date: 2026-01-01
    event: in force
covers:
  goods: [video-surveillance]
  rebadge:
    - reach: counted
      words: it asks who made it
  existing_equipment: to be replaced by 2028
entities:
  - name: Dahua
    maker: dahua
    role: named
    since: 2026-01-01
    reference: Instruction 1/2026, article 2
    confidence: high
sources:
  - publisher: The ministry
    title: Instruction 1/2026
    read: read
"""


def test_the_default_is_section_889() -> None:
    assert [policy.id for policy in load_policies()] == ["us-ndaa-889"]


def test_ids_profiles_and_own_files_are_chosen_together_each_once(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(GOOD, "utf-8")
    chosen = load_policies(["us-bis-entity-list", "uk-sensitive-sites", str(own), "us-bis-entity-list"], MAKERS)
    assert [p.id for p in chosen] == ["us-bis-entity-list", "uk-statement-2022", "uk-procurement-act", "own"]


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(DataError, match=r"us-ndaa-889.*kosovo-reference"):
        load_policies(["us-ndaa-888"])
    with pytest.raises(DataError, match="us-federal"):
        load_profile("nobody")


def test_a_missing_or_foreign_file_is_a_problem_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        load_policies([str(tmp_path / "none.yaml")])
    (tmp_path / "latin.yaml").write_bytes(b"id: \xff\n")
    assert "cannot be read" in check_policy_file(tmp_path / "latin.yaml")[0].message
    with (tmp_path / "huge.yaml").open("wb") as huge:
        huge.truncate(100 * 1024 * 1024)
    assert "larger than" in check_policy_file(tmp_path / "huge.yaml")[0].message


def test_no_profile_takes_the_name_of_a_list() -> None:
    assert set(list_profiles()) & set(list_policies()) == set()


def test_a_list_chosen_twice_is_applied_once_and_two_of_one_name_are_refused(tmp_path: Path) -> None:
    own, other = tmp_path / "own.yaml", tmp_path / "newer" / "own.yaml"
    own.write_text(GOOD, "utf-8")
    other.parent.mkdir()
    other.write_text(GOOD, "utf-8")
    chosen = ["us-ndaa-889", "kosovo-reference", str(own), str(other)]
    assert [name for name, _ in read_selection(chosen)].count("policies/us-ndaa-889.yaml") == 1
    assert [policy.id for policy in load_policies(chosen)].count("own") == 1
    other.write_text(GOOD.replace("2028", "2029"), "utf-8")
    with pytest.raises(DataError, match=r"newer/own\.yaml: .*own\.yaml is applied already and has the same id"):
        load_policies(chosen)


def test_a_sound_file_has_no_problems(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(GOOD, "utf-8")
    assert check_policy_file(tmp_path / "own.yaml") == []


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("id: own", "id: other", 1, "must be the same"),
        ("status: in force", "sttus: in force", 8, "unknown key 'sttus'"),
        ("says_not: It binds nobody outside this ministry.\n", "", 1, "'says_not' is missing"),
        ("says_not: It binds nobody outside this ministry.", "says_not: n/a", 13, "does not say"),
        ("copy_date: 2026-11-23", "copy_date: 23.11.2026", 9, "YYYY-MM-DD"),
        ("  - date: 2026-01-01", "  - date: January 2026", 15, "YYYY-MM"),
        ("    maker: dahua", "    maker: dauha", 25, "unknown maker 'dauha' (did you mean 'dahua'?)"),
        ("    reference: Instruction 1/2026, article 2\n", "", 24, "'reference' is missing"),
        ("    role: named", "    role: boss", 26, "role"),
        (
            "    since: 2026-01-01\n    reference",
            "    since: 2027-01-01\n    reference",
            27,
            "after the date of this copy",
        ),
        (
            "    confidence: high\nsources",
            "    confidence: high\n    until: 2025-01-01\nsources",
            30,
            "before it begins",
        ),
        (
            "    confidence: high\nsources",
            "    confidence: high\n    effective: 2025-01-01\nsources",
            30,
            "takes effect",
        ),
        ("  goods: [video-surveillance]", "  goods: [cameras]", 18, "goods"),
        ("  goods: [video-surveillance]", "  goods: []", 18, "goods"),
        ("kind: organisation-rule", "kind: ban", 6, "kind"),
        ("kind: organisation-rule", "kind: draft", 11, "makes no finding"),
        ("    title: Instruction 1/2026", "    title: x\n    url: http://x", 33, "https://"),
        (
            "      words: it asks who made it",
            "      words: it asks who made it\n    - reach: unsettled\n      words: later",
            22,
            "before the rule above it ends",
        ),
        ("scope: Our own buildings.", "scope:", 12, "empty"),
    ],
)
def test_an_unsound_file_is_refused_with_its_line(old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    policy, problems = read_policy(GOOD.replace(old, new, 1), "own.yaml", MAKERS)
    assert policy is None
    assert any(problem.line == line and says in problem.message for problem in problems), [str(p) for p in problems]


def test_a_list_that_judges_needs_somebody_to_judge_by() -> None:
    start, end = GOOD.index("entities:"), GOOD.index("sources:")
    _, problems = read_policy(GOOD[:start] + GOOD[end:], "own.yaml", MAKERS)
    assert any("names somebody or sets a criterion" in p.message for p in problems)


def test_a_criterion_needs_a_fitting_kind_and_country_codes() -> None:
    criterion = "criterion:\n  words: made there\n  since: 2026-01-01\n  countries: [China]\n"
    text = GOOD.replace("dates:\n", criterion + "dates:\n")
    _, problems = read_policy(text, "own.yaml", MAKERS)
    assert any("two capital letters" in p.message for p in problems)
    _, problems = read_policy(
        text.replace("organisation-rule", "named-list").replace("China", "CN"), "own.yaml", MAKERS
    )
    assert any("not by a criterion" in p.message for p in problems)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("id: x\ntitle: X\nwhy: because\npolicies:\n  - id: nobody\n    why: w\n", 5, "unknown list 'nobody'"),
        ("id: y\ntitle: X\nwhy: because\npolicies: []\n", 1, "must be the same"),
        ("id: x\ntitle: X\nwhy: because\npolicies: []\n", 4, "at least one"),
        (
            "id: x\ntitle: X\nwhy: w\npolicies:\n  - id: us-ndaa-889\n    why: w\n  - id: us-ndaa-889\n    why: w\n",
            7,
            "twice",
        ),
    ],
)
def test_an_unsound_profile_is_refused_with_its_line(text: str, line: int, says: str) -> None:
    profile, problems = read_profile(text, "x.yaml")
    assert profile is None
    assert any(problem.line == line and says in problem.message for problem in problems), [str(p) for p in problems]
