"""Kills a scan of a simulated site at random moments and goes on with it: is the report that of an undisturbed run?

`python -m benchmarks.kills [COUNT] [SEED]`, 100 by default; some twenty seconds each. Nothing leaves the machine.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from benchmarks.equality import differences, find_spared
from scanner.census import compile_report
from scanner.fingerprint import Library
from scanner.fingerprint_files import load_library
from scanner.makers import Makers
from scanner.makers_file import load_makers
from scanner.model import Observation, Report
from scanner.outputs import RECORD_NAME
from scanner.policy_files import DEFAULT_POLICY, load_policies
from scanner.policy_list import Policy
from scanner.record import Record, read_record
from scanner.record_line import RecordError
from simulator.estate import Estate
from simulator.lab import Lab
from simulator.ledger import STREAMS

NETWORK: Final = "10.78.0.0/26"

PERSONAS: Final = (
    "router", "printer", "hikvision-camera-old", "hikvision-camera-new", "hikvision-recorder", "dahua-camera-old",
    "dahua-rebadge-foreign-mac", "uniview", "tvt", "axis", "liar", "silent",
)  # fmt: skip
"""One of each kind that speaks differently: a dozen devices, so that a scan takes ten seconds."""

TIMEOUT: Final = 180.0
"""Seconds for one scan; ten are usual."""

EARLIEST: Final = 0.2
"""Seconds after the start of the first kill: before the program has read its own code."""


Requests = Mapping[str, Counter[tuple[str, int, str]]]
"""Address → how often each request (service, port, first line) came over TCP."""


TRIES: Final = 5
"""Tries of a kill whose simulated network was disturbed from outside."""


@dataclass(frozen=True, slots=True)
class Kill:
    """What one kill came to."""

    at: float  # seconds after the start
    stage: str  # "no record", "sensing" or "sealed"
    lines: int  # observations that were kept
    differing: tuple[str, ...]  # differences to the undisturbed report, in words
    asked_twice: int  # requests to one device that it had got before, for the device with most
    asked_again: int = 0  # of those to any device, the ones whose answers were in the record
    overflows: int = 0  # of the kernel's neighbour table, which all simulated sites of a machine share: the lab's fault
    spared: int = 0  # questions that only this run or only the undisturbed one had an answer to

    @property
    def disturbed(self) -> bool:
        """True when the lab, not the program, may be why the report differs."""
        return bool(self.overflows and self.differing)


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """A run that nobody killed."""

    report: Report
    seconds: float
    requests: Requests
    folder: Path
    observations: Sequence[Observation]


def make_site() -> Estate:
    """The site that is scanned."""
    devices = [{"persona": name, "address": f"10.78.0.{10 + number}"} for number, name in enumerate(PERSONAS)]
    devices.append({"persona": "off-scope-hikvision", "address": "192.168.1.64"})
    segment = {"network": NETWORK, "scanner": "10.78.0.2", "devices": devices}
    return Estate.model_validate({"id": "kills", "segments": [segment]})


class Scans:
    """Runs the program at the scanner's place of a lab."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start `camcensus` with these words in a process group of its own."""
        command, descriptors = self.lab.command([sys.executable, "-m", "scanner", *words])
        return subprocess.Popen(
            command, pass_fds=descriptors, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip

    def run(self, *words: str) -> tuple[int, str]:
        """Run it to its end; its exit code and what it said on standard error."""
        process = self.start(*words)
        _, errors = process.communicate(timeout=TIMEOUT)
        return process.returncode, errors

    def words(self, out: Path) -> tuple[str, ...]:
        """The scan that is killed."""
        return ("scan", NETWORK, "--interface", self.lab.interfaces[0], "--pace", "fast", "--out", str(out))

    def requests(self) -> Requests:
        """What each device was asked so far."""
        return {
            address: Counter(
                (seen.service, seen.port, seen.line) for seen in ledger.requests_seen if seen.service in STREAMS
            )
            for address, ledger in self.lab.counts().devices.items()
        }


def scan_undisturbed(scans: Scans, folder: Path) -> Undisturbed:
    """One scan from beginning to end."""
    before, began = scans.requests(), time.monotonic()
    code, errors = scans.run(*scans.words(folder))
    if code not in (0, 10, 11, 12):
        raise RuntimeError(f"the undisturbed scan failed with {code}: {errors[-2000:]}")
    seconds = time.monotonic() - began
    record = read_record(folder / RECORD_NAME)
    return Undisturbed(judge(record), seconds, _since(scans.requests(), before), folder, record.observations)


def kill_once(scans: Scans, folder: Path, at: float, undisturbed: Undisturbed) -> Kill:
    """Start a scan, kill the program and its helper after `at` seconds, go on with it, and compare."""
    before, overflows = scans.requests(), count_overflows()
    process = scans.start(*scans.words(folder / "killed"))
    time.sleep(at)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    stage, kept = _look(folder / "killed" / RECORD_NAME)
    final = folder / "killed" if stage == "sealed" else folder / "resumed"
    words: tuple[str, ...] = ("scan", "--resume", str(folder / "killed"), "--out", str(final))
    if stage == "sealed":
        words = ("judge", str(final))
    elif stage == "no record":
        words = scans.words(final)
    code, errors = scans.run(*words)
    if code not in (0, 10, 11, 12):
        return Kill(at, stage, len(kept), (f"exit code {code}: {errors[-500:]}",), 0)
    now = _since(scans.requests(), before)
    twice = count_repeats(now, undisturbed.requests)
    again = count_asked_again(find_repeats(now, undisturbed.requests), kept)
    record = read_record(final / RECORD_NAME)
    spared = find_spared(undisturbed.observations, record.observations, kept)
    differing = tuple(differences(undisturbed.report, judge(record), spared))
    return Kill(at, stage, len(kept), differing, twice, again, count_overflows() - overflows, len(spared))


def count_overflows(folder: Path = Path("/proc/1/net/stat")) -> int:
    """Overflows of the kernel's neighbour tables of both families since the machine started.

    The tables are one for all namespaces, and their counters are shown in the first one only; 0 where they are not.
    """
    count = 0
    for path in (folder / "arp_cache", folder / "ndisc_cache"):
        if not path.exists():
            continue
        names, *rows = (line.split() for line in path.read_text("utf-8").splitlines())
        count += sum(int(row[names.index("table_fulls")], 16) for row in rows)
    return count


def kill_until_fair(scans: Scans, folder: Path, at: float, undisturbed: Undisturbed) -> tuple[Kill, ...]:
    """Every try: again only after another large simulated network pushed our devices out of the shared table.

    That is what the kernel's own counter says of the time of the try; an unequal report without it stands.
    """
    kills: list[Kill] = []
    for turn in range(TRIES):
        (folder / str(turn)).mkdir(parents=True)
        kills.append(kill_once(scans, folder / str(turn), at, undisturbed))
        if not kills[-1].disturbed:
            break
    return tuple(kills)


def find_repeats(now: Requests, undisturbed: Requests) -> Requests:
    """Requests that came more than once, or more often than to a run that nobody disturbed."""
    return {
        address: Counter(
            {line: count - max(1, undisturbed.get(address, Counter())[line]) for line, count in lines.items()}
        )
        for address, lines in now.items()
    }


def count_repeats(now: Requests, undisturbed: Requests) -> int:
    """Repeated requests, of the device with most."""
    return max(sum(max(0, more) for more in lines.values()) for lines in find_repeats(now, undisturbed).values())


def count_asked_again(repeats: Requests, kept: Sequence[Observation]) -> int:
    """Repeated requests whose answers the killed run had in its record: 0 is meant; what was in flight does not count.

    Calls of one service share their first line; one of them can have been in flight, not two.
    """
    told = {(seen.address, seen.port, seen.request) for seen in kept}
    count = 0
    for address, lines in repeats.items():
        for (_, port, line), more in lines.items():
            method, path = line.split()[:2]
            if method == "POST":
                count += max(0, more - 1)
            elif more > 0 and not told.isdisjoint(((address, port, method), (address, port, f"{method} {path}"))):
                count += more
    return count


def choose_moments(count: int, seconds: float, rng: random.Random) -> list[float]:
    """Moments spread evenly over a whole scan: a random one in each of so many equal slices, in random order."""
    slice_ = (seconds - EARLIEST) / count
    return [EARLIEST + slice_ * (number + rng.random()) for number in rng.sample(range(count), count)]


def kill_often(count: int, rng: random.Random) -> Iterator[tuple[Kill, ...]]:
    """Each kill, with all its tries, in a site of its own, whose devices have not been asked anything yet."""
    with tempfile.TemporaryDirectory() as top:
        with Lab(make_site()) as lab:
            undisturbed = scan_undisturbed(Scans(lab), Path(top) / "undisturbed")
        for number, at in enumerate(choose_moments(count, undisturbed.seconds, rng)):
            with Lab(make_site()) as lab:
                yield kill_until_fair(Scans(lab), Path(top) / f"{number}", at, undisturbed)


def judge(record: Record) -> Report:
    """The report of a record."""
    library, makers, policies = _knowledge()
    return compile_report(record, library, makers, policies)


@cache
def _knowledge() -> tuple[Library, Makers, tuple[Policy, ...]]:
    return load_library(), load_makers(), tuple(load_policies((DEFAULT_POLICY,)))


def _look(path: Path) -> tuple[str, Sequence[Observation]]:
    """How far the killed run had got, and what it had kept; RecordError for a record that cannot be read."""
    if not path.exists() or b"\n" not in path.read_bytes():
        return "no record", ()
    record = read_record(path)
    return "sealed" if record.sealed else "sensing", record.observations


def _since(now: Requests, before: Requests) -> Requests:
    return {address: lines - before.get(address, Counter()) for address, lines in now.items()}


def main(arguments: Sequence[str]) -> int:
    """Print one line for each kill; 1 when a report differed or a record could not be read."""
    count, seed = [*map(int, arguments), *(100, 1)[len(arguments) :]]
    failed = most = again = disturbed = 0
    for number, kills in enumerate(kill_often(count, random.Random(seed)), 1):
        failed += bool(kills[-1].differing)
        disturbed += len(kills) - 1
        most = max(most, *(kill.asked_twice for kill in kills))
        again += sum(kill.asked_again for kill in kills)
        for kill in kills:
            print(f"{number:4} at {kill.at:5.2f} s  {kill.stage:9}  {kill.lines:4} observations kept  "
                  f"{kill.asked_twice} asked twice  {kill.asked_again} though answered  "
                  f"{kill.overflows} overflows of the kernel's table  {kill.spared} spared in one run  "
                  f"{'; '.join(kill.differing) or 'equal'}", flush=True)  # fmt: skip
    print(f"{count - failed} of {count} kills ended in an equal report; at most {most} requests to one device twice; "
          f"{again} asked again though the answer was in the record; "
          f"{disturbed} tries were repeated because the kernel's neighbour table overflowed meanwhile")  # fmt: skip
    return min(failed + again, 1)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except RecordError as error:
        sys.exit(f"a record could not be read: {error}")
