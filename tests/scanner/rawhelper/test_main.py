"""The raw-socket program as a program: it opens, gives up every right, serves, and ends with its input."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import Any

import pytest

from tests.segment import Segment

PROGRAM = [sys.executable, "-m", "scanner.rawhelper"]


def opening(**change: object) -> bytes:
    request: dict[str, object] = {"op": "open", "networks": ["10.77.0.0/24"], "excluded": [], "interfaces": ["eth0"]}
    return json.dumps(request | {"keep_neighbours": False, "standing": []} | change).encode() + b"\n"


def first_event(line: bytes, code: int) -> dict[str, Any]:
    done = subprocess.run(PROGRAM, input=line, capture_output=True, timeout=30, check=False)
    assert done.returncode == code, done.stderr
    event: dict[str, Any] = json.loads(done.stdout.splitlines()[0])
    return event


@pytest.mark.lab
def test_it_is_ready_without_any_right_and_ends_with_its_input(segment: Segment) -> None:
    with segment.enter():
        ready = first_event(opening(), 0)
    assert ready["event"] == "ready"
    assert ready["capabilities"] == "0" * 16
    assert ready["no_new_privileges"]
    assert not ready["learning"]


@pytest.mark.lab
def test_it_keeps_one_right_where_it_may_enter_neighbours(segment: Segment) -> None:
    with segment.enter():
        ready = first_event(opening(keep_neighbours=True), 0)
    assert ready["learning"]
    assert int(ready["capabilities"], 16) == 1 << 12


@pytest.mark.lab
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_ends_the_whole_group_leaves_it_time_to_take_its_neighbours_out(
    segment: Segment, number: signal.Signals
) -> None:
    with segment.enter(), subprocess.Popen(PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(opening(keep_neighbours=True))
        running.stdin.flush()
        assert json.loads(running.stdout.readline())["event"] == "ready"
        running.send_signal(number)
        running.stdin.close()
        assert running.wait(10) == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (opening(interfaces=["eth9"]), "no interface 'eth9'"),
        (opening(networks=["10.77.0.1/24"]), "host bits"),
        (b'{"op":"stop","id":1}\n', "first request is open"),
        (b"hello\n", "not JSON"),
        (b"", "not JSON"),
    ],
    ids=["interface", "scope", "order", "nonsense", "silence"],
)
def test_a_wrong_start_is_said_in_words(line: bytes, words: str) -> None:
    event = first_event(line, 1)
    assert event["event"] == "failed"
    assert words in event["text"]


def test_without_the_right_it_says_denied() -> None:
    """As uid 0 or not: what counts is the capability."""
    script = (
        "import sys; from scanner.rawhelper import privileges; privileges._set_capabilities(0);"
        "from scanner.rawhelper.__main__ import main; sys.exit(main())"
    )
    line = opening(interfaces=["lo"])
    done = subprocess.run([sys.executable, "-c", script], input=line, capture_output=True, timeout=30, check=False)
    assert json.loads(done.stdout)["event"] == "denied", done.stderr


def test_only_this_program_loads_scapy() -> None:
    """Everything the main program imports for sweeping, plug-ins included, leaves scapy and zeroconf alone."""
    script = (
        "import sys; import scanner.sweeping.link; from probes import load_plugins; load_plugins();"
        "print([name for name in ('scapy', 'zeroconf') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
