"""A ledger counts, keeps the highest number of open connections, and survives the way through JSON."""

from __future__ import annotations

import json

from simulator import ledger as module
from simulator.ledger import Ledger


def test_connections_are_counted_with_their_highest_number():
    ledger = Ledger()
    for number, port in enumerate((80, 80, 554), 1):
        ledger.note_connection(port, 1.0, number)
    ledger.note_end("clean")
    ledger.note_connection(80, 2.0, 1)
    assert (ledger.connections, ledger.open_now, ledger.most_open) == (4, 3, 3)
    assert ledger.connections_by_port == {80: 3, 554: 1}


def test_left_open_counts_what_the_peer_never_ended():
    ledger = Ledger()
    for _ in range(3):
        ledger.note_connection(80, 1.0, 1)
    ledger.note_end("left")
    ledger.note_end("clean")
    assert ledger.left_open == 2


def test_untouched_until_something_comes():
    ledger = Ledger()
    assert not ledger.touched
    ledger.note_datagram("sadp", 10, 1.0)
    assert ledger.touched
    assert ledger.received == 10


def test_requests_are_counted_in_full_but_kept_to_a_cap(monkeypatch):
    monkeypatch.setattr(module, "REQUESTS_KEPT", 2)
    ledger = Ledger()
    for number in range(5):
        ledger.note_request("http", 80, f"GET /{number}", 1.0)
    assert ledger.requests == 5
    assert [seen.line for seen in ledger.requests_seen] == ["GET /0", "GET /1"]


def test_json_and_back():
    ledger = Ledger(authorizations=["Basic x"], refusals=2, locked=True)
    ledger.note_connection(80, 1.5, 1)
    ledger.note_end("reset")
    ledger.note_datagram("wsd", 7, 2.5)
    ledger.note_request("http", 80, "GET / HTTP/1.1", 1.5)
    assert Ledger.from_json(json.loads(json.dumps(ledger.as_json()))) == ledger


def test_what_everybody_was_sent_is_counted_apart():
    ledger = Ledger()
    ledger.note_datagram("wsd", 10, 1.0, shared=True)
    ledger.note_datagram("wsd", 7, 1.0)
    assert (ledger.datagrams["wsd"], ledger.shared["wsd"]) == (2, 1)
    assert (ledger.received, ledger.received_shared) == (17, 10)


def test_requests_over_tcp_are_told_from_datagrams():
    ledger = Ledger()
    for service in ("http", "https", "rtsp", "tcp", "wsd", "mdns"):
        ledger.note_request(service, 1, "x", 1.0)
    assert (ledger.requests, ledger.stream_requests) == (6, 4)
