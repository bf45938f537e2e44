"""What one card says in the name of many is held back; what a conversation proves is not."""

from __future__ import annotations

from scanner.crowds import DOUBT, doubt_crowd
from scanner.devices import Cluster
from scanner.dissect import dissect
from scanner.model import Addresses, Identity, Observation, Standing, replace

HIKVISION = Identity("hikvision", None, "DS-2CD", None, None, "camera", Standing.IDENTIFIED, 0.99)
SADP = Observation("sadp", "raw", "<ProbeMatch/>", address="10.0.0.5")
PAGE = Observation("http", "raw", "HTTP/1.1 200 OK", address="10.0.0.5")


def cluster(*observations: Observation, crowd: int) -> Cluster:
    return Cluster((), observations, Addresses(ipv4=("10.0.0.5",)), "dev-1", crowd=crowd)


def test_one_card_with_many_names_is_suspected_at_most() -> None:
    held = doubt_crowd(HIKVISION, cluster(SADP, crowd=2_000))
    assert (held.maker, held.standing, held.confidence) == ("hikvision", Standing.SUSPECTED, DOUBT)
    assert "2,000 addresses" in held.hints[0]
    assert "forged" in held.hints[0]


def test_who_answered_a_conversation_is_there_whatever_card_he_shares() -> None:
    assert doubt_crowd(HIKVISION, cluster(SADP, PAGE, crowd=40)) == HIKVISION


def test_what_was_read_out_of_a_datagram_is_no_conversation() -> None:
    """TVT units answer a search with a description document: its parts are called as if a page had been fetched."""
    document = "<root><device><manufacturer>TVT</manufacturer><modelName>TD-9421</modelName></device></root>"
    answer = Observation("ssdp", "raw", document, address="10.0.0.5")
    parts = dissect(answer)
    assert "upnp-xml" in {part.protocol for part in parts}
    held = doubt_crowd(HIKVISION, cluster(answer, *parts, crowd=2_000))
    assert held.standing is Standing.SUSPECTED


def test_an_ordinary_device_is_left_as_it_was_judged() -> None:
    assert doubt_crowd(HIKVISION, cluster(SADP, crowd=0)) == HIKVISION


def test_nobody_is_cleared_or_raised_by_a_crowd() -> None:
    nobody = replace(HIKVISION, maker=None, standing=Standing.UNRECOGNISED, confidence=0.0)
    assert doubt_crowd(nobody, cluster(SADP, crowd=40)) == nobody
    weak = replace(HIKVISION, standing=Standing.SUSPECTED, confidence=0.42)
    assert doubt_crowd(weak, cluster(SADP, crowd=40)).confidence == 0.42
