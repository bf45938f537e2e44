"""`camcensus demo`: scans a simulated estate on this machine. Nothing leaves the machine."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from scanner.assembly import Wishes, prepare, sense_job
from scanner.commands.judge import Verdict, judge
from scanner.exits import Exit
from scanner.outputs import RECORD_NAME, make_folder
from scanner.progress import watch

ESTATE = "demo"


def demo(out: Path | None, locale: str, *, loopback: bool) -> int:
    """Scan the simulated estate and write the report; 0 when the demonstration worked, whatever it found."""
    from simulator.api import can_make_lab

    reason = "asked for" if loopback else can_make_lab()
    folder = make_folder(out, time.time())
    if reason is None:
        if not _sense_in_lab(folder):  # it said why
            return Exit.FAILED
    else:
        print(f"Playing on loopback ({reason}): no hardware addresses and no multicast there.", file=sys.stderr)
        asyncio.run(_sense_on_loopback(folder))
    judge(folder, None, Verdict(fail_on="none", locale=locale))
    return Exit.CLEAN


def _sense_in_lab(folder: Path) -> bool:
    """Scan from inside private network namespaces: real ARP, real multicast, no way out. False when that failed."""
    import subprocess

    from simulator.lab import Lab

    with Lab(ESTATE) as lab:
        assert not isinstance(lab.estate, str)
        networks = [segment.network for segment in lab.estate.segments]
        words = [sys.executable, "-m", "scanner", "sense", *networks, "--out", str(folder.resolve()), "--pace", "fast"]
        words += [word for name in lab.interfaces for word in ("--interface", name)]
        print(f"A simulated network of {len(lab.devices)} devices is up; scanning it from inside.", file=sys.stderr)
        command, descriptors = lab.command([*words, "--authorised-by", "the demonstration"])
        return not subprocess.run(command, pass_fds=descriptors, check=False).returncode  # noqa: S603  our own, no shell


async def _sense_on_loopback(folder: Path) -> None:
    from simulator.api import play_on_loopback

    async with play_on_loopback(ESTATE) as devices:
        addresses = tuple(device.address for device in devices)
        job = prepare(Wishes(scope=addresses, pace="fast", authorised_by="the demonstration"))
        with watch(job.scope.size()) as progress:
            await sense_job(job, folder / RECORD_NAME, progress)
