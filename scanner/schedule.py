"""Writes a systemd timer and hardened service, or a cron line, for an unattended scan. Installs and starts nothing."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Final

from scanner.exits import UsageError

CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")

STOP_BEFORE: Final = 300
"""Seconds between the latest end of a run and the blackout window: time to close the record and write the report."""

CLOCK_CHANGE: Final = 3600
"""Seconds that a night may be shorter by: the window is local time, and a run is measured in seconds."""

CLOCKS_CHANGE_BY: Final = 4 * 60
"""Minutes after midnight by which clocks are put forward, wherever they are."""

STATE: Final = "/var/lib/camcensus"
"""Where runs of the service stand; systemd makes it for the service's own user (StateDirectory=camcensus)."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When an unattended scan may run. Times are local, "HH:MM"; seconds otherwise."""

    at: str
    jitter: int = 1200
    blackout: tuple[str, str] | None = None  # from, to: no scan may run then


def parse_schedule(at: str, jitter_minutes: int, blackout: str | None) -> Schedule:
    """Read the options, or raise UsageError with what to write instead."""
    _minutes(at)
    if not 0 <= jitter_minutes <= 12 * 60:
        raise UsageError(f"--jitter is minutes from 0 to 720, not {jitter_minutes}")
    if blackout is None:
        return Schedule(at, jitter_minutes * 60)
    begin, dash, end = blackout.partition("-")
    if not dash:
        raise UsageError(f"--blackout is a window as 07:00-19:00, not {blackout!r}")
    schedule = Schedule(at, jitter_minutes * 60, (begin, end))
    if longest(schedule) <= 0:
        raise UsageError(
            f"a scan at {at} with up to {jitter_minutes} minutes of jitter would run into the blackout {blackout}: "
            "choose an earlier or later time"
        )
    return schedule


def _minutes(text: str) -> int:
    found = CLOCK.fullmatch(text)
    if found is None:
        raise UsageError(f"{text!r} is no time of day: write it as 02:30")
    return int(found[1]) * 60 + int(found[2])


def longest(schedule: Schedule) -> int:
    """Seconds a run may take at most so that it ends before the blackout; a day less a bit where there is none."""
    if schedule.blackout is None:
        return 24 * 3600 - schedule.jitter - STOP_BEFORE
    start, begin, end = _minutes(schedule.at), *map(_minutes, schedule.blackout)
    inside = begin <= start < end if begin <= end else start >= begin or start < end
    if inside:
        return 0
    minutes = (begin - start) % (24 * 60)
    by_night = start < CLOCKS_CHANGE_BY or start + minutes > 24 * 60
    return minutes * 60 - schedule.jitter - STOP_BEFORE - CLOCK_CHANGE * by_night


def check_words(command: tuple[str, ...]) -> None:
    """Refuse what would end a line: units and crontabs are read line by line, and the rest would be read as theirs."""
    for word in command:
        if not word.isprintable():
            raise UsageError(f"{word!r} holds a line break or another control character: leave it out")


def render_service(command: tuple[str, ...], schedule: Schedule) -> str:
    """The service unit: one capability, read-only system, no home, no kernel knobs, a hard end before the blackout."""
    return f"""\
# camcensus.service
[Unit]
Description=Census of cameras and recorders on the closed network
Documentation=man:systemd.exec(5)
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
User=camcensus
StateDirectory=camcensus
StateDirectoryMode=0700
WorkingDirectory={STATE}
ExecStart={_quote(command)}
TimeoutStartSec={longest(schedule)}
UMask=0077
Nice=10
AmbientCapabilities=CAP_NET_RAW
CapabilityBoundingSet=CAP_NET_RAW
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_PACKET AF_NETLINK AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
"""


def render_timer(schedule: Schedule) -> str:
    """The timer unit, with jitter so that sites do not scan in the same second. A missed run is not made up by day."""
    return f"""\
# camcensus.timer
[Unit]
Description=Nightly census of cameras and recorders

[Timer]
OnCalendar=*-*-* {schedule.at}:00
RandomizedDelaySec={schedule.jitter}
Persistent=no

[Install]
WantedBy=timers.target
"""


def render_cron(command: tuple[str, ...], schedule: Schedule) -> str:
    """A line for /etc/cron.d, with the same jitter and the same hard end."""
    hour, minute = divmod(_minutes(schedule.at), 60)
    run = f"exec timeout -s INT {longest(schedule)} {shlex.join(command)}"
    inner = f"sleep $(shuf -i 0-{schedule.jitter} -n 1); cd {STATE} && {run}"
    escaped = shlex.quote(inner).replace("%", r"\%")  # cron reads a bare % as a line break
    return f"# /etc/cron.d/camcensus\n{minute} {hour} * * * camcensus /bin/sh -c {escaped}\n"


def _quote(command: tuple[str, ...]) -> str:
    """Quote for ExecStart: systemd reads % and $ itself."""
    return shlex.join(command).replace("%", "%%").replace("$", "$$")
