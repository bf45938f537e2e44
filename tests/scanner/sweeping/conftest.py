"""Lends the wire to the tests of the sweep link."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.segment import Segment, make_segment


@pytest.fixture
def segment() -> Iterator[Segment]:
    """A /24 with nobody on it yet."""
    with make_segment() as made:
        yield made
