"""What the sweeps declare of themselves is true to the vocabulary and to the safety page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from probes import Sweep, load_plugins
from probes.port_sweep import PORTS

ROOT = Path(__file__).resolve().parents[2]
SWEEPS = load_plugins()[0]
SAFETY = (ROOT / "docs" / "safety.md").read_text("utf-8").partition("\n## Sweeps\n")[2]
FIELDS = yaml.safe_load((ROOT / "fingerprints" / "fields.yaml").read_text("utf-8"))["protocols"]

every_sweep = pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: sweep.name)


@every_sweep
def test_every_field_is_in_the_vocabulary(sweep: Sweep) -> None:
    names = {f"{protocol}.{field}" for protocol, item in FIELDS.items() for field in item["fields"]}
    assert set(sweep.emits) <= names


@every_sweep
def test_the_safety_page_has_its_numbers_and_a_chapter(sweep: Sweep) -> None:
    row = re.search(rf"^\| `{sweep.name}` \| (\d+) \|", SAFETY, re.MULTILINE)
    assert row is not None, f"{sweep.name} is missing in docs/safety.md"
    assert int(row[1]) == sweep.touch.datagrams
    assert f"\n### `{sweep.name}`\n" in SAFETY


@every_sweep
def test_it_says_what_it_asks_what_it_never_does_and_what_is_lost_without_it(sweep: Sweep) -> None:
    assert sweep.asks.endswith(".")
    assert sweep.never.endswith(".")
    assert len(sweep.lost) > 20


def test_the_safety_page_names_every_port_that_is_knocked_at() -> None:
    chapter = SAFETY.partition("### `port-sweep`")[2].partition("###")[0]
    named = set(map(int, re.findall(r"\b\d{2,5}\b", chapter.partition("one after the other")[0])))
    assert named == set(PORTS)


def test_names_are_unambiguous() -> None:
    assert len({sweep.name for sweep in SWEEPS}) == len(SWEEPS)
