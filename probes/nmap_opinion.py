"""Runs the nmap program on one host's open ports as a second opinion; opt-in, since its probes are not gentle.

Never looks for further ports or hosts, never resolves a name, never runs a script. Its packets are its own: they are
held back by its options, and are not in our ledger. The address in its arguments is one that the scope admitted.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Sequence
from typing import Final

from probes import HostView, Probe, Touch
from scanner.importing.nmap_xml import NmapXmlError, open_ports, read_again, read_nmap_xml
from scanner.link import Heard, Link
from scanner.model import Attempt, Outcome, replace
from scanner.scope import Target

NAME: Final = "nmap-opinion"

DEADLINE: Final = 150.0
"""Seconds for one host: nmap's own limit of 120 s, and time to write its report."""

OUTPUT_CAP: Final = 4 << 20
"""Bytes of its report on one host, which has a few kB."""

OPTIONS: Final = (
    "-n",  # no name is resolved
    "-Pn",  # no host discovery: the host answered us already
    "-sT",  # ordinary connections, which end cleanly and need no rights
    "-sV",
    "--version-light",  # the likeliest probes only
    "--max-parallelism",
    "1",
    "--max-retries",
    "1",
    "--max-rate",
    "40",
    "--host-timeout",
    "120s",
    "-oX",
    "-",
)
"""One connection at a time and at most 40 packets per second, as the safety contract has it for our own."""


def make_arguments(target: Target, ports: Sequence[int]) -> tuple[str, ...]:
    """The arguments of nmap: numbers and an address of the scope, so nothing in them can be taken for an option."""
    family = ("-6",) if target.version == 6 else ()
    return (*family, *OPTIONS, "-p", ",".join(str(int(port)) for port in sorted(ports)), target.host)


async def run_nmap(arguments: Sequence[str], program: str = "nmap", deadline: float = DEADLINE) -> tuple[bytes, str]:
    """Its report, or nothing and why. However this ends, also by cancelling, the program has ended too."""
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
    try:
        process = await asyncio.create_subprocess_exec(
            program, *arguments, stdin=nothing, stdout=pipe, stderr=nothing, env=environment
        )
    except OSError as error:
        return b"", f"nmap could not be run ({error.strerror}): install it, or leave this probe out"
    assert process.stdout is not None
    output = bytearray()
    try:
        async with asyncio.timeout(deadline):
            while len(output) < OUTPUT_CAP and (piece := await process.stdout.read(65536)):
                output += piece
    except TimeoutError:
        return b"", f"nmap was ended after {deadline:g} s"
    finally:
        await _end(process)
    if len(output) >= OUTPUT_CAP:
        return b"", "nmap's report was larger than any report on one host"
    return bytes(output), "" if output else f"nmap said nothing and ended with code {process.returncode}"


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask the program to end, then make it."""
    try:
        async with asyncio.timeout(2):
            if process.stdout is not None and not process.stdout.at_eof():
                process.terminate()
            await process.wait()
    except (TimeoutError, ProcessLookupError):
        if process.returncode is None:
            process.kill()
            await process.wait()


async def run(link: Link, view: HostView, port: int) -> AsyncIterator[Heard]:
    """One run of nmap over all open ports of the host."""
    start = time.monotonic()
    report, trouble = await run_nmap(make_arguments(view.target, tuple(view.open_ports)))
    attempt = Attempt(NAME, str(view.target), port, Outcome.BROKEN, trouble, elapsed=time.monotonic() - start)
    if not report:
        link.note(replace(attempt, outcome=Outcome.SKIPPED if "could not be run" in trouble else Outcome.BROKEN))
        return
    try:
        readings = tuple(read_nmap_xml(report))
    except NmapXmlError as error:
        link.note(replace(attempt, detail=f"its report cannot be read: {error}"))
        return
    for heard in readings:
        own = tuple(replace(item, by=NAME) for item in heard.observations if item.address == str(view.target))
        if own:
            yield replace(heard, observations=own)
    detail = "its packets are not in the ledger"
    if read_again(report) not in (None, open_ports(readings)):
        detail += "; a second reader of its report sees other open ports"
    answered = Outcome.ANSWERED if readings else Outcome.SILENT
    link.note(replace(attempt, outcome=answered, detail=detail, received=len(report)))


PROBE = Probe(
    name=NAME,
    asks="The nmap program, what it takes the services on the open ports for.",
    never="Scans further ports or hosts, runs scripts, resolves names, or is run without being asked for.",
    emits=("nmap.product", "tcp.open-port", "http.title", "http.server-header", "mac.mac", "name.hostname"),
    touch=Touch(connections=40, requests=40),  # nmap decides; observed: one to eight a port
    order=48,  # asked for by name, so it runs whether the maker is decided or not
    ports_for=lambda view: tuple(sorted(view.open_ports)[:1]),
    run=run,
    opt_in=True,
)
