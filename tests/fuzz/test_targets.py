"""A short run over every parser, and the table of targets held to the modules."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scanner.codec
import scanner.importing
from tests.fuzz.lies import make_lies
from tests.fuzz.run import load_targets, read_cases, read_corpus
from tests.fuzz.targets import TARGETS

ALL = load_targets()
SLOW = {"judged_record", "paper_xlsx", "paper_sheet", "policy_file", "fingerprint_file"}
"""Targets that read whole files of data; they get fewer inputs here."""


def test_every_codec_has_a_target() -> None:
    modules = {path.stem for path in Path(scanner.codec.__path__[0]).glob("*.py")} - {"__init__"}
    assert modules <= set(ALL)
    assert set(TARGETS) - {"dissect"} <= modules


def test_every_reader_of_foreign_files_has_a_target() -> None:
    modules = {path.stem for path in Path(scanner.importing.__path__[0]).glob("*.py")} - {"__init__"}
    names = {"files": "import_file", "observations": "observation_lines"}
    assert {names.get(module, module) for module in modules} <= set(ALL)
    others = {"record", "judged_record", "strict_yaml", "fingerprint_file", "makers_file", "policy_file", "paper_csv",
              "paper_xlsx", "bundle", "helper_requests", "helper_frame"}  # fmt: skip
    assert others <= set(ALL)


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_seed_and_everything_kept_runs(name: str) -> None:
    target = ALL[name]
    assert target.seeds
    for data in (*target.seeds, *read_corpus(name)):
        target.run(data)


@pytest.mark.parametrize("name", sorted(ALL))
def test_what_broke_a_parser_once_breaks_it_no_more(name: str) -> None:
    for data in read_cases(name):
        ALL[name].run(data)


@st.composite
def damaged(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A seed with a few pieces cut out, doubled, flipped or replaced."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 4))):
        at, length = draw(st.integers(0, max(0, len(data) - 1))), draw(st.integers(0, 40))
        piece = draw(st.sampled_from((b"", data[at : at + length] * 2, b"\xff" * length)) | st.binary(max_size=20))
        data = data[:at] + piece + data[at + length :]
    return data


@pytest.mark.parametrize("name", sorted(ALL))
def test_damaged_seeds_and_noise_run(name: str) -> None:
    target = ALL[name]
    examples = 15 if name in SLOW else 60

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(damaged(target.seeds) | st.binary(max_size=300))
    def run(data: bytes) -> None:
        target.run(data)

    run()


def test_every_parser_of_a_length_is_told_wrong_ones() -> None:
    lies = make_lies()
    assert set(lies) <= set(ALL)
    assert all(set(told) <= set(ALL[name].seeds) for name, told in lies.items())
    readers = {"http1", "rtsp", "dvrip_search", "dhdiscover", "xm_search", "client_hello", "certificate", "ipv4_udp",
               "helper_frame", "rtnetlink", "record", "bundle"}  # fmt: skip
    assert readers <= set(lies)
