"""`policies show` prints everything a list or a profile holds, and an own profile is one file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from scanner.commands.policies import check, show
from scanner.data_file import DataError
from scanner.policy_files import list_policies, load_policies

PROFILE = """id: our-buying
title: What our buyers look at
why: The lists our procurement office asked for.
policies:
  - id: us-ndaa-889
    why: our donors ask for it
  - id: {other}
    why: our own instruction
"""


def test_a_list_is_shown_with_dates_reach_limits_doubts_and_sources(capsys: pytest.CaptureFixture[str]) -> None:
    show("us-bis-entity-list")
    out = capsys.readouterr().out
    for said in (
        "In effect for buyers since: 2019-10-09",
        "Names 'Hikvision' (named) since 2019-10-09, 84 FR 54002",
        "Subsidiaries: counted since 2025-09-29 until 2025-11-09",
        "Subsidiaries: unsettled since 2026-11-10",
        "Doubt: ",
        "Source (excerpt): Federal Register",
    ):
        assert said in out


@pytest.mark.parametrize("name", list_policies())
def test_every_name_of_every_list_is_shown_with_its_confidence(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    show(name)
    out = capsys.readouterr().out
    (policy,) = load_policies([name])
    assert ("informs only" in out) is not policy.makes_findings
    for entity in policy.entities:
        (line,) = [line for line in out.splitlines() if line.startswith(f"Names {entity.name!r} ({entity.role.value})")
                   and f"since {entity.since}" in line]  # fmt: skip
        assert f"confidence {entity.confidence.value}" in line
        assert entity.until is None or f"until {entity.until}" in line


def test_a_criterion_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show("uk-statement-2022")
    assert "Criterion: produced by companies subject to" in capsys.readouterr().out


def test_a_profile_is_shown_with_the_reason_of_each_list(capsys: pytest.CaptureFixture[str]) -> None:
    show("kosovo-reference")
    out = capsys.readouterr().out
    assert "  us-ofac-ns-cmic: an investment ban\n" in out
    assert "us-ofac-ns-cmic: NS-CMIC list" in out


def test_an_own_profile_names_shipped_lists_and_files_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "ours.yaml"
    shipped = (files("policies") / "us-fcc-covered.yaml").read_text("utf-8")
    own.write_text(shipped.replace("id: us-fcc-covered", "id: ours"), "utf-8")
    profile = tmp_path / "our-buying.yaml"
    profile.write_text(PROFILE.format(other="ours.yaml"), "utf-8")
    assert check([profile]) == 0
    assert [policy.id for policy in load_policies([str(profile)])] == ["us-ndaa-889", "ours"]
    show(str(profile))
    assert "  ours.yaml: our own instruction" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("other", "says"),
    [("our-buying.yaml", "is a profile; a profile names lists"), ("none.yaml", "cannot be read: No such file")],
)
def test_a_profile_that_names_itself_or_nobody_is_refused(tmp_path: Path, other: str, says: str) -> None:
    profile = tmp_path / "our-buying.yaml"
    profile.write_text(PROFILE.format(other=other), "utf-8")
    with pytest.raises(DataError, match=says):
        load_policies([str(profile)])


def test_an_unknown_list_in_a_profile_is_refused_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = tmp_path / "our-buying.yaml"
    profile.write_text(PROFILE.format(other="us-ndaa-88"), "utf-8")
    assert check([profile]) == 2
    assert f"{profile}:7: " in capsys.readouterr().err


def test_an_unknown_name_is_refused_without_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DataError, match=r"^nonsense: no list or profile has this name"):
        show("nonsense")
