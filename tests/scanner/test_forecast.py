"""What `plan` foretells: the tightest of what limits a run, and never less for more of anything."""

from __future__ import annotations

import pytest

from probes import load_plugins
from probes.port_sweep import PORTS
from scanner.forecast import QUIET, SEGMENT_SHARE, START, Forecast, foretell
from scanner.pace import PRESETS, USED, Pace, parse_pace


def make(pace: Pace, *, addresses: int = 254, hosts: int = 60, routed: int = 0, interfaces: int = 1) -> Forecast:
    sweeps, probes = load_plugins()
    return foretell(
        addresses=addresses, routed=routed, interfaces=interfaces, hosts=hosts, ports=len(PORTS), pace=pace,
        sweeps=[one for one in sweeps if not one.opt_in], probes=[one for one in probes if not one.opt_in],
    )  # fmt: skip


def test_on_a_small_network_the_questions_to_the_segment_take_longest() -> None:
    pace = parse_pace("normal")
    foretold = make(pace)
    asking = foretold.sweep_packets / (pace.per_host / SEGMENT_SHARE * USED)
    assert foretold.seconds == pytest.approx(START + asking + QUIET)
    assert 9 < foretold.seconds < 12, "counted on the wire: ten"


def test_on_a_large_one_the_pace_of_all_does() -> None:
    pace = parse_pace("normal")
    foretold = make(pace, addresses=65_534, hosts=5_000)
    packets = foretold.arp_packets + foretold.sweep_packets
    assert foretold.seconds > packets / (pace.overall * USED)
    assert 250 < foretold.seconds < 350


@pytest.mark.parametrize("pace", PRESETS, ids=str)
def test_more_of_anything_never_takes_less(pace: Pace) -> None:
    assert make(pace).seconds <= make(pace, hosts=200).seconds <= make(pace, hosts=200, addresses=4_094).seconds
    assert make(pace).arp_packets == 2 * 254 - 60


def test_behind_a_router_every_address_is_knocked_at() -> None:
    near, far = make(parse_pace("normal")), make(parse_pace("normal"), routed=254, interfaces=0)
    assert (far.arp_packets, far.sweep_packets) == (0, 0)
    assert far.seconds != near.seconds
