"""The slope is that of one more address."""

from __future__ import annotations

import pytest

from benchmarks.growth import make_site, slope_bars


@pytest.mark.parametrize(("last", "met"), [(4.1, [True, True]), (6.1, [False, True]), (2.1, [True, False])])
def test_time_that_does_not_grow_with_the_addresses_alone_is_seen(last: float, met: list[bool]) -> None:
    seconds = {1 << 12: 0.35, 1 << 14: 1.1, 1 << 16: last}
    assert [bar.met for bar in slope_bars(seconds)] == met


def test_every_size_has_hosts_at_the_same_density() -> None:
    assert [make_site(bits).hosts for bits in (8, 12, 16)] == [20, 240, 4080]
