"""A failed connection is the host's answer or our own trouble, and the two are never confused."""

from __future__ import annotations

import errno
import ssl

import pytest

from scanner.model import Outcome
from scanner.os_errors import BURST_COUNT, RESET, UnreachableWatch, read_os_error


@pytest.mark.parametrize(
    ("error", "outcome", "words"),
    [
        (OSError(errno.ECONNREFUSED, "x"), Outcome.REFUSED, "connection refused"),
        (OSError(errno.ECONNRESET, "x"), Outcome.REFUSED, RESET),
        (ConnectionResetError(), Outcome.REFUSED, RESET),
        (OSError(errno.ETIMEDOUT, "x"), Outcome.SILENT, "no answer"),
        (TimeoutError(), Outcome.SILENT, "no answer"),
        (OSError(errno.EHOSTUNREACH, "x"), Outcome.SILENT, "unreachable"),
        (ConnectionAbortedError("SSL handshake is taking longer than 5 seconds"), Outcome.SILENT, "handshake"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), Outcome.GARBLED, "TLS handshake failed"),
        (OSError(errno.EMFILE, "x"), Outcome.BROKEN, "ulimit -n"),
        (OSError(errno.ENETUNREACH, "x"), Outcome.BROKEN, "no route"),
        (OSError(errno.ENOBUFS, "x"), Outcome.BROKEN, "neighbour table"),
        (OSError(errno.EPERM, "x"), Outcome.BROKEN, "own firewall"),
        (OSError(errno.EXDEV, "odd"), Outcome.BROKEN, "odd"),
        (ValueError("odd"), Outcome.BROKEN, "odd"),
    ],
)
def test_each_error_has_its_outcome_and_words(error: BaseException, outcome: Outcome, words: str) -> None:
    got, detail = read_os_error(error)
    assert got is outcome
    assert words in detail


def test_ten_errors_at_once_are_a_burst_and_nine_are_not() -> None:
    watch = UnreachableWatch()
    said = [watch.note(5.0 + number / 100, 0.001) for number in range(BURST_COUNT)]
    assert said == [False] * (BURST_COUNT - 1) + [True]
    assert watch.count == BURST_COUNT


def test_hosts_that_die_slowly_or_one_by_one_are_no_burst() -> None:
    slow, sparse = UnreachableWatch(), UnreachableWatch()
    assert not any(slow.note(5.0, 3.0) for _ in range(50))
    assert not any(sparse.note(number * 0.2, 0.001) for number in range(50))
