"""The TVT sweep sends operation 8 and nothing else."""

from __future__ import annotations

from probes.tvt_sweep import SWEEP, make_shouts
from scanner.codec.tvt_search import build_search
from tests.sweep_link import ETH0, answer, run_sweep, sweep_link


def test_only_the_search_leaves_for_its_group() -> None:
    shouts = make_shouts(ETH0)
    assert {(shout.group, shout.port) for shout in shouts} == {("234.55.55.55", 23456)}
    assert {shout.payload[:6] for shout in shouts} == {b"MHED\x08\x00"}


async def test_an_answer_is_kept_in_hexadecimal_and_searches_are_left_out() -> None:
    link = sweep_link(ETH0)
    link.answers["eth0"] = [answer(build_search()[0]), answer(b"MHED\x07\x00", port=23456)]
    (seen,) = await run_sweep(SWEEP, link)
    assert (seen.name, seen.value) == ("tvt-search.raw", b"MHED\x07\x00".hex())
    assert (link.asked[0].local_port, link.asked[0].join) == (23456, ("234.55.55.55", "234.55.55.56"))
