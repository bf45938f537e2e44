"""What makes us slow down, what makes us leave a host alone, and what does neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner import temper as subject
from scanner.link import Exchange
from scanner.model import Outcome
from scanner.os_errors import RESET, UNFINISHED
from scanner.temper import (
    MUTE,
    MUTE_STOP,
    REFUSAL_STOP,
    SLOWEST,
    STOPPED,
    UNFINISHED_STOP,
    HostTemper,
    read_status,
)

PAGE = b"HTTP/1.1 200 OK\r\n\r\nhello"
REFUSAL = b"HTTP/1.1 401 Unauthorized\r\n\r\n"


def answer(received: bytes = PAGE, elapsed: float = 0.01) -> Exchange:
    return Exchange(Outcome.ANSWERED, received=received, elapsed=elapsed)


def hear_all(temper: HostTemper, exchanges: list[Exchange], port: int = 80) -> HostTemper:
    for exchange in exchanges:
        temper.hear(port, exchange)
    return temper


def test_a_healthy_host_is_asked_at_full_pace() -> None:
    temper = hear_all(HostTemper(), [answer(elapsed=t) for t in (0.3, 0.2, 0.5, 0.4, 0.1, 0.6)])
    assert (temper.factor, temper.stopped) == (1.0, "")


def test_an_answer_twice_as_slow_as_before_halves_the_pace() -> None:
    temper = hear_all(HostTemper(), [answer(elapsed=0.2), answer(elapsed=0.2), answer(elapsed=0.41)])
    assert (temper.factor, temper.stopped) == (2.0, "")


def test_a_factor_of_ten_below_the_floor_is_jitter() -> None:
    temper = hear_all(HostTemper(), [answer(elapsed=0.002), answer(elapsed=0.002), answer(elapsed=0.02)])
    assert temper.factor == 1.0


def test_a_dying_host_does_not_become_its_own_measure_and_is_left_alone() -> None:
    temper = hear_all(HostTemper(), [answer(elapsed=t) for t in (0.1, 0.1, 0.5, 0.6, 0.7)])
    assert temper.stopped == ""
    temper.hear(80, answer(elapsed=0.8))
    assert "more than twice as long" in temper.stopped
    assert temper.factor == SLOWEST


def test_a_host_that_tires_a_little_with_each_request_is_left_alone_in_the_end() -> None:
    temper = hear_all(HostTemper(), [answer(elapsed=0.3 * n) for n in range(1, 10)])
    assert (temper.factor, temper.stopped) == (8.0, "")
    temper.hear(80, answer(elapsed=3.0))
    assert "more than twice as long" in temper.stopped


def test_a_host_that_is_worn_out_by_one_port_after_the_other_is_left_alone() -> None:
    temper = HostTemper()
    for number in range(1, 10):
        assert temper.stopped == ""
        temper.hear(8000 + number, answer(elapsed=0.4 * number))
    assert "more than twice as long" not in temper.stopped, "the fourth slow one is yet to come"
    temper.hear(9000, answer(elapsed=4.0))
    assert temper.stopped
    assert temper.factor == SLOWEST


def test_a_slow_handshake_is_no_weariness() -> None:
    temper = hear_all(HostTemper(), [answer(elapsed=0.01)] * 3)
    secure = Exchange(Outcome.ANSWERED, received=PAGE, elapsed=3.0, tls="TLSv1.0 RC4-SHA")
    hear_all(temper, [secure] * 4, port=443)
    assert (temper.factor, temper.stopped) == (1.0, "")


def test_slowness_is_measured_per_port() -> None:
    temper = HostTemper()
    hear_all(temper, [answer(elapsed=0.01)] * 3, port=80)
    hear_all(temper, [answer(elapsed=0.9)] * 2, port=443)
    assert temper.factor == 1.0


def test_resets_slow_down_then_stop() -> None:
    torn = Exchange(Outcome.GARBLED, received=b"x", detail=f"{RESET} after 1 bytes")
    temper = hear_all(HostTemper(), [torn, torn])
    assert (temper.factor, temper.stopped) == (4.0, "")
    temper.hear(80, Exchange(Outcome.REFUSED, detail=RESET))
    assert "reset 3 connections" in temper.stopped


def test_a_closed_port_is_no_distress() -> None:
    temper = hear_all(HostTemper(), [Exchange(Outcome.REFUSED, detail="connection refused")] * 20)
    assert (temper.factor, temper.stopped) == (1.0, "")


def test_refusals_slow_down_then_stop_over_all_ports() -> None:
    temper = hear_all(HostTemper(), [answer(REFUSAL)] * 3)
    assert (temper.factor, temper.stopped) == (2.0, "")
    assert REFUSAL_STOP < 5, "the lockouts of vendors begin at five"
    hear_all(temper, [answer(b"RTSP/1.0 401 Unauthorized\r\n\r\n")] * (REFUSAL_STOP - 3), port=554)
    assert f"refused {REFUSAL_STOP} requests" in temper.stopped


def test_forbidden_is_a_refusal_and_not_found_is_none() -> None:
    assert hear_all(HostTemper(), [answer(b"HTTP/1.1 403 Forbidden\r\n\r\n")] * REFUSAL_STOP).stopped
    assert hear_all(HostTemper(), [answer(b"HTTP/1.1 404 Not Found\r\n\r\n")] * 20) != HostTemper()
    assert not hear_all(HostTemper(), [answer(b"HTTP/1.1 404 Not Found\r\n\r\n")] * 20).stopped


def test_only_the_last_answers_are_the_measure() -> None:
    """A page that was quick a long time ago says nothing of the host as it is now."""
    temper = hear_all(HostTemper(), [answer(elapsed=0.1)] * 30 + [answer(elapsed=0.2)] * 5 + [answer(elapsed=0.35)])
    assert temper.factor == 1.0


def test_silence_counts_only_where_there_was_an_answer_before() -> None:
    silent = Exchange(Outcome.SILENT, detail="no answer")
    temper = hear_all(HostTemper(), [silent] * 10, port=8000)
    assert (temper.factor, temper.stopped) == (1.0, "")
    hear_all(temper, [answer(), silent], port=80)
    assert (temper.factor, temper.stopped) == (2.0, "")
    temper.hear(80, silent)
    assert temper.stopped == f"{STOPPED}it fell silent 2 times where it had answered before"


def test_a_port_is_mute_that_took_a_request_and_never_answered() -> None:
    mute = Exchange(Outcome.SILENT, detail=MUTE, connections=1)
    temper = hear_all(HostTemper(), [answer(), mute], port=80)
    temper.hear(8000, mute)
    temper.hear(8443, Exchange(Outcome.SILENT, detail="no answer", connections=1))
    assert temper.mute == {8000}
    temper.hear(8001, mute)
    assert temper.mute == {8000, 8001}


def test_a_host_that_accepts_and_never_says_a_word_is_left_alone() -> None:
    mute = Exchange(Outcome.SILENT, detail="no answer", connections=1)
    temper = HostTemper()
    for port in range(8000, 8000 + MUTE_STOP - 1):
        temper.hear(port, mute)
    assert temper.stopped == ""
    temper.hear(9000, mute)
    assert f"accepted {MUTE_STOP} connections" in temper.stopped


def test_mute_ports_of_a_host_that_speaks_are_no_distress() -> None:
    mute = Exchange(Outcome.SILENT, detail="no answer", connections=1)
    temper = hear_all(HostTemper(), [answer()], port=80)
    hear_all(temper, [mute] * 20, port=8000)
    assert temper.stopped == ""


def test_answers_without_an_end_end_it() -> None:
    endless = Exchange(Outcome.ANSWERED, received=PAGE, detail=UNFINISHED, elapsed=5.0)
    temper = hear_all(HostTemper(), [endless] * (UNFINISHED_STOP - 1))
    assert temper.stopped == ""
    temper.hear(80, endless)
    assert "not finished in time" in temper.stopped


@pytest.mark.parametrize(
    "received",
    [
        b"HTTP/1.1 423 Locked\r\n\r\n",
        b"HTTP/1.1 429 Too Many\r\n\r\n",
        b"HTTP/1.1 401 Unauthorized\r\n\r\n<userCheck><lockStatus>lock</lockStatus><unlockTime>1800</unlockTime>",
        b"HTTP/1.1 403 Forbidden\r\n\r\nYour account has been locked",
        b"RTSP/1.0 403 Forbidden\r\n\r\nIP address locked",
        b"HTTP/1.1 400 Bad Request\r\n\r\nToo many login attempts",
    ],
)
def test_a_host_that_says_locked_is_left_alone_at_once(received: bytes) -> None:
    temper = hear_all(HostTemper(), [answer(received)])
    assert temper.stopped == f"{STOPPED}it says that access is locked or that it was asked too much"


@pytest.mark.parametrize(
    "received",
    [
        b"HTTP/1.1 200 OK\r\n\r\nvar tip = 'account locked';",
        b"HTTP/1.1 401 Unauthorized\r\n\r\n<lockStatus>unlock</lockStatus><unlockTime>0</unlockTime>",
        b"\x00\x00\x00\x10",
        b"",
    ],
)
def test_words_of_a_login_page_are_no_lockout(received: bytes) -> None:
    temper = HostTemper()
    temper.recall(received)
    assert not temper.stopped


def test_what_was_not_sent_says_nothing_of_the_host() -> None:
    ours = [Exchange(Outcome.SKIPPED, detail=RESET), Exchange(Outcome.BROKEN, detail=RESET)] * 5
    assert hear_all(HostTemper(), ours) == HostTemper()


@pytest.mark.parametrize(
    ("received", "status"), [(PAGE, 200), (b"\r\nRTSP/1.0 404 x", 404), (b"HTTP/1.1 2000 x", 0), (b"ICY 200", 0)]
)
def test_the_status_is_read_from_the_first_line(received: bytes, status: int) -> None:
    assert read_status(received) == status


def test_the_first_reason_stays() -> None:
    temper = hear_all(HostTemper(), [answer(b"HTTP/1.1 423 Locked\r\n\r\n")] + [answer(REFUSAL)] * 20)
    assert "locked" in temper.stopped


def test_an_answer_of_an_earlier_run_counts_without_its_time() -> None:
    temper = HostTemper()
    for _ in range(REFUSAL_STOP - 1):
        temper.recall(REFUSAL)
    assert (temper.stopped, temper.factor) == ("", 2.0)
    hear_all(temper, [answer(REFUSAL)])
    assert temper.stopped == f"{STOPPED}it refused {REFUSAL_STOP} requests"


@given(
    st.sampled_from(
        [b"HTTP/1.1 ", b"HTTP/1.0 ", b"HTTP/2.0 ", b"RTSP/1.0 ", b" HTTP/1.1 ", b"HTTP/1.1  ", b"http/1.1 "]
    ),
    st.one_of(
        st.integers(0, 1200).map(lambda number: b"%d" % number), st.sampled_from([b"20", b"2 0", b"+40", b"4_1"])
    ),
    st.sampled_from([b" OK\r\n", b"\r\n", b"", b"x", b"-", b"1"]),
)
def test_a_status_is_read_the_same_way_whether_quickly_or_by_the_pattern(
    beginning: bytes, status: bytes, rest: bytes
) -> None:
    line = beginning + status + rest
    found = subject._STATUS.match(line)
    assert read_status(line) == (int(found[1]) if found else 0)
