"""The DVRIP sweep sends the two searches and no other frame code."""

from __future__ import annotations

from probes.dvrip_sweep import SWEEP, make_shouts
from scanner.codec.dvrip_search import build_search
from tests.sweep_link import ETH0, answer, run_sweep, sweep_link


def test_only_searches_leave_by_broadcast() -> None:
    shouts = make_shouts(ETH0)
    assert {(shout.group, shout.port) for shout in shouts} == {("255.255.255.255", 5050)}
    assert {shout.payload[0] for shout in shouts} == {0xA3}
    assert len(shouts) == 2


async def test_an_answer_is_kept_in_hexadecimal_and_searches_are_left_out() -> None:
    link = sweep_link(ETH0)
    link.answers["eth0"] = [answer(build_search()[0]), answer(b"\xb3\x00\x11", port=5050)]
    (seen,) = await run_sweep(SWEEP, link)
    assert (seen.name, seen.value, seen.port) == ("dvrip-search.raw", "b30011", 5050)
    assert link.asked[0].local_port == 5050
