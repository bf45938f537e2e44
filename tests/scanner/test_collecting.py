"""Objects that stay to the end are not looked through for cycles again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from scanner.collecting import COLLECT_AFTER, COLLECT_OLDER, spare_collections


@pytest.fixture
def _usual_collections() -> Iterator[None]:
    usual = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*usual)


@pytest.mark.usefixtures("_usual_collections")
def test_what_stays_to_the_end_is_not_looked_through_for_cycles_again_and_again() -> None:
    spare_collections()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == (COLLECT_AFTER, *COLLECT_OLDER)
    assert gc.isenabled()
