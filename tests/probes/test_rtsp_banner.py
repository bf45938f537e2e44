"""OPTIONS and DESCRIBE on one connection, and the five ways it may end."""

from __future__ import annotations

import pytest

from probes.rtsp_banner import PROBE
from scanner.model import Outcome
from tests.support import Turn, fail, hear, make_view, run_probe

OPTIONS = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE, PLAY\r\n\r\n"
REFUSAL = b'RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm="IP Camera(C2875)"\r\n\r\n'
SDP = b"v=0\r\ns=Media Presentation\r\n"
OPEN = b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: %d\r\n\r\n" % len(SDP) + SDP


async def test_both_answers_are_heard_with_what_was_asked() -> None:
    run = await run_probe(
        PROBE,
        make_view(554),
        554,
        hear("OPTIONS rtsp://127.0.0.1:554/ RTSP/1.0\r\nCSeq: 1\r\n", OPTIONS[:20], OPTIONS[20:]),
        hear("DESCRIBE rtsp://127.0.0.1:554/ RTSP/1.0\r\nCSeq: 2\r\n", REFUSAL),
    )
    assert run.requests("rtsp.raw") == ["OPTIONS", "DESCRIBE"]
    assert run.values("rtsp.raw") == [OPTIONS.decode(), REFUSAL.decode()]
    assert (run.attempt.outcome, run.attempt.connections, run.attempt.requests) == (Outcome.ANSWERED, 1, 2)


async def test_a_description_open_to_all_is_read_to_its_end() -> None:
    run = await run_probe(
        PROBE, make_view(8554), 8554, hear("OPTIONS", OPTIONS), hear("DESCRIBE", OPEN[:-5], OPEN[-5:])
    )
    assert run.values("rtsp.raw")[1] == OPEN.decode()


async def test_an_ipv6_address_stands_in_brackets() -> None:
    await run_probe(
        PROBE,
        make_view(554, address="fe80::1%eth0"),
        554,
        hear("OPTIONS rtsp://[fe80::1]:554/ ", OPTIONS),
        hear("DESCRIBE", REFUSAL),
    )


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.SILENT, Outcome.BROKEN, Outcome.SKIPPED])
async def test_no_answer_ends_with_its_own_outcome(outcome: Outcome) -> None:
    run = await run_probe(PROBE, make_view(554), 554, fail("OPTIONS", outcome, detail="why"))
    assert (run.observations, run.attempt.outcome) == ((), outcome)
    assert run.attempt.detail.startswith("why")


async def test_a_server_that_closes_after_the_first_answer_is_not_asked_again() -> None:
    run = await run_probe(PROBE, make_view(554), 554, Turn("OPTIONS", (OPTIONS,), cut=True))
    assert run.requests("rtsp.raw") == ["OPTIONS"]
    assert (run.attempt.outcome, run.attempt.detail) == (Outcome.ANSWERED, "the conversation had ended")


async def test_another_protocol_is_garbled_and_kept() -> None:
    run = await run_probe(PROBE, make_view(554), 554, Turn("OPTIONS", (b"\x00\x01\x02\x03" * 8,), cut=True))
    assert run.values("tcp.greeting") == ["00010203" * 8]
    assert run.attempt.outcome is Outcome.GARBLED


async def test_an_endless_answer_is_kept_as_far_as_it_came() -> None:
    endless = b"RTSP/1.0 200 OK\r\n" + b"X-Filler: y\r\n" * 50
    run = await run_probe(PROBE, make_view(554), 554, Turn("OPTIONS", (endless,), cut=True, detail="cut at the cap"))
    assert run.values("rtsp.raw") == [endless.decode()]
    assert run.attempt.detail.startswith("cut at the cap")


def test_the_ports_are_open_or_announced() -> None:
    assert PROBE.ports_for(make_view(80, 554, announced=frozenset({("rtsp", 5544)}))) == (554, 5544)
