"""The Xiongmai sweep sends message 1530 and nothing else, and stores no secret."""

from __future__ import annotations

from probes.xm_sweep import SWEEP, make_shouts
from scanner.codec.xm_search import build_search
from tests.sweep_link import ETH0, answer, run_sweep, sweep_link

BODY = b'{"NetWork.NetCommon":{"HostName":"NVR","SN":"0011","PassWord":"hunter2"},"Ret":100}\n\x00'
ANSWER = b"\xff\x00\x00\x00" + bytes(10) + b"\xfb\x05" + len(BODY).to_bytes(4, "little") + BODY


def test_only_the_search_leaves_by_broadcast() -> None:
    shouts = make_shouts(ETH0)
    assert {(shout.group, shout.port) for shout in shouts} == {("255.255.255.255", 34569)}
    assert {shout.payload[14:16] for shout in shouts} == {b"\xfa\x05"}


async def test_an_answer_is_kept_in_hexadecimal_without_secrets() -> None:
    link = sweep_link(ETH0)
    link.answers["eth0"] = [answer(build_search()[0]), answer(ANSWER, port=34569)]
    (seen,) = await run_sweep(SWEEP, link)
    assert seen.name == "xm-search.raw"
    assert b"HostName" in bytes.fromhex(seen.value)
    assert b"hunter2" not in bytes.fromhex(seen.value)
    assert link.asked[0].local_port == 34569
