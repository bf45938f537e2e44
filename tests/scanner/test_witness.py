"""What a probe heard becomes observations resting on bytes, and one attempt that adds up."""

from __future__ import annotations

import hashlib

import pytest

from scanner.link import Exchange
from scanner.model import Attempt, Outcome
from scanner.scope import make_scope
from scanner.witness import DETAIL_CAP, Witness, read_http, summarise
from tests.support import ScriptedLink

TARGET = make_scope(["127.0.0.0/24", "fe80::/64"]).admit("fe80::5", "eth0")
assert TARGET is not None
WITNESS = Witness("p", TARGET, 80)


def test_facts_rest_on_the_same_bytes_and_empty_ones_are_left_out() -> None:
    exchange = Exchange(Outcome.ANSWERED, received=b"bytes", at=5.0)
    heard = WITNESS.tell(exchange, ("a.b", "1"), ("a.c", ""), ("a.d-e", "2"), request="GET /")
    digest = hashlib.sha256(b"bytes").hexdigest()
    assert heard.raw == ((digest, b"bytes"),)
    assert [(item.name, item.value) for item in heard.observations] == [("a.b", "1"), ("a.d-e", "2")]
    first = heard.observations[0]
    assert (first.address, first.interface, first.port) == ("fe80::5", "eth0", 80)
    assert (first.request, first.at, first.by, first.digest) == ("GET /", 5.0, "p", digest)


def test_other_bytes_may_be_given() -> None:
    heard = WITNESS.tell(Exchange(Outcome.ANSWERED, received=b"all"), ("a.b", "1"), raw=b"part")
    assert heard.raw[0][1] == b"part"


def test_no_bytes_no_digest() -> None:
    heard = WITNESS.tell(Exchange(Outcome.ANSWERED), ("a.b", "1"))
    assert (heard.raw, heard.observations[0].digest) == ((), "")


def test_foreign_bytes_are_kept_in_hexadecimal() -> None:
    heard = WITNESS.tell_foreign(Exchange(Outcome.GARBLED, received=b"\x00\x10"), request="GET /")
    assert [(item.name, item.value) for item in heard.observations] == [("tcp.greeting", "0010")]


def test_the_attempt_adds_up() -> None:
    link = ScriptedLink([])
    first = Exchange(Outcome.ANSWERED, b"ab", b"abc", elapsed=0.5, at=5.0, connections=2, requests=2)
    second = Exchange(Outcome.SILENT, b"c", b"", "no answer", elapsed=1.0, at=6.0, connections=1, requests=1)
    WITNESS.close(link, [first, second])
    expected = Attempt("p", "fe80::5", 80, Outcome.ANSWERED, "no answer", 5.0, 1.5, 3, 3, 0, 3, 3)
    assert link.attempts == [expected]


def test_the_probe_may_know_better() -> None:
    link = ScriptedLink([])
    WITNESS.close(link, [Exchange(Outcome.ANSWERED)], outcome=Outcome.GARBLED, detail="x" * 1000)
    assert link.attempts[0].outcome is Outcome.GARBLED
    assert len(link.attempts[0].detail) == DETAIL_CAP


@pytest.mark.parametrize(
    ("outcomes", "outcome"),
    [
        ([], Outcome.SKIPPED),
        ([Outcome.SKIPPED], Outcome.SKIPPED),
        ([Outcome.SKIPPED, Outcome.SILENT, Outcome.REFUSED], Outcome.SILENT),
        ([Outcome.REFUSED, Outcome.ANSWERED], Outcome.ANSWERED),
        ([Outcome.BROKEN, Outcome.SKIPPED], Outcome.BROKEN),
    ],
)
def test_many_outcomes_become_one(outcomes: list[Outcome], outcome: Outcome) -> None:
    assert summarise([Exchange(item) for item in outcomes]) is outcome


@pytest.mark.parametrize(
    ("received", "status"), [(b"HTTP/1.1 404 x\r\n\r\n", 404), (b"", None), (b"\x00\x01", None), (b"<html>", 0)]
)
def test_http_is_read_or_not(received: bytes, status: int | None) -> None:
    response = read_http(Exchange(Outcome.ANSWERED, received=received))
    assert (response.status if response is not None else None) == status
