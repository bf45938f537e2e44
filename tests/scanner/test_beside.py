"""Work in a process beside: it is done, its error is raised here, and it does not outlive this process."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner import beside as subject
from scanner.beside import beside
from scanner.outputs import OutputLost


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "_processors", lambda: {0, 1})


def fail(error: BaseException) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


def test_the_work_is_done_by_another_process_while_the_block_is(tmp_path: Path) -> None:
    here, there = os.pipe()
    with beside(lambda: (tmp_path / "done").write_text(f"{os.getpid()} {os.read(here, 9).decode()}")):
        os.write(there, b"go")  # it waits for what only the block says
    process, said = (tmp_path / "done").read_text().split()
    assert int(process) != os.getpid()
    assert said == "go"
    with pytest.raises(ChildProcessError):
        os.waitpid(int(process), os.WNOHANG)  # it has been waited for
    os.close(here)
    os.close(there)


@pytest.mark.parametrize("why", ["one processor", "no room"])
def test_where_there_is_no_second_process_it_is_done_here_and_afterwards(
    why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> int:
        raise OSError(errno.EAGAIN, "no")

    done: list[str] = []
    if why == "no room":
        monkeypatch.setattr(os, "fork", refuse)
    else:
        monkeypatch.setattr(subject, "_processors", lambda: {0})
    with beside(lambda: done.append("work")):
        done.append("block")
    assert done == ["block", "work"]


def test_its_error_is_raised_here_with_its_words() -> None:
    with pytest.raises(OutputLost, match="the disk is full"), beside(fail(OutputLost("the disk is full"))):
        pass


def test_an_error_that_cannot_be_sent_is_told_in_words() -> None:
    class Local(Exception):
        pass

    with pytest.raises(RuntimeError, match="Local: of this test"), beside(fail(Local("of this test"))):
        pass


def test_the_error_of_the_block_is_the_one_that_counts(tmp_path: Path) -> None:
    with pytest.raises(KeyError), beside(lambda: (tmp_path / "done").touch()):
        raise KeyError
    assert (tmp_path / "done").exists(), "it is waited for"


def test_one_that_is_killed_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="killed"), beside(lambda: os.kill(os.getpid(), signal.SIGKILL)):
        pass


def test_it_dies_with_this_process() -> None:
    program = (
        "import os, signal, sys\n"
        "from scanner import beside\n"
        "beside._processors = lambda: {0, 1}\n"
        "def work():\n"
        "    print('begun', flush=True)\n"
        "    while True: signal.pause()\n"
        "with beside.beside(work):\n"
        "    sys.stdin.read(1)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.stdin.write("x")
        process.stdin.flush()
        assert process.stdout.read() == "", "both ends of the pipe are closed: nobody is left"
        assert process.wait() == -signal.SIGKILL
