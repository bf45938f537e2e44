"""Windows are counted over all that left; an address asked twice waits no longer."""

from __future__ import annotations

import struct

import pytest

from benchmarks.pacing import Trial, count, is_reply, judge, rate_while_waiting, read_forecast
from tests.wiretap import Frame


def arp_request(at: float, host: int) -> Frame:
    arp = struct.pack("!HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 1, bytes(6), bytes(4), bytes(6), bytes([192, 0, 2, host]))
    return Frame(at, "eth0", b"\xff" * 6 + bytes(6) + b"\x08\x06" + arp, 42)


def datagram(at: float, host: int) -> Frame:
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28, 0, 0, 64, 17, 0, bytes(4), bytes([192, 0, 2, host]))
    return Frame(at, "eth0", b"\x02" + bytes(11) + b"\x08\x00" + head + bytes(8), 42)


def test_the_rate_is_counted_while_addresses_wait_for_their_first_request() -> None:
    frames = [arp_request(0.01 * n, n) for n in range(101)] + [arp_request(5.0 + n, n) for n in range(50)]
    assert rate_while_waiting(frames) == pytest.approx(100)


def test_what_the_kernel_answers_is_told_apart_from_what_is_asked() -> None:
    request = arp_request(0.0, 9)
    reply = Frame(0.0, "eth0", request.data[:20] + b"\0\2" + request.data[22:], 42)
    assert [is_reply(request), is_reply(reply), is_reply(datagram(0.0, 9))] == [False, True, False]
    head = b"\x02" + bytes(11) + b"\x86\xdd" + b"\x60" + bytes(5) + b"\x3a\xff" + bytes(32)
    assert is_reply(Frame(0.0, "eth0", head + b"\x88" + bytes(23), 78))
    assert not is_reply(Frame(0.0, "eth0", head + b"\x87" + bytes(23), 78)), "a question of our kernel counts"


def test_windows_and_hosts() -> None:
    frames = [arp_request(0.01 * n, n) for n in range(50)] + [datagram(0.3 + 0.001 * n, 9) for n in range(4)]
    counted = count(frames, 0, 2.0, 2.1)
    assert (counted.frames, counted.most, counted.host_most, counted.host_short) == (54, 15, 4, 4)
    bars = judge(Trial("100", "192.0.2.0/24", 1), [counted])
    assert [bar.met for bar in bars] == [False, True, False, True, True, True]


@pytest.mark.parametrize(
    ("text", "seconds"), [("With 9 hosts there: about 12 seconds.", 12), ("about 1,200 seconds", 1200)]
)
def test_the_forecast_is_read_from_the_plan(text: str, seconds: float) -> None:
    assert read_forecast(text) == seconds


def test_a_plan_without_one_is_an_error() -> None:
    with pytest.raises(ValueError, match="no forecast"):
        read_forecast("nothing")
