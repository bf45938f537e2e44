"""The DHDiscover sweep sends the search and nothing else, and stores no secret."""

from __future__ import annotations

from probes.dhdiscover_sweep import SWEEP, make_shouts
from scanner.codec.dhdiscover import build_search
from tests.sweep_link import ETH0, answer, run_sweep, sweep_link

BODY = (
    b'{"mac":"3c:ef:8c:00:00:01","method":"client.notifyDevInfo",'
    b'"params":{"deviceInfo":{"DeviceType":"IPC","Password":"hunter2"}}}'
)
ANSWER = b"\x20\x00\x00\x00DHIP" + bytes(8) + len(BODY).to_bytes(4, "little") + bytes(12) + BODY


def test_the_search_goes_to_the_group_and_the_broadcasts() -> None:
    shouts = make_shouts(ETH0)
    assert [shout.group for shout in shouts] == ["239.255.255.251", "255.255.255.255", "10.0.0.255"]
    assert {(shout.port, shout.payload) for shout in shouts} == {(37810, build_search())}


async def test_an_answer_is_kept_as_its_json_without_secrets() -> None:
    link = sweep_link(ETH0)
    link.answers["eth0"] = [answer(ANSWER, port=37810)]
    heard = [item async for item in SWEEP.run(link)]
    (seen,) = heard[0].observations
    assert seen.name == "dhdiscover.raw"
    assert seen.value.startswith('{"mac":"3c:ef:8c:00:00:01"')
    assert "hunter2" not in seen.value
    assert b"hunter2" not in heard[0].raw[0][1]


async def test_another_tools_search_is_no_answer_and_garbage_is_kept() -> None:
    link = sweep_link(ETH0)
    link.answers["eth0"] = [answer(build_search()), answer(b"\x20\x00\x00\x00DHIP and nonsense")]
    (seen,) = await run_sweep(SWEEP, link)
    assert "nonsense" in seen.value


async def test_it_listens_where_others_answer_the_group() -> None:
    link = sweep_link(ETH0)
    await run_sweep(SWEEP, link)
    assert (link.asked[0].listen_port, link.asked[0].join) == (37810, ("239.255.255.251",))
