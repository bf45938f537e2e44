"""What starting costs: a command that touches no network loads nothing that could, and help comes at once."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

RECORD = Path(__file__).parent / "data" / "records" / "sample-site.jsonl"

NETWORKING = (
    "aiohttp",
    "asyncio",
    "ifaddr",
    "nmap",
    "onvif",
    "probes",
    "requests",
    "scanner.net",
    "scanner.rawhelper",
    "scanner.sweeping",
    "scapy",
    "ssl",
    "zeep",
    "zeroconf",
)
"""What opens sockets, or only serves those who do."""

THINKING = (
    ("--help",),
    ("--version",),
    ("scan", "--help"),
    ("judge", str(RECORD), "--out", "{out}"),
    ("report", str(RECORD), "--format", "json"),
    ("explain", str(RECORD), "192.0.2.64"),
    ("diff", str(RECORD), str(RECORD)),
    ("identify", str(RECORD)),
    ("fingerprints", "list"),
    ("fingerprints", "check"),
    ("policies", "list"),
    ("check-list", "{out}/tender.csv"),
)
"""Commands that touch no network."""

TIMES_TYPER = 4.0
"""How much longer than importing typer alone `--help` may take: a quarter of a second where typer takes 60 ms."""

RUNS = 3

ASK = """
import json, sys
sys.argv = ["camcensus", *json.loads(sys.argv[1])]
from scanner.cli import main
try:
    main()
except SystemExit:
    pass
sys.stderr.write("\\n" + json.dumps(sorted(sys.modules)))
"""


def loaded_by(words: tuple[str, ...], out: Path) -> set[str]:
    """The modules that a command has loaded when it ends."""
    (out / "tender.csv").write_text("Brand,Model\nHikvision,DS-2CD2386G2-IU\n", "utf-8")
    arguments = json.dumps([word.format(out=out) for word in words])
    ended = subprocess.run([sys.executable, "-c", ASK, arguments], capture_output=True, text=True, cwd=out, check=True)
    return set(json.loads(ended.stderr.splitlines()[-1]))


@pytest.mark.parametrize("words", THINKING, ids=lambda words: " ".join(words[:2]).replace(str(RECORD), "RECORD"))
def test_a_command_that_touches_no_network_loads_nothing_that_could(words: tuple[str, ...], tmp_path: Path) -> None:
    loaded = loaded_by(words, tmp_path)
    assert "scanner.cli" in loaded
    assert not loaded & set(NETWORKING)


def test_a_command_that_does_is_told_apart(tmp_path: Path) -> None:
    """The check above would see it."""
    assert loaded_by(("plan", "127.0.0.0/30"), tmp_path) & set(NETWORKING)


def test_help_takes_little_longer_than_the_library_that_writes_it(tmp_path: Path) -> None:
    """Processor time of the child, least of a few runs, as a ratio: a busy machine changes nothing."""
    ours = min(_time(["-m", "scanner", "--help"], tmp_path) for _ in range(RUNS))
    typer = min(_time(["-c", "import typer"], tmp_path) for _ in range(RUNS))
    assert ours <= TIMES_TYPER * typer


def _time(words: list[str], where: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    path = {"PYTHONPATH": str(Path(__file__).parent.parent)}
    subprocess.run([sys.executable, *words], env=os.environ | path, cwd=where, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


NARROW = {"LC_ALL": "xx_YY.ISO-8859-1", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""A terminal or a job that speaks ASCII only."""


@pytest.mark.parametrize("words", [["judge", "--locale", "sq", "--fail-on", "none"], ["diff", str(RECORD)]])
def test_a_narrow_terminal_breaks_no_run(words: list[str], tmp_path: Path) -> None:
    out = ["--out", str(tmp_path / "out")] if words[0] == "judge" else []
    command = [sys.executable, "-m", "scanner", words[0], str(RECORD), *words[1:], *out]
    path = {"PYTHONPATH": str(Path(__file__).parent.parent)}
    ended = subprocess.run(command, env=os.environ | path | NARROW, cwd=tmp_path, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_report_into_a_pipe_is_utf_8_whatever_the_terminal_is(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scanner", "report", str(RECORD), "markdown", "--locale", "sq"]
    path = {"PYTHONPATH": str(Path(__file__).parent.parent)}
    told = {
        subprocess.run(command, env=os.environ | path | more, cwd=tmp_path, capture_output=True, check=True).stdout
        for more in ({}, NARROW)
    }
    assert len(told) == 1
    assert "ë" in told.pop().decode("utf-8")
