"""The SSDP sweep searches for everything and for root devices, on both families, and fetches nothing."""

from __future__ import annotations

from probes.ssdp_sweep import SWEEP, make_shouts
from scanner.codec.ssdp import build_search
from tests.sweep_link import ETH0, answer, run_sweep, sweep_link

ANSWER = (
    b"HTTP/1.1 200 OK\r\nSERVER: Linux UPnP/1.0\r\nUSN: uuid:x\r\nST: upnp:rootdevice\r\n"
    b"LOCATION: http://10.0.0.9:49152/d.xml\r\n\r\n"
)


def test_both_targets_go_to_both_groups() -> None:
    shouts = make_shouts(ETH0)
    assert {(shout.group, shout.port) for shout in shouts} == {("239.255.255.250", 1900), ("ff02::c", 1900)}
    assert sorted({line for shout in shouts for line in shout.payload.split(b"\r\n") if line[:3] == b"ST:"}) == [
        b"ST: ssdp:all",
        b"ST: upnp:rootdevice",
        b"ST: urn:schemas-upnp-org:service:EmbeddedNetDeviceControl:1",
    ]


async def test_answers_are_kept_searches_of_others_are_not() -> None:
    link = sweep_link(ETH0)
    link.answers["eth0"] = [answer(ANSWER), answer(build_search("ssdp:all")), answer(b"nonsense")]
    seen = await run_sweep(SWEEP, link)
    assert [one.name for one in seen] == ["ssdp.raw"] * 2
    assert "LOCATION: http://10.0.0.9:49152/d.xml" in seen[0].value
    assert seen[1].value == "nonsense"
