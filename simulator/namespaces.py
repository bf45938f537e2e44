"""Private network namespaces through unshare and setns; needs no root where user namespaces are allowed.

A namespace belongs to a thread, so work inside one is done in a thread of its own. Nothing is named: closing the
descriptors removes everything. Linux only.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T")

NEWNET: Final = 0x4000_0000
NEWUSER: Final = 0x1000_0000
"""CLONE_NEWNET and CLONE_NEWUSER of linux/sched.h; os.unshare exists from Python 3.12 only."""


class LabError(RuntimeError):
    """A simulated network cannot be made or entered here; the message says why and what to do."""


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def set_namespace(descriptor: int, kind: int = NEWNET) -> None:
    """Move the calling thread into a namespace; OSError where that is not allowed."""
    _check(_libc().setns(descriptor, kind))


def own_namespace() -> int:
    """A descriptor of the network namespace of the calling thread; the caller closes it."""
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


@contextmanager
def stand_in(descriptor: int) -> Iterator[None]:
    """Stand in a namespace with this thread for the block; OSError where that is not allowed.

    Sockets made meanwhile stay there; threads that exist already do not move.
    """
    home = own_namespace()
    try:
        set_namespace(descriptor)
        try:
            yield
        finally:
            set_namespace(home)
    finally:
        os.close(home)


def leave_for_private() -> None:
    """Move this whole process into a private network namespace; only before any thread exists.

    As root a new network namespace suffices; else a new user namespace comes first, in which this user is root.
    Raises LabError where the machine does not allow either.
    """
    if not sys.platform.startswith("linux"):
        raise LabError("private networks need Linux: use the loopback devices instead")
    uid, gid = os.geteuid(), os.getegid()
    try:
        _check(_libc().unshare(NEWNET))
    except OSError:
        _leave_as_user(uid, gid)
    _loopback_up()


def _leave_as_user(uid: int, gid: int) -> None:
    try:
        _check(_libc().unshare(NEWUSER | NEWNET))
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
        Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
    except OSError as error:
        raise LabError(
            f"private network namespaces are not allowed here ({error.strerror}): run as root, or allow user "
            "namespaces (sysctl kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)"
        ) from error


def _loopback_up() -> None:
    if shutil.which("ip") is None:
        raise LabError("the program `ip` is missing: install iproute2")
    run_ip(["link set lo up"])


def in_thread(work: Callable[[], T]) -> T:
    """Run a function in a new thread and give back its result or its exception."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - handed to the caller below, whatever it is
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def new_namespace() -> int:
    """Make a network namespace and return its descriptor; closing it removes the namespace."""

    def make() -> int:
        _check(_libc().unshare(NEWNET))
        return own_namespace()

    return in_thread(make)


def call_in(descriptor: int, work: Callable[[], T]) -> T:
    """Run a function inside a namespace; sockets made in it stay there."""

    def run() -> T:
        set_namespace(descriptor)
        return work()

    return in_thread(run)


def run_ip(lines: Sequence[str]) -> None:
    """Give `ip` a batch of commands in the namespace of the calling thread; LabError names the one that failed."""
    text = "\n".join(lines) + "\n"
    done = subprocess.run(["ip", "-batch", "-"], input=text, text=True, capture_output=True, check=False)
    if done.returncode:
        raise LabError(f"the network could not be laid out: {done.stderr.strip()[:400]}")


def write_sysctls(settings: dict[str, str]) -> None:
    """Write kernel settings of the calling thread's namespace; a setting this kernel does not have is passed over."""
    for name, value in settings.items():
        path = Path("/proc/sys/net", name)
        if path.exists():
            path.write_text(value)
