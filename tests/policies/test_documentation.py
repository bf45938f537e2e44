"""Holds docs/policies.md against the files it speaks of."""

from __future__ import annotations

import re
from pathlib import Path

from scanner.makers_file import load_makers
from scanner.paper.columns import Column
from scanner.policy_files import list_policies, list_profiles, load_policies, read_policy

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "policies.md").read_text("utf-8")
MAKERS = ("hikvision", "dahua", "huawei", "zte", "hytera", "uniview", "tiandy")


def test_every_list_profile_and_column_is_documented() -> None:
    assert [name for name in (*list_policies(), *list_profiles(), *Column) if name not in TEXT] == []


def test_the_table_of_makers_says_what_the_files_say() -> None:
    documented = {}
    for line in TEXT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] in list_policies() and len(cells) == len(MAKERS) + 2:
            documented[cells[0]] = cells[1:]
    expected = {}
    for policy in load_policies(list_policies()):
        days = [policy.naming(maker) for maker in MAKERS]
        if policy.makes_findings and any(days):
            expected[policy.id] = [policy.kind.value, *(d[0].since.isoformat() if d else "–" for d in days)]
    assert documented == expected


def test_the_example_of_an_own_list_is_sound() -> None:
    example = re.search(r"```yaml\n(id: ours\n.*?)```", TEXT, re.DOTALL)
    assert example is not None
    policy, problems = read_policy(example.group(1), "ours.yaml", load_makers())
    assert problems == []
    assert policy is not None
    assert policy.makes_findings


def test_every_informing_list_is_said_to_inform() -> None:
    paragraph = TEXT.split("Informing only")[1].split("Profiles:")[0]
    silent = {policy.id for policy in load_policies(list_policies()) if not policy.makes_findings}
    assert set(re.findall(r"`([a-z0-9-]+)`", paragraph)) == silent
