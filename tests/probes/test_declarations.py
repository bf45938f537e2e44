"""What the probes declare of themselves is true to the vocabulary, to the safety page and to each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from probes import Probe, load_plugins

ROOT = Path(__file__).resolve().parents[2]
PROBES = load_plugins()[1]
TALKING = [probe for probe in PROBES if not probe.touch.datagrams]  # the others stand among the sweeps
SAFETY = (ROOT / "docs" / "safety.md").read_text("utf-8")
FIELDS = yaml.safe_load((ROOT / "fingerprints" / "fields.yaml").read_text("utf-8"))["protocols"]

every_probe = pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)


@every_probe
def test_every_field_is_in_the_vocabulary(probe: Probe) -> None:
    names = {f"{protocol}.{field}" for protocol, item in FIELDS.items() for field in item["fields"]}
    assert set(probe.emits) <= names


@pytest.mark.parametrize("probe", TALKING, ids=lambda probe: probe.name)
def test_the_safety_page_has_its_numbers(probe: Probe) -> None:
    row = re.search(rf"^\| `{probe.name}` \| (\d+) \| (\d+) \|.*\| ([\w-]+) \|$", SAFETY, re.MULTILINE)
    assert row is not None, f"{probe.name} is missing in docs/safety.md"
    assert (int(row[1]), int(row[2])) == (probe.touch.connections, probe.touch.requests)
    assert row[3] == ("opt-in" if probe.opt_in else "always")
    assert f"### `{probe.name}`" in SAFETY


@pytest.mark.parametrize("probe", TALKING, ids=lambda probe: probe.name)
def test_it_says_what_it_asks_and_what_it_never_does(probe: Probe) -> None:
    assert probe.asks.endswith(".")
    assert probe.never.endswith(".")


def test_names_and_order_are_unambiguous() -> None:
    assert len({probe.name for probe in PROBES}) == len(PROBES)
    assert len({probe.order for probe in TALKING}) == len(TALKING)


def test_both_web_probes_stay_within_eight_requests_a_port() -> None:
    touch = {probe.name: probe.touch.requests for probe in PROBES}
    assert touch["http-banner"] + touch["http-maker-paths"] <= 8


@pytest.mark.parametrize("path", sorted((ROOT / "probes").glob("*.py")), ids=lambda path: path.name)
def test_no_leak_page_and_no_login_leg_stands_in_a_probe(path: Path) -> None:
    text = path.read_text("utf-8")
    for trap in (
        "webCapsConfig",
        "webLanguage",
        "configurationFile",
        "RPC2_Login",
        "sessionLogin",
        "/Users",
        "setConfig",
    ):
        assert trap not in text
