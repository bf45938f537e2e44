"""The Uniview sweep sends both forms of the private probe from the port the vendor's tool uses."""

from __future__ import annotations

from probes.uniview_sweep import SWEEP, make_shouts
from tests.probes.test_wsd_sweep import match
from tests.sweep_link import ETH0, answer, run_sweep, sweep_link


def test_both_forms_leave_by_broadcast() -> None:
    shouts = make_shouts(ETH0)
    assert {(shout.group, shout.port) for shout in shouts} == {("255.255.255.255", 3702)}
    assert len(shouts) == 2
    assert all(b"UniviewProbe" in shout.payload for shout in shouts)


async def test_a_device_is_told_once_and_garbage_is_kept() -> None:
    link = sweep_link(ETH0)
    same = [answer(match(relates_to=f"urn:uuid:{n}").replace(b"ProbeMatches", b"UniviewProbeMatches")) for n in (1, 2)]
    link.answers["eth0"] = [*same, answer(b"nonsense")]
    seen = await run_sweep(SWEEP, link)
    assert [one.name for one in seen] == ["univiewprobe.raw"] * 2
    assert seen[1].value == "nonsense"
    assert link.asked[0].local_port == 3705
