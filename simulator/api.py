"""What the command line calls: start a simulated estate, list it, end it. Ends only the process it started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from simulator.device import Device
from simulator.estate import Estate, load_estate, place
from simulator.lab import why_no_lab
from simulator.namespaces import LabError
from simulator.stage import Kind, Place, Spot, Stage

START_TIMEOUT: Final = 60.0
STOP_TIMEOUT: Final = 10.0
"""Seconds for a detached estate to come up and to end."""

POLL: Final = 0.05


@dataclass(frozen=True, slots=True)
class Running:
    """A detached estate: the process, and what it plays (`devices` as `simulator.run.describe` gives them)."""

    pid: int
    estate: str
    mode: str
    devices: tuple[dict[str, Any], ...]
    scanner_namespace: str = ""
    notes: tuple[str, ...] = ()


def up(estate: str = "demo", mode: str = "loopback") -> Running:
    """Start an estate in a process of its own and return when every device is up.

    `mode`: "loopback", "own" or "shared" (a lab). Raises LabError when one is running, or when it does not come up.
    """
    if (running := list_devices()) is not None:
        raise LabError(f"{running.estate} is up already (process {running.pid}): end it with `camcensus simulate down`")
    load_estate(estate)
    folder = _folder()
    state, log = folder / "simulator.ready.json", folder / "simulator.log"
    state.unlink(missing_ok=True)
    way = ["--loopback"] if mode == "loopback" else ["--lab", mode]
    command = [sys.executable, "-m", "simulator.run", estate, *way, "--state", str(state)]
    with log.open("wb") as errors:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True
        )
    ready = _wait_ready(child, state, log)
    _state_file().write_text(json.dumps({"estate": estate, "mode": mode, "born": _born(child.pid)} | ready))
    state.unlink()
    child.returncode = 0  # it outlives this object on purpose; `down` ends and reaps it
    return _running(json.loads(_state_file().read_text()))


def _wait_ready(child: subprocess.Popen[bytes], state: Path, log: Path) -> dict[str, Any]:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if state.exists():
            return json.loads(state.read_text())  # type: ignore[no-any-return]
        if child.poll() is not None:
            raise LabError(log.read_text(errors="replace").strip()[-2_000:] or "the estate ended at once")
        time.sleep(POLL)
    child.kill()
    child.wait()
    raise LabError(f"the estate did not come up within {START_TIMEOUT:.0f} seconds: see {log}")


def down() -> Running | None:
    """End the estate that `up` started and return it; None when nothing was running."""
    running = list_devices()
    if running is None:
        _state_file().unlink(missing_ok=True)
        return None
    data = json.loads(_state_file().read_text())
    os.kill(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT
    while _born(running.pid) == data["born"]:
        if time.monotonic() > deadline:
            os.kill(running.pid, signal.SIGKILL)
            break
        time.sleep(POLL)
    _reap(running.pid)
    _state_file().unlink(missing_ok=True)
    return running


def _reap(pid: int) -> None:
    """Collect the ended process where it was this one that started it."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return  # started by another command: its parent, or init, collects it


def list_devices() -> Running | None:
    """The estate that `up` started, if it still runs."""
    try:
        data = json.loads(_state_file().read_text())
    except (OSError, ValueError):
        return None
    alive = _born(int(data["pid"])) == data["born"]
    return _running(data) if alive else None


def _running(data: dict[str, Any]) -> Running:
    return Running(
        pid=int(data["pid"]),
        estate=str(data["estate"]),
        mode=str(data["mode"]),
        devices=tuple(data["devices"]),
        scanner_namespace=str(data["scanner_namespace"]),
        notes=tuple(data["notes"]),
    )


def _born(pid: int) -> str:
    """Start time of a process from /proc (field 22 of stat), so that a reused number is not taken for ours.

    Empty for a process that is gone, or that ended and waits for its parent.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]


def _folder() -> Path:
    """A folder that only this user can write, for the state file."""
    given = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(given) / "camcensus" if given else Path(tempfile.gettempdir()) / f"camcensus-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    about = folder.lstat()
    if about.st_uid != os.getuid() or about.st_mode & 0o077:
        raise LabError(f"{folder} belongs to somebody else or is open to others: remove it, or set XDG_RUNTIME_DIR")
    return folder


def _state_file() -> Path:
    return _folder() / "simulator.json"


@asynccontextmanager
async def play_on_loopback(estate: Estate | str = "demo") -> AsyncIterator[list[Device]]:
    """Play an estate on 127.x.y.z in this process; the devices carry their ledgers."""
    estate = load_estate(estate) if isinstance(estate, str) else estate
    devices = [device for _, device in place(estate, loopback=True)]
    async with Stage([Place(Kind.LOOPBACK, tuple(Spot(device) for device in devices))]):
        yield devices


def can_make_lab() -> str | None:
    """None where a simulated network can be made, else the reason in words."""
    return why_no_lab()
