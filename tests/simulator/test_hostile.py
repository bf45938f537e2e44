"""Hostile devices are sound personas: each loads, has its script, and says what a report may say of it."""

from __future__ import annotations

import pytest

from simulator.cast import datagram_services, frame_scripts, stream_services
from simulator.estate import Estate, place
from simulator.hostile import CASES, Case, Shown, find_case, find_part, find_persona
from simulator.hostile.case import PREFIX
from simulator.hostile.link import arp_reply, is_request, udp_frame
from simulator.hostile.site import FIRST_HOSTILE, HONEST, make_site
from simulator.hostile.tls import deep_der, records
from simulator.yaml_text import FileError

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
REQUEST = (
    b"\xff" * 6
    + b"\x02\0\0\0\0\x01"
    + bytes.fromhex("08060001080006040001")
    + b"\x02\0\0\0\0\x01\x0a\x42\0\x02"
    + bytes(6)
    + b"\x0a\x42\0\x14"
)


@every_case
def test_every_case_plays_something(case: Case, make_device) -> None:
    persona = find_persona(f"{PREFIX}{case.id}")
    assert persona.id == f"{PREFIX}{case.id}"
    assert (persona.truth.maker, persona.truth.listed, persona.expect) == (None, False, "not-identified")
    device = make_device(persona=persona)
    scripts = [*stream_services(persona), *datagram_services(device), *frame_scripts(persona)]
    assert scripts


@every_case
def test_more_than_nobody_needs_a_reason(case: Case) -> None:
    assert bool(case.why) == (case.shown is not Shown.NOBODY)
    assert not case.does.endswith(".")


def test_an_unknown_name_is_refused_in_words() -> None:
    with pytest.raises(FileError, match="no hostile device"):
        find_case("hostile/nobody")


def test_a_script_is_found_by_the_name_its_persona_gives() -> None:
    case = next(case for case in CASES if len(case.parts) > 1)
    names = [service.script for service in case.persona.services if hasattr(service, "script")]
    assert [find_part(name) for name in names] == list(case.parts)


def test_the_copied_serial_number_is_that_of_the_first_honest_camera() -> None:
    """The lies say so; who changed the order of the estate would take their meaning away."""
    (first, *_) = [device for _, device in place(Estate.model_validate(make_site()), clock=lambda: 0.0)]
    twin = find_case("twin-serial").services[0]["answer"]
    assert first.persona.id == HONEST[0]
    assert f"<DeviceSN>{first.truth.serial}</DeviceSN>" in twin
    assert f"<MAC>{first.mac.replace(':', '-')}</MAC>" in find_case("twin-mac").services[0]["answer"]


def test_every_device_has_room_in_the_network() -> None:
    assert FIRST_HOSTILE + len(CASES) < 200, "from there on a proxy answers for nobody"


def test_an_arp_answer_goes_back_to_who_asked() -> None:
    assert is_request(REQUEST)
    reply = arp_reply(REQUEST, b"\x02ffff\x09", b"\x0a\x42\0\x14")
    assert (reply[:6], reply[20:22], reply[22:32]) == (REQUEST[22:28], b"\0\2", b"\x02ffff\x09\x0a\x42\0\x14")
    assert reply[32:42] == REQUEST[22:32]


def test_a_forged_datagram_has_a_true_header_checksum() -> None:
    frame = udp_frame(b"\x02" * 6, b"\x04" * 6, bytes([172, 16, 0, 1]), bytes([10, 66, 0, 2]), (37020, 40000), b"hello")
    head = frame[14:34]
    total = sum(int.from_bytes(head[at : at + 2], "big") for at in range(0, 20, 2))
    assert (total & 0xFFFF) + (total >> 16) == 0xFFFF
    assert frame[42:] == b"hello"


def test_a_long_message_is_cut_into_records() -> None:
    assert len(records(22, bytes(40_000))) == 40_000 + 3 * 5
    assert deep_der(3) == b"\x30\x04\x30\x02\x30\x00"
