"""A lab is a network of its own: devices answer ARP and multicast with their own MAC, and nothing leads out of it."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from simulator.cast import datagram_services
from simulator.estate import ArpOnly, Estate, Placement, Segment, build_estate, mixed_counts, place
from simulator.lab import Lab, why_no_lab
from simulator.namespaces import LabError

pytestmark = pytest.mark.lab

SADP = b'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>A1</Uuid><Types>inquiry</Types></Probe>'
WSD = (
    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    b' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"><s:Header><a:MessageID>uuid:1</a:MessageID></s:Header>'
    b'<s:Body><d:Probe xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"/></s:Body></s:Envelope>'
)
SSDP = b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n'
DHIP = bytes.fromhex("200000004448495000000000000000003b000000000000003b00000000000000")
DHDISCOVER = DHIP + b'{"method":"DHDiscover.search","params":{"mac":"","uni":1}}\n'
MDNS = bytes.fromhex("000000000001000000000000") + b"\x09_services\x07_dns-sd\x04_udp\x05local\0\0\x0c\x80\x01"
QUESTIONS = [
    ("sadp", SADP, "239.255.255.250", 37020),
    ("wsd", WSD, "239.255.255.250", 3702),
    ("ssdp", SSDP, "239.255.255.250", 1900),
    ("dhdiscover", DHDISCOVER, "239.255.255.251", 37810),
    ("mdns", MDNS, "224.0.0.251", 5353),
]


def collect(one: socket.socket, seconds: float = 0.5) -> dict[str, bytes]:
    """Every answer that comes until it is quiet, by sender."""
    one.settimeout(seconds)
    heard: dict[str, bytes] = {}
    try:
        while True:
            data, peer = one.recvfrom(65_535)
            heard[peer[0]] = data
    except TimeoutError:
        return heard


def shout(data: bytes, group: str, port: int, scanner: str) -> dict[str, bytes]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(scanner))
        one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
        one.sendto(data, (group, port))
        return collect(one)


def players_of(estate: Estate, play: str) -> set[str]:
    devices = [device for _, device in place(estate)]
    return {one.address for one in devices if any(player.play == play for player, _ in datagram_services(one))}


def arp(address: str, tries: int = 1) -> str:
    """Ask once per try on eth0 who has the address; the MAC that answers, or nothing."""
    target = socket.inet_aton(address)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806)) as raw:
        raw.bind(("eth0", 0x0806))
        own = raw.getsockname()[4]
        head = b"\xff" * 6 + own + bytes.fromhex("08060001080006040001")
        raw.settimeout(0.3)
        for _ in range(tries):
            raw.send(head + own + socket.inet_aton("10.77.0.2") + bytes(6) + target)
            try:
                while True:
                    frame = raw.recv(128)
                    if frame[20:22] == b"\0\2" and frame[28:32] == target:
                        return frame[22:28].hex(":")
            except TimeoutError:
                continue
    return ""


@pytest.mark.parametrize("layout", ["own", "shared"])
def test_everybody_who_speaks_a_protocol_answers_its_group(lan, layout):
    estate = build_estate("10.77.0.0/24", mixed_counts(30, 15))
    lab = lan(estate, layout=layout)
    with lab.enter():
        for play, data, group, port in QUESTIONS:
            expected = players_of(estate, play) - ({"10.77.0.0"} if play != "wsd" else set())
            heard = set(shout(data, group, port, "10.77.0.2"))
            missing = expected - heard
            picky = {one.address for one in lab.devices if one.persona in {"tvt"}}
            assert missing <= picky, (play, missing)
    assert lab.counts().drops == 0


@pytest.mark.parametrize("layout", ["own", "shared"])
def test_every_device_answers_arp_with_its_own_mac(lan, layout):
    lab = lan(build_estate("10.77.0.0/24", {"silent": 10, "axis": 10}), layout=layout)
    with lab.enter():
        assert {one.address: arp(one.address) for one in lab.devices} == {one.address: one.mac for one in lab.devices}
        assert arp("10.77.0.3") == ""


@pytest.mark.parametrize("layout", ["own", "shared"])
def test_frames_of_a_conversation_carry_the_devices_mac(lan, layout):
    lab = lan(build_estate("10.77.0.0/24", {"axis": 3}), layout=layout)
    with lab.enter(), socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)) as raw:
        raw.bind(("eth0", 0x0800))
        raw.settimeout(1)
        last = lab.devices[-1]
        socket.create_connection((last.address, 80), timeout=2).close()
        while (frame := raw.recv(2048))[26:30] != socket.inet_aton(last.address):
            pass
        assert frame[6:12].hex(":") == last.mac


def test_ipv6_discovery_is_answered_from_link_local_addresses(lan):
    lab = lan(build_estate("10.77.0.0/24", {"axis": 3, "silent": 1}))
    with lab.enter(), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as one:
        one.sendto(WSD, ("ff02::c", 3702, 0, socket.if_nametoindex("eth0")))
        heard = collect(one)
    assert {address.partition("%")[0] for address in heard} == {
        device.link_local for _, device in place(lab.estate) if device.persona.id == "axis"
    }


def test_a_factory_fresh_device_on_the_wrong_network_is_heard_by_multicast_only(lan):
    segment = Segment(
        network="10.77.0.0/24",
        scanner="10.77.0.2",
        devices=(Placement(persona="off-scope-hikvision", address="192.168.1.64"),),
    )
    lab = lan(Estate(id="one", segments=(segment,)))
    with lab.enter(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("0.0.0.0", 37020))
        request = socket.inet_aton("239.255.255.250") + socket.inet_aton("10.77.0.2")
        one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.77.0.2"))
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
        one.sendto(SADP, ("239.255.255.250", 37020))
        heard = collect(one)
    assert list(heard) == ["192.168.1.64"]
    assert lab.ledger("192.168.1.64").unsent == 1


@pytest.mark.parametrize("layout", ["own", "shared"])
def test_sleepers_miss_the_first_request_on_every_level(lan, layout):
    device = Placement(persona="ezviz", address="10.77.0.50", quirks={"misses_first": True})
    segment = Segment(network="10.77.0.0/24", scanner="10.77.0.2", devices=(device,))
    lab = lan(Estate(id="one", segments=(segment,)), layout=layout)
    with lab.enter():
        assert arp("10.77.0.50") == ""
        assert arp("10.77.0.50") == lab.devices[0].mac
        assert shout(SADP, "239.255.255.250", 37020, "10.77.0.2") == {}
        assert list(shout(SADP, "239.255.255.250", 37020, "10.77.0.2")) == ["10.77.0.50"]
        socket.create_connection(("10.77.0.50", 8000), timeout=2).close()
    assert lab.ledger("10.77.0.50").arp_requests >= 2


def test_on_a_shared_wire_the_port_of_the_scanner_answers_arp_and_the_devices_hear_none(lan):
    lab = lan(build_estate("10.77.0.0/24", {"silent": 3}), layout="shared")
    with lab.enter():
        assert [arp(device.address) for device in lab.devices] == [device.mac for device in lab.devices]
    assert [lab.ledger(device.address).arp_requests for device in lab.devices] == [1, 1, 1]


def test_hosts_that_are_nothing_but_arp(lan):
    many = ArpOnly(first="10.77.1.0", count=300, oui="00:1b:21", misses_first=0.1)
    segment = Segment(network="10.77.0.0/16", scanner="10.77.0.2", arp_only=(many,))
    lab = lan(Estate(id="many", segments=(segment,)))
    with lab.enter():
        assert arp("10.77.1.7", tries=2) == "00:1b:21:4d:01:07"
        assert arp("10.77.3.7", tries=2) == ""
    assert lab.counts().arp_answers == 1


def test_two_segments_give_the_scanner_two_interfaces(lan):
    def segment(third: int) -> Segment:
        device = Placement(persona="ezviz", address=f"10.77.{third}.9")
        return Segment(network=f"10.77.{third}.0/24", scanner=f"10.77.{third}.2", devices=(device,))

    lab = lan(Estate(id="two", segments=(segment(0), segment(1))))
    assert lab.interfaces == ("eth0", "eth1")
    assert "10.77.1.2/24" in lab.run_in_scanner(["ip", "-4", "addr", "show", "eth1"]).stdout
    with lab.enter():
        socket.create_connection(("10.77.1.9", 8000), timeout=2).close()
    assert (lab.ledger("10.77.1.9").connections, lab.ledger("10.77.0.9").connections) == (1, 0)


async def test_it_works_as_an_async_context_too(lan):
    async with Lab(build_estate("10.77.0.0/24", {"axis": 1})) as lab:
        command, descriptors = lab.command(["ip", "-br", "link"])
        child = await asyncio.create_subprocess_exec(*command, pass_fds=descriptors, stdout=asyncio.subprocess.PIPE)
        said, _ = await child.communicate()
        assert b"eth0" in said


def test_the_scanners_place_has_no_way_out(lan):
    lab = lan(build_estate("10.77.0.0/24", {"silent": 1}))
    assert lab.run_in_scanner(["ip", "route", "show", "default"]).stdout == ""
    with lab.enter(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, pytest.raises(OSError, match="unreach"):
        one.connect(("192.0.2.1", 9))


def test_nothing_is_left_when_it_is_closed(lan):
    lab = Lab(build_estate("10.77.0.0/24", {"axis": 2}))
    lab.start()
    pid = lab._child.pid
    assert Path(f"/proc/{pid}").exists()
    lab.close()
    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(LabError, match="is closed"):
        lab.counts()


def test_why_it_did_not_come_up_is_said(lan):
    with pytest.raises(LabError, match="could not be laid out"):
        lan(Estate.model_validate({"id": "bad", "segments": [{"network": "10.0.0.0/24", "scanner": "nonsense"}]}))


def test_can_make_one_here(lan):
    assert why_no_lab() is None
