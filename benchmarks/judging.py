"""Times judging and rendering of very many devices, what memory that takes, and how soon a browser shows the report.

The devices are copies of simulated ones that were scanned, every unit with its own numbers (`large_records`). Each size
is judged in a process of its own; seconds are of the processor.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.claims import Bar, Claim, Line, Options, Plot, Result, Table, at_least, at_most, middle
from benchmarks.large_records import write_copies
from simulator.estate import Estate, build_estate, mixed_counts
from simulator.lab import Lab

NETWORK: Final = "10.66.0.0/24"
SEED: Final = 60
"""Simulated devices that are scanned once; the rest are copies."""

SIZES: Final = (1_000, 10_000, 50_000, 100_000)
OFTEN: Final = 10_000
"""Sizes up to here are measured as often as asked for, larger ones once: they take minutes."""

OPENED: Final = 50_000
"""Devices of the report that is opened in a browser, or the largest measured if that is smaller."""

SLOPE: Final = (10_000, 100_000)
"""Sizes between which time and memory must grow as the work does: the fixed costs of the first are small."""

GROWTH: Final = 8
"""KiB that a device may add to the memory: addresses, places of what it said, and what is counted and sorted by."""

CHROMIUM: Final = Path("/usr/bin/chromium")


@dataclass(frozen=True, slots=True)
class Judged:
    """One run over one record: seconds of the processor, and MiB at most."""

    devices: int
    observations: int
    judged: float  # from the file to the verdicts
    rendered: float
    memory: float

    @property
    def rate(self) -> float:
        """Observations a second and core, from the file to the verdicts."""
        return self.observations / self.judged


@dataclass(frozen=True, slots=True)
class Opened:
    """What a browser needed, in seconds, and how large the page is, in MB."""

    size: float
    open: float
    filter: float


def judge_once(record: str, out: str, observations: str) -> dict[str, Any]:
    """Judge one record with everything there is, and write the reports into `out`: as `camcensus judge` does."""
    from benchmarks.inside import peak_memory
    from scanner.collecting import spare_collections
    from scanner.commands.judge import make_report, write_reports
    from scanner.fingerprint_files import load_library
    from scanner.policy_files import list_policies
    from scanner.shelf import Shelf

    library, policies = load_library(), tuple(list_policies())
    spare_collections()
    begun = _spent()
    with closing(Shelf(Path(out))) as shelf:
        report = make_report(Path(record), policies, None, library=library, shelf=shelf)
        judged = _spent()
        write_reports(report, Path(out), "en")
        rendered = _spent()
        devices = len(report.devices)
    return {
        "devices": devices,
        "observations": int(observations),
        "judged": judged - begun,
        "rendered": rendered - judged,
        "memory": peak_memory() / 1024,
    }


def _spent() -> float:
    """Seconds of the processor, those of a process that wrote reports beside this one included."""
    beside = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + beside.ru_utime + beside.ru_stime


def open_once(page: str) -> dict[str, float]:
    """Open the page in a headless Chromium and search in it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"], headless=True)
        window = browser.new_page(viewport={"width": 1440, "height": 900})
        begun = time.monotonic()
        window.goto(Path(page).as_uri())
        window.locator(".line").first.wait_for()
        opened = time.monotonic()
        window.locator("#search").fill("hikvision")
        window.wait_for_function("document.querySelector('.line') !== null")
        window.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        filtered = time.monotonic()
        window.screenshot(path=str(Path(page).with_suffix(".png")))
        browser.close()
    return {"size": Path(page).stat().st_size / 1e6, "open": opened - begun, "filter": filtered - opened}


def measure(options: Options) -> Result:
    """Judge every size, write the reports, and open the largest that a browser is promised to open."""
    sizes = SIZES[:2] if options.quick else SIZES
    page = min(OPENED, sizes[-1])
    judged: dict[int, list[Judged]] = {}
    opened: list[Opened] = []
    with TemporaryDirectory() as folder:
        for size, record, observations in _write_ahead(Path(folder), sizes):
            runs = options.runs if size <= OFTEN else 1
            judged[size] = [Judged(**_run("judge", str(record), folder, str(observations))) for _ in range(runs)]
            if size == page and CHROMIUM.exists():
                opened = [Opened(**_run("open", str(Path(folder, "report.html")))) for _ in range(options.runs)]
    return Result(
        tables=(_table(judged), *_browser_table(opened, page)),
        bars=_bars(judged, opened),
        plots=(
            Plot(
                "judging",
                "Judging a record, seconds of one core",
                "devices",
                "seconds",
                (
                    Line("read and judged", tuple((size, _seconds(found)) for size, found in judged.items())),
                    Line("rendered", tuple((size, found[0].rendered) for size, found in judged.items())),
                ),
            ),
        ),
        missing=() if CHROMIUM.exists() else ("chromium: `apt-get install chromium`",),
    )


