"""ARP sweeps of a /16 at 100,000 frames a second, and of networks where hosts miss the first request, beside others."""

from __future__ import annotations

from typing import Final

from benchmarks.arp import OURS, STEADY, TUNED, Site, absent, beside, found_all, measure_site, tell
from benchmarks.claims import Claim, Options, Result, at_most

LARGE: Final = Site("10.79.0.0/16", 5_000, 100_000)
LARGE_SLEEPY: Final = Site("10.79.0.0/16", 5_000, 100_000, 0.05)
MIDDLE_SLEEPY: Final = Site("10.79.0.0/20", 2_000, 10_000, 0.05)

NOTE: Final = (
    "nmap keeps the tuning of the smaller networks, --min-rate 10000, for its bar (run once: it takes a quarter of a "
    "minute). Told to send as fast as we do it is quicker; two requests to each silent address take us 1.3 s."
)

MOST_MEMORY: Final = 120.0
"""MB that a sweep of a /16 may take at its peak, both processes together."""


def measure(options: Options) -> Result:
    """The sleepy /20, and the /16 both ways."""
    middle = measure_site(MIDDLE_SLEEPY, ("arp-scan", "masscan"), options)
    middle |= measure_site(MIDDLE_SLEEPY, ("nmap -T4",), Options(1), ours=False)
    tables = [tell(MIDDLE_SLEEPY, middle, "nmap -T4 was run once: it takes 20 seconds.")]
    bars = [*found_all(MIDDLE_SLEEPY, middle), *beside(MIDDLE_SLEEPY, middle, "arp-scan", 1.05)]
    if not options.quick:
        large = measure_site(LARGE, ("arp-scan", TUNED, "masscan"), options)
        large |= measure_site(LARGE, (STEADY,), Options(1), ours=False)
        sleepy = measure_site(LARGE_SLEEPY, ("arp-scan", "masscan"), options)
        tables += [tell(LARGE, large, NOTE), tell(LARGE_SLEEPY, sleepy)]
        bars += [*found_all(LARGE, large), *found_all(LARGE_SLEEPY, sleepy)]
        bars += [*beside(LARGE, large, "arp-scan", 1.05), *beside(LARGE_SLEEPY, sleepy, "arp-scan", 1.05)]
        bars += [*beside(LARGE, large, STEADY, 0.2), *beside(LARGE, large, "masscan", 0.8)]
        peak = max((run.said["memory"] + run.said["children"]) / 1000 for run in large[OURS])
        bars.append(at_most(f"/16: peak memory of both processes under {MOST_MEMORY:.0f} MB", peak, MOST_MEMORY, " MB"))
    return Result(
        tuple(tables),
        tuple(bars),
        missing=absent(),
    )


CLAIM: Final = Claim(
    "arp-large",
    "ARP sweeps of large networks, and of hosts that miss the first request",
    "As the sweeps of smaller networks, at 100,000 frames a second on the /16. Of sleepy networks 5 % of the hosts, "
    "by chance, do not answer the first request that reaches them.",
    measure,
    needs_lab=True,
)
