"""Gives up every right the process has, for good; never gains one.

After `shed`, code that a hostile frame took over could answer frames on the sockets already open and write to the
parent, and nothing else: no new socket of this kind, no file of others, no program with more rights (no_new_privs).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CAP_NET_ADMIN: Final = 12

NOBODY: Final = 65534
"""User and group id that owns nothing (Linux overflowuid, Debian's nobody and nogroup)."""

OPEN_FILES: Final = 64
"""File handles left: those of a dozen interfaces; what is open already stays open."""

_PR_SET_KEEPCAPS: Final = 8
_PR_CAPBSET_DROP: Final = 24
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_CAP_AMBIENT: Final = 47
_PR_CAP_AMBIENT_CLEAR_ALL: Final = 4
_CAPABILITY_VERSION_3: Final = 0x20080522
_LAST_CAPABILITY: Final = 63

_libc = ctypes.CDLL(None, use_errno=True)


class NotShed(OSError):
    """A right could not be given up, so the program must not go on."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What the process may still do, as the kernel says it."""

    uid: int
    effective: int  # bit set of capabilities
    permitted: int
    no_new_privileges: bool


def shed(*, keep_net_admin: bool = False) -> Rights:
    """Give up everything, except CAP_NET_ADMIN where asked for and held; raise NotShed if the kernel says otherwise.

    As root the process becomes nobody where the user namespace has such a user; elsewhere it stays the user it is,
    without any capability.
    """
    kept = 1 << CAP_NET_ADMIN if keep_net_admin and read_rights().permitted >> CAP_NET_ADMIN & 1 else 0
    _limit()
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    with contextlib.suppress(OSError):  # without CAP_SETPCAP there is no bounding set to shrink, and no need to
        for number in range(_LAST_CAPABILITY + 1):
            _prctl(_PR_CAPBSET_DROP, number)
    if os.geteuid() == 0:
        _become_nobody(keep=bool(kept))
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    _set_capabilities(kept)
    rights = read_rights()
    if rights.effective != kept or rights.permitted != kept or not rights.no_new_privileges:
        raise NotShed(f"rights are still held after giving them up: {rights}")
    return rights


def read_rights() -> Rights:
    """The rights of the calling thread."""
    lines = Path("/proc/thread-self/status").read_text("utf-8").splitlines()
    values = dict(line.split(":", 1) for line in lines if ":" in line)
    return Rights(
        uid=os.geteuid(),
        effective=int(values["CapEff"], 16),
        permitted=int(values["CapPrm"], 16),
        no_new_privileges=values.get("NoNewPrivs", "0").strip() == "1",
    )


def _become_nobody(*, keep: bool) -> None:
    if keep:
        _prctl(_PR_SET_KEEPCAPS, 1)
    with contextlib.suppress(OSError):  # a user namespace may hold nobody but root: then root has no power outside it
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(OPEN_FILES, hard), min(OPEN_FILES, hard)))


def _set_capabilities(kept: int) -> None:
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION_3, 0))
    low, high = kept & 0xFFFFFFFF, kept >> 32
    data = ctypes.create_string_buffer(struct.pack("=6I", low, low, 0, high, high, 0))
    if _libc.capset(header, data):
        raise NotShed(ctypes.get_errno(), "capset: " + os.strerror(ctypes.get_errno()))


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)):
        raise OSError(ctypes.get_errno(), f"prctl {option}: " + os.strerror(ctypes.get_errno()))
