"""A short run over every parser, and the table of targets held to the modules."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scanner.codec
from tests.fuzz.targets import TARGETS

ELSEWHERE = {"rtnetlink"}
"""Modules whose peer is our own kernel, not a stranger; their own tests feed them garbage."""


def test_every_codec_has_a_target() -> None:
    modules = {path.stem for path in Path(scanner.codec.__path__[0]).glob("*.py")} - {"__init__"}
    assert modules - ELSEWHERE == set(TARGETS) - {"dissect"}


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_every_seed_runs(name: str) -> None:
    target = TARGETS[name]
    assert target.seeds
    for seed in target.seeds:
        target.run(seed)


@st.composite
def damaged(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A seed with a few pieces cut out, doubled, flipped or replaced."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 4))):
        at, length = draw(st.integers(0, max(0, len(data) - 1))), draw(st.integers(0, 40))
        piece = draw(st.sampled_from((b"", data[at : at + length] * 2, b"\xff" * length)) | st.binary(max_size=20))
        data = data[:at] + piece + data[at + length :]
    return data


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_damaged_seeds_and_noise_run(name: str) -> None:
    target = TARGETS[name]

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(damaged(target.seeds) | st.binary(max_size=300))
    def run(data: bytes) -> None:
        target.run(data)

    run()
