"""Greetings are listened to and never answered."""

from __future__ import annotations

import pytest

from probes.greeting import PROBE, is_finished
from scanner.model import Outcome
from tests.support import Turn, fail, hear, make_view, run_probe


@pytest.mark.parametrize(
    ("port", "name", "chunks", "value"),
    [
        (22, "ssh.banner", (b"SSH-2.0-drop", b"bear_2014.66\r\n"), "SSH-2.0-dropbear_2014.66"),
        (21, "ftp.banner", (b"220-Hello\r\n", b"220 AXIS ready\r\n"), "220-Hello\r\n220 AXIS ready"),
        (23, "telnet.banner", (b"\xff\xfd\x01\xff\xfb\x03", b"\r\n192.0.0.64 login: "), "192.0.0.64 login:"),
    ],
)
async def test_a_greeting_is_heard_to_its_end(port: int, name: str, chunks: tuple[bytes, ...], value: str) -> None:
    run = await run_probe(PROBE, make_view(port), port, hear("", *chunks))
    assert [text.strip() for text in run.values(name)] == [value]
    assert run.link.sent == [b""]
    assert (run.attempt.outcome, run.attempt.requests, run.attempt.connections) == (Outcome.ANSWERED, 0, 1)


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.SILENT, Outcome.SKIPPED])
async def test_no_greeting_ends_with_its_own_outcome(outcome: Outcome) -> None:
    run = await run_probe(PROBE, make_view(22), 22, fail("", outcome, detail="why"))
    assert (run.observations, run.attempt.outcome) == ((), outcome)


async def test_a_torn_greeting_is_garbled_and_kept() -> None:
    run = await run_probe(PROBE, make_view(21), 21, fail("", Outcome.GARBLED, b"220 half", "connection reset"))
    assert run.values("ftp.banner") == ["220 half"]
    assert run.attempt.outcome is Outcome.GARBLED


async def test_an_endless_greeting_is_cut() -> None:
    run = await run_probe(PROBE, make_view(23), 23, Turn("", (b"x" * 4096,), cut=True, detail="cut at the cap"))
    assert (run.attempt.outcome, run.attempt.detail) == (Outcome.ANSWERED, "cut at the cap")


@pytest.mark.parametrize(
    ("received", "finished"),
    [
        (b"", False),
        (b"220-a\r\n", False),
        (b"220 a\r\n", True),
        (b"220 a", False),
        (b"Password: ", True),
        (b"\r\n", False),
    ],
)
def test_when_a_greeting_is_over(received: bytes, finished: bool) -> None:
    assert is_finished(received) is finished


def test_only_open_ports_are_asked() -> None:
    assert PROBE.ports_for(make_view(80)) == ()
    assert PROBE.ports_for(make_view(22, 23, 80)) == (23, 22)
