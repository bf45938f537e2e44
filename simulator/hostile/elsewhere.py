"""Devices that point at other hosts: redirects, service addresses, and ARP claims. Who follows one leaves the scope."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Final

from simulator.device import Device
from simulator.hostile.case import Case, OnLink, OnTcp, OnUdp, Part, Talks
from simulator.hostile.discovery import ELSEWHERE, MATCH_HEAD, MATCH_TAIL, WSD, match, port_of
from simulator.hostile.documents import ENVELOPE
from simulator.hostile.link import is_request, own_mac
from simulator.hostile.pouring import hear
from simulator.hostile.tls import CERT
from simulator.streams import Talk

SHUT_OUT: Final = "10.66.0.200"
"""An address inside the scope that the tests exclude."""

TRICKS: Final = (
    f"http://{ELSEWHERE}/a.html",
    f"//{ELSEWHERE}/a.html",
    f"http://{{ip}}@{ELSEWHERE}/a.html",
    f"http://{{ip}}:80@{ELSEWHERE}/a.html",
    f"http://{ELSEWHERE}\\@{{ip}}/a.html",
    f"/\\{ELSEWHERE}/a.html",
    f"http://[::ffff:{ELSEWHERE}]/a.html",
    "http://172098042/a.html",
    "http://0x0a4201fa/a.html",
    "http://012.0102.01.0372/a.html",
    "http://10.66.506/a.html",
    "http://tripwire.local/a.html",
    "http://[fe80::1%25eth0]/a.html",
    "http://192.0.2.1/a.html",
    f"http://{SHUT_OUT}/a.html",
)
"""Ways to write another host; a port of a device has one of them."""

PORTS: Final = (80, 8080, 88, 81, 8000)


def _sends(first: int, head: str, body: str = "") -> Talks:
    """Send every browser away, from each port by another trick."""

    async def converse(talk: Talk) -> None:
        await hear(talk)
        place = PORTS.index(talk.port) if talk.port in PORTS else 0
        to = talk.device.fill(TRICKS[(first + place) % len(TRICKS)])
        page = body.replace("TO", to)
        lines = f"{head.replace('TO', to)}Content-Type: text/html\r\nContent-Length: {len(page)}\r\n"
        await talk.say(f"{lines}Connection: close\r\n\r\n{page}".encode())

    return converse


def _away(name: str, does: str, *parts: Part, certificate: bool = False) -> Case:
    return Case(f"elsewhere-{name}", "elsewhere", does, parts, certificate=CERT if certificate else None)


FOUND: Final = "HTTP/1.1 302 Found\r\nLocation: TO\r\n"
OK: Final = "HTTP/1.1 200 OK\r\n"

CLOCK: Final = (
    b"<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:UTCDateTime><tt:Time><tt:Hour>3</tt:Hour>"
    b"<tt:Minute>4</tt:Minute><tt:Second>5</tt:Second></tt:Time><tt:Date><tt:Year>2026</tt:Year><tt:Month>2</tt:Month>"
    b"<tt:Day>1</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
)
INFORMATION: Final = (
    b"<tds:GetDeviceInformationResponse><tds:Manufacturer>M</tds:Manufacturer><tds:Model>R</tds:Model>"
    b"<tds:FirmwareVersion>1</tds:FirmwareVersion><tds:SerialNumber>0</tds:SerialNumber><tds:HardwareId>h"
    b"</tds:HardwareId></tds:GetDeviceInformationResponse>"
)
SERVICES: Final = (
    b"<tds:GetServicesResponse>"
    + b"".join(
        b"<tds:Service><tds:Namespace>http://www.onvif.org/%s/wsdl</tds:Namespace>"
        b"<tds:XAddr>http://%s/onvif/device_service</tds:XAddr>"
        b"<tds:Version><tt:Major>2</tt:Major><tt:Minor>4</tt:Minor></tds:Version></tds:Service>" % (space, where)
        for space, where in (
            (b"ver10/device", ELSEWHERE.encode()),
            (b"ver10/media", SHUT_OUT.encode()),
            (b"ver20/media", b"tripwire.local"),
        )
    )
    + b"</tds:GetServicesResponse>"
)


async def _serve_elsewhere(talk: Talk) -> None:
    """Answer ONVIF's reading calls; every service is said to be on another host."""
    said = await talk.read_until(b"\r\n\r\n", 65_536)
    length = next((int(line[15:]) for line in said.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    body = await talk.read_exactly(min(length, 65_536))
    line = said.decode("latin-1").split("\r\n")[0]
    talk.device.ledger.note_request("script", talk.port, line, talk.device.surroundings.clock(), said + body)
    answers = {b"GetSystemDateAndTime": CLOCK, b"GetDeviceInformation": INFORMATION, b"GetServices": SERVICES}
    content = next((answer for call, answer in answers.items() if call in body), b"<tds:GetHostnameResponse/>")
    page = ENVELOPE + b"<env:Body>" + content + b"</env:Body></env:Envelope>"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    await talk.say(head % len(page) + page)


def announces_for_others(frame: bytes, device: Device) -> Sequence[bytes]:
    """Claim the addresses of others by gratuitous ARP, as request and as reply, whenever anybody asks for anyone."""
    if not is_request(frame):
        return ()
    mac = own_mac(device)
    head = b"\xff" * 6 + mac + b"\x08\x06\x00\x01\x08\x00\x06\x04"
    claimed = [socket.inet_aton(one) for one in (ELSEWHERE, SHUT_OUT, "192.0.2.1", "10.66.1.1")]
    return [head + kind + mac + one + bytes(6) + one for one in claimed for kind in (b"\0\1", b"\0\2")]


CASES: Final = (
    _away(
        "location",
        "redirects from each port to another host, in a spelling of its own",
        OnTcp(_sends(0, FOUND), PORTS, (443,)),
        certificate=True,
    ),
    _away(
        "script",
        "sends browsers to other hosts by a script",
        OnTcp(_sends(5, OK, '<html><script>window.location.href="TO"</script></html>'), PORTS),
    ),
    _away(
        "refresh",
        "sends browsers to other hosts by a refresh",
        OnTcp(_sends(10, OK, '<html><meta http-equiv="refresh" content="0;url=TO"></html>'), PORTS),
    ),
    _away(
        "services",
        "names its own ONVIF service, and behind it services on other hosts",
        OnUdp(
            *port_of(
                WSD,
                lambda device: device.fill(
                    MATCH_HEAD + match("http://{ip}/onvif/device_service") + MATCH_TAIL
                ).encode(),
            )
        ),
        OnTcp(_serve_elsewhere, (80,)),
    ),
    _away("claims", "claims the addresses of others by gratuitous ARP", OnLink(announces_for_others)),
)
