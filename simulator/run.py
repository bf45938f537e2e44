"""Plays an estate until told to stop: `python -m simulator.run ESTATE --loopback | --lab own | --lab shared | --here`.

The process that tests, demos and containers start. In a lab it first leaves the real network for a private namespace,
so that not even a mistake in it could send a packet out.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from simulator.device import Device
from simulator.estate import Estate, Segment, load_estate, place
from simulator.namespaces import LabError, leave_for_private
from simulator.neighbours import raise_limit
from simulator.stage import Kind, Place, Spot, Stage
from simulator.wiring import Layout, Wires, lay_wires
from simulator.yaml_text import FileError

LINE_LIMIT: Final = 1 << 26
"""Bytes of one message on the control channel; the estate of 5,000 devices is under 2 MB."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Play until SIGTERM, Ctrl-C, or the end of the control channel. Returns the exit code."""
    options = _options(arguments)
    control = socket.socket(fileno=options.control) if options.control is not None else None
    try:
        estate = _first_message(control) if control else load_estate(options.estate)
        with ExitStack() as stack:
            notes = raise_limit(stack) if options.neighbours == "raised" else []
            if options.lab:
                leave_for_private()
            _allow_many_sockets()
            return asyncio.run(_play(estate, options, control, notes))
    except (LabError, FileError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator.run", description=__doc__)
    parser.add_argument("estate", nargs="?", default="demo", help="name of an estate, or the path of its file")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--loopback", action="store_true", help="on 127.x.y.z (the default)")
    way.add_argument("--lab", choices=[layout.value for layout in Layout], help="in private network namespaces")
    way.add_argument("--here", metavar="PERSONA", help="one device on this machine's own interface (containers)")
    parser.add_argument("--interface", default="eth0", help="the interface of --here")
    parser.add_argument("--neighbours", choices=["stock", "raised"], default="stock")
    parser.add_argument("--state", type=Path, help="write what is played to this file")
    parser.add_argument("--ledgers", type=Path, help="write the ledgers to this file at the end")
    parser.add_argument("--control", type=int, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _first_message(control: socket.socket) -> Estate:
    """The estate as the parent sends it: one line of JSON."""
    data = b""
    while not data.endswith(b"\n"):
        part = control.recv(1 << 16)
        if not part or len(data) > LINE_LIMIT:
            raise FileError("the control channel ended before an estate came")
        data += part
    return Estate.model_validate_json(data)


def _allow_many_sockets() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _play(estate: Estate, options: argparse.Namespace, control: socket.socket | None, notes: list[str]) -> int:
    placed = place(estate, loopback=not options.lab)
    with ExitStack() as stack:
        wires = None
        if options.lab:
            wires = lay_wires(_by_segment(estate, placed), Layout(options.lab))
            stack.callback(wires.close)
            places = wires.places
        elif options.here:
            places = [_place_here(options.here, options.interface)]
        else:
            places = [Place(Kind.LOOPBACK, tuple(Spot(device) for _, device in placed))]
        async with Stage(places) as stage:
            for responder in wires.responders if wires else ():
                responder.open()
            gc.freeze()  # thousands of devices that stay to the end: no need to look through them again and again
            await _serve(stage, wires, options, control, notes)
            if options.ledgers:
                _write(options.ledgers, _ledgers(stage, wires))
    return 0


def _by_segment(estate: Estate, placed: Sequence[tuple[Segment, Device]]) -> list[tuple[Segment, list[Device]]]:
    return [(segment, [device for home, device in placed if home is segment]) for segment in estate.segments]


def _place_here(persona: str, interface: str) -> Place:
    from simulator.here import device_here

    device = device_here(persona, interface)
    return Place(Kind.OWN, (Spot(device, interface, socket.if_nametoindex(interface)),))


async def _serve(
    stage: Stage, wires: Wires | None, options: argparse.Namespace, control: socket.socket | None, notes: list[str]
) -> None:
    """Say that everything is up, then wait for the end."""
    ready = _ready(stage, wires, notes)
    if options.state:
        _write(options.state, ready)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    if control is None:
        sys.stdout.write("".join(f"{one['address']}\t{one['mac']}\t{one['persona']}\n" for one in ready["devices"]))
        sys.stdout.flush()
        await ended.wait()
        return
    _send_ready(control, ready, wires)
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(_obey(control, stage, wires, ended))
        await ended.wait()
        listening.cancel()


def _send_ready(control: socket.socket, ready: dict[str, Any], wires: Wires | None) -> None:
    with ExitStack() as stack:
        descriptors = []
        if wires:
            user = os.open("/proc/self/ns/user", os.O_RDONLY)
            stack.callback(os.close, user)
            descriptors = [wires.scanner, user]
        control.setblocking(True)
        data = json.dumps(ready).encode() + b"\n"
        socket.send_fds(control, [data[:1]], descriptors)
        control.sendall(data[1:])


async def _obey(control: socket.socket, stage: Stage, wires: Wires | None, ended: asyncio.Event) -> None:
    """Answer the parent; the end of the channel is the end of the play."""
    reader, writer = await asyncio.open_unix_connection(sock=control, limit=LINE_LIMIT)
    try:
        while line := await reader.readline():
            if json.loads(line).get("ask") == "ledgers":
                writer.write(json.dumps(_ledgers(stage, wires)).encode() + b"\n")
                await writer.drain()
    except ConnectionError:
        return
    finally:
        ended.set()
        writer.close()


def _ready(stage: Stage, wires: Wires | None, notes: list[str]) -> dict[str, Any]:
    return {
        "pid": os.getpid(),
        "interfaces": wires.interfaces if wires else [],
        "scanner_namespace": f"/proc/{os.getpid()}/fd/{wires.scanner}" if wires else "",
        "notes": notes,
        "devices": [describe(device) for device in stage.devices],
    }


def describe(device: Device) -> dict[str, Any]:
    """One device as plain values, for state files and lists."""
    return {
        "address": device.address,
        "mac": device.mac,
        "persona": device.persona.id,
        "expect": device.persona.expect,
        "truth": device.truth.model_dump(),
        "shifted_ports": {str(port): actual for port, actual in device.ports.items() if port != actual},
    }


def _ledgers(stage: Stage, wires: Wires | None) -> dict[str, Any]:
    responders = wires.responders if wires else []
    return {
        "drops": stage.drops,
        "arp_requests": sum(one.requests for one in responders),
        "arp_answers": sum(one.answers for one in responders),
        "devices": {device.address: device.ledger.as_json() for device in stage.devices},
    }


def _write(path: Path, data: dict[str, Any]) -> None:
    """Write by rename, so that a reader never sees half a file."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(data, indent=1), encoding="utf-8")
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main())
