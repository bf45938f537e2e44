"""Recall is of what is really open, and a run that left something in the kernel's table is told."""

from __future__ import annotations

from benchmarks.peers import Run
from benchmarks.ports import BY_ETHERNET, OPEN, OURS, PERSONA, SLOWER, T4, knocking_seconds, open_ports, tell
from simulator.estate import build_estate
from simulator.persona import load_persona

TRUTH = frozenset({"192.0.2.1:80", "192.0.2.1:554"})


def test_the_persona_keeps_open_what_the_truth_says() -> None:
    ports = {port for part in load_persona(PERSONA).services for port in getattr(part, "ports", ())}
    assert set(OPEN) <= ports
    assert len(open_ports(build_estate("192.0.2.0/24", {PERSONA: 3}))) == 3 * len(OPEN)


def test_bars_are_of_the_worst_run() -> None:
    good = Run(2.0, TRUTH, {"seconds": 1.0, "entries": 0})
    bad = Run(2.0, frozenset({"192.0.2.1:80"}), {"seconds": 1.0, "entries": 3})
    slow = Run(10.0, TRUTH, {})
    result = tell({OURS: [good], SLOWER: [good], T4: [slow], BY_ETHERNET: [Run(1.0, TRUTH, {})]}, TRUTH)
    assert [bar.met for bar in result.bars] == [True, True, True, True]
    result = tell({OURS: [good], SLOWER: [bad]}, TRUTH)
    assert [(bar.measured, bar.met) for bar in result.bars] == [("0.5", False), ("3", False)]
    assert knocking_seconds(slow) == 10.0
