"""Two ports with one page: what may differ between them, and what may not."""

from __future__ import annotations

import pytest

from scanner.likeness import TELLING, answers_on, find_twin
from scanner.model import Observation
from tests.support import page

BODY = b"<html><title>NETWORK CAMERA</title>" + b"x" * TELLING + b"</html>"
DATES = tuple(f"Date: Mon, 01 Jan 2024 00:00:0{second} GMT" for second in range(2))


def front(port: int, answer: bytes, request: str = "GET /") -> Observation:
    return Observation("http", "raw", answer.decode(), "192.0.2.1", port, request=request, at=float(port))


def challenge(nonce: str, realm: str = "camera") -> bytes:
    return page(401, f'WWW-Authenticate: Digest realm="{realm}", nonce="{nonce}"')


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (page(200, DATES[0], body=BODY), page(200, DATES[1], body=BODY)),
        (page(200, "Set-Cookie: sid=1", body=BODY), page(200, "Set-Cookie: sid=2", body=BODY)),
        (challenge("a"), challenge("b")),
    ],
)
def test_dates_sessions_and_challenges_may_differ(first: bytes, second: bytes) -> None:
    assert find_twin([front(80, first), front(8080, second)], 8080) == 80


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (page(200, body=BODY), page(200, body=BODY + b".")),
        (page(200, "Server: a", body=BODY), page(200, "Server: b", body=BODY)),
        (page(200, "A: 1", "B: 2", body=BODY), page(200, "B: 2", "A: 1", body=BODY)),
        (page(200, "Set-Cookie: sid=1", body=BODY), page(200, "Set-Cookie: token=1", body=BODY)),
        (page(200, body=BODY), page(403, body=BODY)),
        (challenge("a"), challenge("a", "recorder")),
    ],
)
def test_whatever_tells_makers_apart_may_not(first: bytes, second: bytes) -> None:
    assert find_twin([front(80, first), front(8080, second)], 8080) is None


@pytest.mark.parametrize("bare", [page(200), page(200, body=b"<html></html>"), page(404, body=BODY), page(401)])
def test_a_page_with_nothing_to_know_it_by_is_like_no_other(bare: bytes) -> None:
    assert find_twin([front(80, bare), front(8080, bare)], 8080) is None


def test_a_page_as_long_as_that_is_known_again() -> None:
    for length, twin in ((TELLING - 1, None), (TELLING, 80)):
        answer = page(200, body=b"x" * length)
        assert find_twin([front(80, answer), front(8080, answer)], 8080) == twin


def test_only_front_pages_of_other_ports_count_and_the_first_is_named() -> None:
    same = page(200, body=BODY)
    assert find_twin([front(80, same)], 80) is None
    assert find_twin([front(80, same, "GET /other"), front(8080, same)], 8080) is None
    assert find_twin([front(80, same)], 8080) is None
    assert find_twin([front(81, same), front(80, same), front(8080, same)], 8080) == 81


def test_answers_are_those_of_one_port() -> None:
    told = [front(80, page(404), "GET /a"), front(8080, page(200), "GET /a")]
    assert answers_on(told, 80) == {"GET /a": page(404).decode()}
