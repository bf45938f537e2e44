"""A UDP port hands a question to the right devices, and their answers go out where and when they should."""

from __future__ import annotations

import asyncio
import socket
import time

from simulator.datagram_ports import DatagramPort, Member, make_udp
from simulator.datagrams import Answer, DatagramPlayer
from simulator.persona import Way

ECHO = {"play": "sadp", "answer": ""}


def echo(answers):
    return DatagramPlayer("echo", 0, (), lambda question, *_: [answer(question) for answer in answers])


async def exchange(device, player, data=b"x", insiders=frozenset(), heard=1):
    """Send one datagram to a device that plays `player`; return what comes back, with senders."""
    direct = make_udp(0, host=device.address)
    member = Member(device, player, device.persona.services[0], 0)
    other = lambda: make_udp(0, host=device.address)  # noqa: E731
    port = DatagramPort(direct.getsockname()[1], [member], insiders, direct, None, other, multicast=False)
    port.open()
    loop = asyncio.get_running_loop()
    out = []
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as one:
            one.bind(("127.0.0.1", 0))
            await loop.sock_sendto(one, data, direct.getsockname())
            async with asyncio.timeout(0.3):
                for _ in range(heard):
                    out.append(await loop.sock_recvfrom(one, 65_535))
    except TimeoutError:
        pass
    finally:
        at = direct.getsockname()
        port.close()
    return out, at


async def test_the_answer_comes_from_the_port_that_was_asked(make_device):
    device = make_device(ECHO)
    ((data, sender),), at = await exchange(device, echo([lambda question: Answer(question.data * 2)]))
    assert (data, sender) == (b"xx", at)
    assert device.ledger.answered == {"echo": 1}
    assert (device.ledger.received, device.ledger.sent) == (1, 2)


async def test_an_answer_may_come_from_another_port(make_device):
    ((_, sender),), at = await exchange(make_device(ECHO), echo([lambda _: Answer(b"y", from_other_port=True)]))
    assert sender[0] == at[0]
    assert sender[1] != at[1]


async def test_several_answers_and_delay(make_device):
    began = time.monotonic()
    player = echo([lambda _: Answer(b"late", delay=0.05), lambda _: Answer(b"soon")])
    out, _ = await exchange(make_device(ECHO), player, heard=2)
    assert [data for data, _ in out] == [b"soon", b"late"]
    assert time.monotonic() - began >= 0.05


async def test_what_other_devices_say_is_not_heard(make_device):
    device = make_device(ECHO)
    out, _ = await exchange(device, echo([lambda _: Answer(b"y")]), insiders=frozenset({"127.0.0.1"}))
    assert out == []
    assert not device.ledger.touched


async def test_a_player_that_is_not_concerned_is_not_asked(make_device):
    device = make_device(ECHO)
    player = DatagramPlayer("echo", 0, (), lambda *_: [Answer(b"y")], concerns=lambda data: data != b"x")
    out, _ = await exchange(device, player)
    assert out == []
    assert not device.ledger.touched


async def test_on_loopback_a_multicast_answer_goes_to_the_asker(make_device):
    out, _ = await exchange(make_device(ECHO), echo([lambda _: Answer(b"y", (Way.MULTICAST,))]))
    assert [data for data, _ in out] == [b"y"]
