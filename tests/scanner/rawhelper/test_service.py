"""The raw-socket program's loop: what it is asked for it does inside its scope, what it hears it tells, once."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from scanner.interfaces import list_interfaces
from scanner.rawhelper import service as service_module
from scanner.rawhelper.asking import LEAST_LAST_QUIET
from scanner.rawhelper.learning import Learning
from scanner.rawhelper.packet_socket import PacketSockets, open_sockets
from scanner.rawhelper.service import Service
from scanner.scope import make_scope
from tests.scanner.codec.test_ipv6_udp import CARD, LINK_LOCAL, udp6_frame
from tests.segment import SCANNER_MAC, Segment, arp_frame, mac_of, sadp_frame

pytestmark = pytest.mark.lab


class Running:
    """A service in a thread, with its two pipes."""

    def __init__(self, segment: Segment) -> None:
        scope = make_scope([segment.network], excluded=["10.77.0.200"])
        with segment.enter():
            available = next(one for one in list_interfaces() if one.interface.name == "eth0")
            self.sockets = open_sockets("eth0")
            self.learning = Learning({self.sockets.index}, scope, ())
        requests, self._requests = os.pipe()
        events, output = os.pipe()
        self._events = os.fdopen(events, "rb")
        sides = {"eth0": (self.sockets, available)}
        self.service = Service(scope, sides, learning=self.learning, rng=random.Random(1), output=output)
        self.log: list[dict[str, Any]] = []
        self._thread = threading.Thread(target=self._run, args=(requests, output))
        self._thread.start()

    def _run(self, requests: int, output: int) -> None:
        self.service.serve(requests)
        os.close(output)
        os.close(requests)

    def ask(self, **request: object) -> None:
        os.write(self._requests, json.dumps(request).encode() + b"\n")

    def sweep(self, first: str = "10.77.0.3", last: str = "10.77.0.20", **change: object) -> None:
        request: dict[str, object] = {"op": "sweep", "id": 1, "interface": "eth0", "ranges": [[first, last]]}
        self.ask(**request | {"sender": "10.77.0.2", "rate": 5000, "passes": 2} | change)

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            event: dict[str, Any] = json.loads(self._events.readline())
            self.log.append(event)
            if event["event"] == "want" and event["frames"]:
                self.ask(op="grant", id=event["id"], frames=event["frames"])
            if wanted(event):
                return event

    def until_event(self, name: str) -> dict[str, Any]:
        return self.until(lambda event: event["event"] == name)

    def close(self) -> None:
        os.close(self._requests)
        self._thread.join()
        self._events.close()
        self.sockets.close()
        self.learning.close()


@pytest.fixture
def running(segment: Segment) -> Iterator[Running]:
    made = Running(segment)
    yield made
    made.close()


def test_a_sweep_asks_all_and_finds_who_is_there(segment: Segment, running: Running) -> None:
    segment.hosts = {"10.77.0.9": [mac_of("10.77.0.9")]}
    running.sweep()
    done = running.until_event("done")
    (heard,) = [event for event in running.log if event["event"] == "heard"]
    assert (heard["address"], heard["mac"], heard["kind"], heard["id"], heard["asks"]) == (
        "10.77.0.9",
        mac_of("10.77.0.9"),
        "reply",
        1,
        1,
    )
    assert bytes.fromhex(heard["frame"])[28:32] == bytes([10, 77, 0, 9])
    assert (done["asked"], done["answered"], done["passes"], done["drops"]) == (18, 1, 2, 0)
    assert segment.asked["10.77.0.9"] == 1
    assert {segment.asked[f"10.77.0.{host}"] for host in range(3, 21) if host != 9} == {2}
    assert set(segment.senders) == {"10.77.0.2"}


def reply(mac: str, address: str) -> bytes:
    to = bytes.fromhex(SCANNER_MAC.replace(":", ""))
    return arp_frame(mac, address, operation=2, to=to, target="10.77.0.2")


def test_an_answer_after_the_end_is_told_as_late_and_only_the_first(segment: Segment, running: Running) -> None:
    segment.hosts = {"10.77.0.9": [mac_of("10.77.0.9")]}
    running.sweep()
    running.until_event("done")
    running.log.clear()
    segment.say(reply(mac_of("10.77.0.9"), "10.77.0.9"))  # it had answered
    segment.say(arp_frame(mac_of("10.77.0.10"), "10.77.0.10", operation=1, target="10.77.0.1"))  # speaks to others
    segment.say(reply(mac_of("10.77.0.11"), "10.77.0.11"))
    segment.say(reply(mac_of("10.77.0.11"), "10.77.0.11"))
    segment.say(reply(mac_of("10.77.0.99"), "10.77.0.99"))  # nobody asked
    running.until(lambda event: event.get("address") == "10.77.0.99")
    told = [(one["address"], one.get("id"), "late" in one) for one in running.log if one["event"] == "heard"]
    assert told == [("10.77.0.10", None, False), ("10.77.0.11", 1, True), ("10.77.0.99", None, False)]
    late = next(one for one in running.log if one.get("address") == "10.77.0.11")
    assert late["late"] > LEAST_LAST_QUIET
    assert late["asks"] == 2
    running.ask(op="learn", interface="eth0", addresses=["10.77.0.11"])
    assert running.until_event("learned")["errnos"] == [0]


def test_what_is_dropped_after_a_sweep_is_told_by_itself(
    segment: Segment, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = [0]
    monkeypatch.setattr(PacketSockets, "count_drops", lambda sockets: lost.pop() if lost else 0)
    segment.say(arp_frame("44:19:b6:00:00:64", "192.168.1.64", operation=1))
    running.until_event("heard")
    lost.append(7)  # nobody has asked: the kernel goes on counting
    running.sweep(last="10.77.0.4")
    assert running.until_event("done")["drops"] == 7
    lost.append(3)
    segment.say(arp_frame("44:19:b6:00:00:65", "192.168.1.65", operation=1))
    assert running.until_event("dropped") == {"event": "dropped", "interface": "eth0", "drops": 3}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"last": "10.77.1.20"}, "outside the scope"),
        ({"first": "10.77.0.199", "last": "10.77.0.201"}, "outside the scope"),
        ({"first": "10.77.0.0"}, "outside the scope"),
        ({"sender": "10.77.0.9"}, "not an address of eth0"),
        ({"interface": "lo"}, "was not opened"),
        ({"op": "open", "networks": ["10.0.0.0/8"], "excluded": [], "interfaces": ["eth0"]}, "already open"),
    ],
    ids=["beyond", "excluded", "network address", "foreign sender", "other interface", "second opening"],
)
def test_what_it_was_not_started_for_it_refuses(
    segment: Segment, running: Running, change: dict[str, str], why: str
) -> None:
    running.sweep(**change)
    assert why in running.until_event("refused")["text"]
    assert segment.asked == {}


def test_a_sweep_id_is_used_once_at_a_time(running: Running) -> None:
    running.sweep(rate=1)
    running.sweep(rate=1)
    assert "one too many" in running.until_event("refused")["text"]


def test_an_address_with_two_owners_shows_both(segment: Segment, running: Running) -> None:
    segment.hosts = {"10.77.0.9": ["44:19:b6:00:00:01", "3c:ef:8c:00:00:01"]}
    running.sweep()
    running.until_event("done")
    assert {event["mac"] for event in running.log if event["event"] == "heard"} == set(segment.hosts["10.77.0.9"])


def test_a_stranger_is_told_of_and_never_asked(segment: Segment, running: Running) -> None:
    stranger = arp_frame("44:19:b6:00:00:64", "192.168.1.64", operation=1, target="192.168.1.1")
    segment.on_first = lambda: [stranger]
    running.sweep()
    heard = running.until_event("heard")
    assert (heard["address"], heard["kind"], heard.get("id")) == ("192.168.1.64", "request", None)
    running.until_event("done")
    assert not {address for address in segment.asked if not address.startswith("10.77.0.")}


def test_a_probe_without_an_address_says_nothing(segment: Segment, running: Running) -> None:
    segment.say(arp_frame("44:19:b6:00:00:64", "0.0.0.0", operation=1, target="10.77.0.9"))
    segment.say(arp_frame("44:19:b6:00:00:65", "10.77.0.9", operation=1, target="10.77.0.9"))
    heard = running.until_event("heard")
    assert (heard["mac"], heard["kind"]) == ("44:19:b6:00:00:65", "gratuitous")


def test_sadp_frames_are_told(segment: Segment, running: Running) -> None:
    segment.say(sadp_frame("44:19:b6:00:00:64", "192.168.1.64"))
    event = running.until_event("sadp")
    assert event["mac"] == "44:19:b6:00:00:64"
    assert bytes.fromhex(event["frame"])[12:14] == b"\x80\x33"


def test_a_storm_is_counted_and_not_passed_on(
    segment: Segment, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "UNASKED_CAP", 5)
    for host in range(20):
        segment.say(arp_frame(f"44:19:b6:00:01:{host:02x}", f"192.168.1.{host + 1}", operation=1))
    for _ in range(5):
        running.until_event("heard")
    running.sweep(last="10.77.0.4")
    done = running.until_event("done")
    assert done["suppressed"] == 15
    assert sum(event["event"] == "heard" for event in running.log) == 5


def test_whose_card_an_answer_over_ipv6_came_from_is_told_to_who_asks(segment: Segment, running: Running) -> None:
    segment.say(udp6_frame(to=bytes.fromhex(SCANNER_MAC.replace(":", ""))))
    segment.say(arp_frame(mac_of("10.77.0.9"), "10.77.0.9", operation=1))
    running.until_event("heard")
    question = {"op": "owner", "interface": "eth0", "address": LINK_LOCAL, "ports": [40_000]}
    running.ask(**question)
    assert running.until_event("owner")["mac"] == CARD.hex(":")
    running.ask(**question | {"ports": [40_001]})
    assert running.until_event("owner")["mac"] is None
    running.ask(**question | {"interface": "lo"})
    assert "was not opened" in running.until_event("refused")["text"]
    assert "fe80" not in str([one for one in running.log if one["event"] != "refused"]), "nobody is told unasked"


def test_stopping_ends_a_sweep_at_once(segment: Segment, running: Running) -> None:
    running.sweep(rate=1)
    running.until_event("want")
    running.ask(op="stop", id=1)
    assert running.until_event("done")["stopped"]


def test_heard_neighbours_are_entered_and_taken_out(segment: Segment, running: Running) -> None:
    segment.hosts = {"10.77.0.9": [mac_of("10.77.0.9")]}
    running.sweep()
    running.until_event("done")
    running.ask(op="learn", interface="eth0", addresses=["10.77.0.9"])
    assert running.until_event("learned")["errnos"] == [0]
    running.ask(op="forget", interface="eth0", addresses=["10.77.0.9"])
    event = running.until_event("learned")
    assert (event["errnos"], event["forgot"]) == ([0], True)
    running.ask(op="learn", interface="wlan0", addresses=["10.77.0.9"])
    assert "not entered" in running.until_event("refused")["text"]


def test_an_interface_that_goes_down_breaks_its_sweep_aloud(segment: Segment, running: Running) -> None:
    from simulator.namespaces import call_in, run_ip

    running.sweep(last="10.77.0.199", rate=100)
    running.until_event("want")
    call_in(segment.scan, lambda: run_ip(["link set eth0 down"]))
    assert "eth0" in running.until_event("broken")["text"]
    done = running.until_event("done")
    assert done["broken"]
    assert done["frames"] < 197


def test_the_pace_is_kept_evenly(segment: Segment, running: Running) -> None:
    """At 1,000 frames a second no 100 ms hold more than 105 of them."""
    running.sweep(last="10.77.0.199", rate=1000)
    running.until_event("done")
    time.sleep(0.05)
    times = segment.times
    assert len(times) == 2 * 197
    worst = max(sum(1 for other in times if at <= other < at + 0.1) for at in times)
    assert worst <= 110, "105 and what the crowd's own clock is late by"


def test_its_own_frames_name_its_own_interface(segment: Segment, running: Running) -> None:
    assert running.sockets.mac.hex(":") == SCANNER_MAC
