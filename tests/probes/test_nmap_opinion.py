"""nmap runs only on request, on one admitted address, and ends when it should."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from pathlib import Path

import pytest

from probes import nmap_opinion as subject
from probes.nmap_opinion import PROBE, make_arguments, run_nmap
from scanner.model import Outcome
from tests.loopback import serve
from tests.support import ScriptedLink, make_view, run_probe

REPORT = (
    b'<nmaprun><host endtime="1000"><status state="up"/><address addr="%s" addrtype="ipv4"/><ports>'
    b'<port protocol="tcp" portid="80"><state state="open"/>'
    b'<service name="http" product="Hikvision IPCam httpd" method="probed"/></port></ports></host>'
    b'<runstats><finished time="1" timestr="x" elapsed="1"/><hosts up="1" down="0" total="1"/></runstats></nmaprun>'
)


def pretend(monkeypatch: pytest.MonkeyPatch, report: bytes, trouble: str = "") -> None:
    async def run(arguments: object) -> tuple[bytes, str]:
        return report, trouble

    monkeypatch.setattr(subject, "run_nmap", run)


async def test_its_opinion_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, REPORT % b"127.0.0.1")
    run = await run_probe(PROBE, make_view(80), 80)
    assert run.values("nmap.product") == ["Hikvision IPCam httpd"]
    assert run.values("tcp.open-port") == ["80"]
    assert (run.attempt.outcome, run.attempt.detail) == (Outcome.ANSWERED, "its packets are not in the ledger")


async def test_what_it_says_of_another_address_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, REPORT % b"127.0.0.9")
    run = await run_probe(PROBE, make_view(80), 80)
    assert run.observations == ()


async def test_two_readers_that_disagree_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, REPORT % b"127.0.0.1")
    monkeypatch.setattr(subject, "read_again", lambda _: frozenset())
    run = await run_probe(PROBE, make_view(80), 80)
    assert "second reader" in run.attempt.detail


@pytest.mark.parametrize(
    ("report", "trouble", "outcome"),
    [
        (b"", "nmap could not be run (No such file): install it", Outcome.SKIPPED),
        (b"", "nmap was ended after 150 s", Outcome.BROKEN),
        (b"<nmaprun>", "", Outcome.BROKEN),
        (b"<nmaprun/>", "", Outcome.SILENT),
    ],
)
async def test_every_ending_has_its_outcome(
    monkeypatch: pytest.MonkeyPatch, report: bytes, trouble: str, outcome: Outcome
) -> None:
    pretend(monkeypatch, report, trouble)
    run = await run_probe(PROBE, make_view(80), 80)
    assert run.attempt.outcome is outcome
    assert run.attempt.detail


async def test_a_missing_program_says_what_to_do() -> None:
    report, trouble = await run_nmap((), program="/nonexistent/nmap")
    assert report == b""
    assert "install it" in trouble


async def test_a_program_that_hangs_is_ended() -> None:
    start = time.monotonic()
    report, trouble = await run_nmap(("-c", "import time; time.sleep(60)"), program=sys.executable, deadline=0.3)
    assert (report, trouble) == (b"", "nmap was ended after 0.3 s")
    assert time.monotonic() - start < 5


async def test_cancelling_ends_the_program(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    script = f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    task = asyncio.create_task(run_nmap(("-c", script), program=sys.executable))
    while not (mark.exists() and mark.read_text()):
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not Path(f"/proc/{mark.read_text()}").exists()


async def test_a_report_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "OUTPUT_CAP", 1000)
    script = "import sys\nwhile True: sys.stdout.write('x' * 1000)"
    report, trouble = await run_nmap(("-c", script), program=sys.executable)
    assert report == b""
    assert "larger" in trouble


def test_the_arguments_hold_nothing_but_numbers_and_the_address() -> None:
    arguments = make_arguments(make_view(80).target, (554, 80))
    assert arguments[-3:] == ("-p", "80,554", "127.0.0.1")
    assert {"-sT", "-n", "-Pn"} <= set(arguments)
    assert not any("script" in item for item in arguments)
    assert make_arguments(make_view(address="fe80::1%eth0").target, (80,))[0] == "-6"


def test_it_runs_only_on_request_and_once_a_host() -> None:
    assert PROBE.opt_in
    assert PROBE.ports_for(make_view(80, 554)) == (80,)
    assert PROBE.ports_for(make_view()) == ()


@pytest.mark.nmap
@pytest.mark.slow
@pytest.mark.skipif(shutil.which("nmap") is None, reason="nmap is not installed")
async def test_the_real_program_reads_a_greeting() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-dropbear_2014.66\r\n")
        await reader.read(100)

    async with serve(greet) as seen:
        heard = [item async for item in PROBE.run(ScriptedLink([]), make_view(seen.port), seen.port)]
    values = {o.name: o.value for part in heard for o in part.observations}
    assert values["nmap.product"].startswith("Dropbear sshd 2014.66")
