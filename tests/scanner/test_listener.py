"""What a sweep heard becomes observations: once, with the bytes, and with the side of the fence it came from."""

from __future__ import annotations

import hashlib

from scanner.link import Datagram
from scanner.listener import Listener
from scanner.scope import make_scope

SCOPE = make_scope(["10.0.0.0/24"])
DATA = b"<ProbeMatch/>"


def listener() -> Listener:
    return Listener("sadp-sweep", SCOPE.contains)


def datagram(source: str = "10.0.0.9", data: bytes = DATA, port: int = 37020) -> Datagram:
    return Datagram(data, source, port, "eth0", 12.5, "44:19:b6:00:00:09")


def test_a_fact_carries_where_when_and_its_bytes() -> None:
    heard = listener().tell(datagram(), ("sadp.raw", "text"), ("sadp.model", ""), request="inquiry")
    (seen,) = heard.observations
    assert (seen.name, seen.value, seen.address, seen.port, seen.mac) == (
        "sadp.raw",
        "text",
        "10.0.0.9",
        37020,
        "44:19:b6:00:00:09",
    )
    assert (seen.interface, seen.request, seen.at, seen.by, seen.scope) == ("eth0", "inquiry", 12.5, "sadp-sweep", "in")
    assert heard.raw == ((seen.digest, DATA),)
    assert seen.digest == hashlib.sha256(DATA).hexdigest()


def test_a_stranger_is_marked() -> None:
    (seen,) = listener().tell(datagram("192.168.1.64"), ("sadp.raw", "x"), request="").observations
    assert seen.scope == "off"


def test_only_what_may_be_stored_is_stored() -> None:
    heard = listener().tell(datagram(), ("sadp.raw", "x"), request="", raw=b"masked")
    assert heard.raw == ((hashlib.sha256(b"masked").hexdigest(), b"masked"),)


def test_the_same_answer_is_told_once_and_of_each_source() -> None:
    one = listener()
    assert one.tell(datagram(), ("sadp.raw", "x"), request="").observations
    assert not one.tell(datagram(), ("sadp.raw", "x"), request="").observations
    assert one.tell(datagram("10.0.0.10"), ("sadp.raw", "x"), request="").observations
    assert one.tell(datagram(data=b"other"), ("sadp.raw", "x"), request="").observations


def test_answers_that_say_the_same_may_differ_in_bytes() -> None:
    one = listener()
    assert one.tell(datagram(data=b"id 1"), ("sadp.raw", "x"), request="", same_as="unit").observations
    assert not one.tell(datagram(data=b"id 2"), ("sadp.raw", "x"), request="", same_as="unit").observations


def test_an_owner_is_told_once_with_his_frame() -> None:
    one = listener()
    heard = one.tell_owner("10.0.0.9", "44:19:b6:00:00:09", interface="eth0", at=1.0, raw=b"frame")
    (seen,) = heard.observations
    assert (seen.name, seen.value, seen.mac, seen.port, seen.scope) == (
        "mac.mac",
        "44:19:b6:00:00:09",
        "44:19:b6:00:00:09",
        None,
        "in",
    )
    assert heard.raw == ((seen.digest, b"frame"),)
    assert not one.tell_owner("10.0.0.9", "44:19:b6:00:00:09", interface="eth0", at=2.0).observations
    assert one.tell_owner("10.0.0.9", "44:19:b6:00:00:0a", interface="eth0", at=2.0).observations


def test_an_owner_that_the_kernel_knew_has_no_bytes() -> None:
    heard = listener().tell_owner("10.0.0.9", "44:19:b6:00:00:09", interface="eth0", at=1.0)
    assert heard.raw == ()
    assert heard.observations[0].digest == ""
