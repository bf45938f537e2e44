"""The SADP sweep sends the two read-only verbs and nothing else, and stores no salt."""

from __future__ import annotations

from probes.sadp_sweep import SWEEP, make_shouts
from scanner.codec.sadp import build_inquiry
from tests.sweep_link import ETH0, answer, run_sweep, sweep_link

ANSWER = (
    b'<?xml version="1.0" encoding="UTF-8" ?>\r\n<ProbeMatch>\r\n<Uuid>7F0B3C52-8C1E-4A0B-9E0C-2F4C1D5A9B10</Uuid>'
    b"<Types>inquiry</Types><DeviceDescription>DS-2CD2042WD-I</DeviceDescription><IPv4Address>192.168.1.64"
    b"</IPv4Address><Salt>0011223344556677</Salt></ProbeMatch>"
)


def test_only_inquiries_leave() -> None:
    shouts = make_shouts(ETH0)
    assert {shout.group for shout in shouts} == {"239.255.255.250", "255.255.255.255"}
    verbs = {shout.payload.partition(b"<Types>")[2].partition(b"<")[0] for shout in shouts}
    assert verbs == {b"inquiry", b"inquiry_v32"}
    assert len({shout.payload.partition(b"<Uuid>")[2][:36] for shout in shouts}) == 1, "one identifier an interface"


async def test_an_answer_is_kept_without_its_salt() -> None:
    link = sweep_link(ETH0)
    link.answers["eth0"] = [answer(ANSWER, source="10.0.0.9")]
    heard = [item async for item in SWEEP.run(link)]
    (seen,) = heard[0].observations
    ((_, stored),) = heard[0].raw
    assert (seen.name, seen.address, seen.scope, seen.request) == ("sadp.raw", "10.0.0.9", "in", "inquiry")
    assert "192.168.1.64" in seen.value, "the address it claims stays beside the one it spoke from"
    assert "0011223344556677" not in seen.value
    assert b"0011223344556677" not in stored


async def test_an_inquiry_heard_back_is_no_answer() -> None:
    link = sweep_link(ETH0)
    link.answers["eth0"] = [answer(build_inquiry("7f0b3c52-8c1e-4a0b-9e0c-2f4c1d5a9b10"))]
    assert await run_sweep(SWEEP, link) == []


async def test_what_cannot_be_read_is_kept_all_the_same() -> None:
    link = sweep_link(ETH0)
    link.answers["eth0"] = [answer(b"\x8a\x01 encrypted"), answer(b"\x8a\x01 encrypted")]
    (seen,) = await run_sweep(SWEEP, link)
    assert "encrypted" in seen.value


async def test_it_asks_from_the_prescribed_port_and_from_a_free_one() -> None:
    link = sweep_link(ETH0)
    await run_sweep(SWEEP, link)
    assert (link.asked[0].local_port, link.asked[0].join) == (37020, ("239.255.255.250",))
