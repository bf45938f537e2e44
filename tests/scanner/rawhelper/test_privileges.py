"""After shedding, a process holds nothing, in the kernel's own words. Tried in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from scanner.rawhelper.privileges import CAP_NET_ADMIN, read_rights

TRY = """
import os, resource, socket, sys
from scanner.rawhelper.privileges import shed
keep = sys.argv[1] == "keep"
rights = shed(keep_net_admin=keep)
def refused(action):
    try:
        action()
    except PermissionError:
        return True
    return False
print(rights.effective, rights.permitted, int(rights.no_new_privileges), rights.uid)
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
print(refused(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)))
print(refused(lambda: os.setuid(0)) or os.getuid() == 0)
"""


def attempt(*arguments: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", TRY, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_nothing_is_left() -> None:
    effective, permitted, sealed, uid, files, no_raw, no_root = attempt("none")
    assert (effective, permitted, sealed, files) == ("0", "0", "1", "64")
    assert no_raw == "True"
    assert no_root == "True"
    if os.geteuid() == 0 and read_rights().permitted:
        assert uid in ("65534", "0")


@pytest.mark.skipif(not read_rights().permitted >> CAP_NET_ADMIN & 1, reason="nothing to keep without CAP_NET_ADMIN")
def test_only_what_was_asked_for_is_kept() -> None:
    effective, permitted, sealed, *_ = attempt("keep")
    assert int(effective) == int(permitted) == 1 << CAP_NET_ADMIN
    assert sealed == "1"


def test_rights_are_read_of_this_process() -> None:
    assert read_rights().uid == os.geteuid()
