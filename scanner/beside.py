"""Does one piece of work in a process of its own while this one does another; it ends with this one, however that ends.

Never more than one beside, and nothing is handed back: the work is known by what it leaves on the disk, or its error.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[None]:
    """Do `work` while the block is done, and wait for it. Its error is raised behind the block, like one of ours.

    Where there is no second processor or no room for a process it is done afterwards, in this one.
    """
    child = _fork(work) if len(_processors()) > 1 else None
    try:
        yield
    except BaseException:
        if child is not None:
            _wait(child)
        raise
    if child is None:
        work()
    elif (error := _wait(child)) is not None:
        raise error


def _processors() -> set[int]:
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def _fork(work: Callable[[], object]) -> tuple[int, int] | None:
    """The process and the pipe by which it tells how it ended; None where the machine has no room for one."""
    parent = os.getpid()
    heard, told = os.pipe()
    try:
        process = os.fork()
    except OSError:
        os.close(heard)
        os.close(told)
        return None
    if process:
        os.close(told)
        return process, heard
    try:
        _end_with(parent)
        os.close(heard)
        os.write(told, _do(work))
    finally:
        os._exit(0)  # nothing of the parent's is flushed or closed twice


def _end_with(parent: int) -> None:
    """Be killed when the parent is gone, also when that has just happened."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(1)


def _do(work: Callable[[], object]) -> bytes:
    try:
        work()
    except BaseException as error:  # noqa: BLE001  the parent raises it
        return _pack(error)
    return pickle.dumps(None)


def _pack(error: BaseException) -> bytes:
    """An error as bytes; of one that cannot be sent, its words. Errors of ours are a sentence long: they fit a pipe."""
    try:
        packed = pickle.dumps(error)
        pickle.loads(packed)  # noqa: S301  our own, a moment old: some can be written and not read
    except Exception:  # noqa: BLE001  whatever hinders it
        packed = pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))
    return packed


def _wait(child: tuple[int, int]) -> BaseException | None:
    process, heard = child
    with os.fdopen(heard, "rb") as stream:
        told = stream.read()
    os.waitpid(process, 0)
    if not told:
        return RuntimeError("the process beside was killed")
    error: BaseException | None = pickle.loads(told)  # noqa: S301  from our own process
    return error