def _write_ahead(folder: Path, sizes: Sequence[int]) -> Iterator[tuple[int, Path, int]]:
    """Each size with its record and how many observations that holds; the next is written while one is judged."""
    seed, estate = scan_seed(folder)

    def write(size: int) -> tuple[int, Path, int]:
        record = folder / f"{size}.jsonl"
        return size, record, write_copies(seed, estate, size, record)

    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(write, sizes[0])
        for following in (*sizes[1:], None):
            size, record, observations = ahead.result()
            if following is not None:
                ahead = pool.submit(write, following)
            yield size, record, observations
            record.unlink()


def scan_seed(folder: Path) -> tuple[Path, Estate]:
    """The record of a few simulated devices, and what they are."""
    estate = build_estate(NETWORK, mixed_counts(SEED, SEED // 3))
    with Lab(estate, "shared") as lab:
        command = [sys.executable, "-m", "scanner", "scan", NETWORK, "--pace", "lab", "--out", str(folder / "seed")]
        done = lab.run_in_scanner(command)
    path = folder / "seed" / "record.jsonl"
    if not path.exists():
        raise RuntimeError(f"the seed could not be scanned: {done.stderr[-2_000:]}")
    return path, estate


def _run(what: str, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.judging", what, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def _seconds(runs: Sequence[Judged]) -> float:
    return middle([run.judged for run in runs])


def slope(first: tuple[int, float], last: tuple[int, float]) -> float:
    """By how much the time for one device grew between two sizes; 1 is linear."""
    return (last[1] / last[0]) / (first[1] / first[0])


def growth(first: tuple[int, float], last: tuple[int, float]) -> float:
    """KiB by which the memory, in MiB, grew for each device between two sizes."""
    return 1024 * (last[1] - first[1]) / (last[0] - first[0])


def _memory(runs: Sequence[Judged]) -> float:
    return max(run.memory for run in runs)


def _table(judged: Mapping[int, Sequence[Judged]]) -> Table:
    rows = [
        (f"{size:,}", f"{runs[0].observations:,}", str(len(runs)), f"{_seconds(runs):.1f} s",
         f"{middle([run.rate for run in runs]):,.0f}", f"{middle([run.rendered for run in runs]):.1f} s",
         f"{_memory(runs):,.0f} MiB")
        for size, runs in judged.items()
    ]  # fmt: skip
    return Table(
        "Records judged with the whole library and every list",
        ("Devices", "Observations", "Runs", "Read and judged", "Observations a second and core", "JSON, CSV and HTML",
         "Memory at most"),
        tuple(rows),
        "Of each device are held its addresses, the places of what it said, and what the report counts and sorts by. "
        "What it said, and what was judged of more than 4,000 devices, stands on the disk.",
    )  # fmt: skip


def _browser_table(opened: Sequence[Opened], devices: int) -> tuple[Table, ...]:
    if not opened:
        return ()
    row = (
        f"{devices:,}",
        f"{opened[0].size:.0f} MB",
        f"{middle([one.open for one in opened]):.2f} s",
        f"{middle([one.filter for one in opened]):.2f} s",
    )
    head = ("Devices", "Page", "Opened, first line shown", "Searched, first lines shown")
    return (Table("The report in headless Chromium", head, (row,)),)


def _bars(judged: Mapping[int, Sequence[Judged]], opened: Sequence[Opened]) -> tuple[Bar, ...]:
    rate = min(middle([run.rate for run in runs]) for runs in judged.values())
    bars = [at_least("20,000 observations judged a second and core, at every size", rate, 20_000)]
    low, high = SLOPE
    if high in judged:
        grown = slope((low, _seconds(judged[low])), (high, _seconds(judged[high])))
        bars.append(at_most(f"Time linear in devices, {low:,} to {high:,}: within 20 %", abs(grown - 1), 0.2))
        added = growth((low, _memory(judged[low])), (high, _memory(judged[high])))
        bars.append(at_most(f"Memory for each further device: at most {GROWTH} KiB", added, GROWTH, " KiB"))
        bars.append(at_most(f"Memory at {high:,} devices: under 1 GiB", _memory(judged[high]), 1_024, " MiB"))
    if opened:
        slowest = middle([one.open for one in opened]), middle([one.filter for one in opened])
        bars.append(at_most("A browser opens that report within 5 s", slowest[0], 5, " s"))
        bars.append(at_most("and shows a search in it within 1 s", slowest[1], 1, " s"))
    return tuple(bars)


CLAIM: Final = Claim(
    "judging",
    "Judging and rendering at scale",
    f"{SEED} simulated devices were scanned, and copied with numbers of their own. Seconds are of the processor, one "
    "core.",
    measure,
    needs_lab=True,
)

if __name__ == "__main__":
    part, *given = sys.argv[1:]
    print(json.dumps(judge_once(*given) if part == "judge" else open_once(*given)))
