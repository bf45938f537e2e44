"""Hostile discovery answers: too big, too deep, too many, about other hosts. Answers only whoever asked."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Final

from simulator.datagrams import Answer, Question
from simulator.device import Device
from simulator.hostile.case import Answers, Case, OnTcp, OnUdp, Shown
from simulator.hostile.documents import LAUGHS, SSDP_GROUP, SSDP_PORT
from simulator.hostile.pouring import says
from simulator.hostile.web import FRONT
from simulator.persona import Way
from simulator.players.dhdiscover import frame

SADP, WSD, MDNS, DAHUA, XM, TVT, DVRIP = 37_020, 3702, 5353, 37_810, 34_569, 23_456, 5050

GROUPS: Final = {
    SADP: ("239.255.255.250",),
    WSD: ("239.255.255.250",),
    SSDP_PORT: (SSDP_GROUP,),
    MDNS: ("224.0.0.251",),
    DAHUA: ("239.255.255.251",),
    TVT: ("234.55.55.55",),
}

LARGEST: Final = 65_000
"""Bytes of the largest answers; UDP over IPv4 carries 65,507."""

ELSEWHERE: Final = "10.66.1.250"
"""A host on the same wire that is not in the scope; the tripwire of the tests stands there."""


def _port(port: int, make: Callable[[Device], bytes], *, times: int = 1, everybody: bool = False) -> OnUdp:
    """Answer every datagram that is a question of that port's protocol with what `make` gives."""
    return OnUdp(*port_of(port, make, times=times, everybody=everybody))


def port_of(
    port: int, make: Callable[[Device], bytes], *, times: int = 1, everybody: bool = False
) -> tuple[Answers, int, tuple[str, ...]]:
    """The parts of an OnUdp that answers every question of that port's protocol with what `make` gives."""
    ways = (Way.UNICAST, Way.MULTICAST) if everybody else (Way.UNICAST,)

    def answer(question: Question, device: Device) -> Sequence[Answer]:
        return [Answer(make(device), ways)] * times if asks(port, question.data) else ()

    return answer, port, GROUPS.get(port, ())


def asks(port: int, data: bytes) -> bool:
    """True for a question, so that hostile devices do not answer each other for ever."""
    marks = {SADP: b"<Probe>", WSD: b"Probe", SSDP_PORT: b"M-SEARCH", DAHUA: b"DHDiscover.search", TVT: b"MHED\x08"}
    if port == MDNS:
        return len(data) > 3 and not data[2] & 0x80
    return marks.get(port, b"") in data[:2_000] and len(data) < 2_000


def _sadp(body: str) -> Callable[[Device], bytes]:
    return lambda device: device.fill(
        f'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch>{body}</ProbeMatch>'
    ).encode()[:LARGEST]


MATCH_HEAD: Final = (
    '<?xml version="1.0"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">'
    "<e:Body><d:ProbeMatches>"
)
MATCH_TAIL: Final = "</d:ProbeMatches></e:Body></e:Envelope>"


def match(xaddrs: str, scopes: str = "onvif://www.onvif.org/type/video_encoder", fill: str = "") -> str:
    """One match of a WS-Discovery answer."""
    return (
        "<d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:{uuid}</a:Address></a:EndpointReference>"
        f"<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>{scopes}</d:Scopes><d:XAddrs>{xaddrs}</d:XAddrs>"
        f"{fill}<d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch>"
    )


def _wsd(*matches: str) -> Callable[[Device], bytes]:
    return lambda device: device.fill(MATCH_HEAD + "".join(matches) + MATCH_TAIL).encode()[:LARGEST]


TRICKS: Final = " ".join(
    (
        f"http://{ELSEWHERE}/onvif/device_service",
        f"http://{{ip}}@{ELSEWHERE}/onvif/device_service",
        f"http://{{ip}}:80@{ELSEWHERE}/onvif/device_service",
        f"http://{ELSEWHERE}#@{{ip}}/onvif/device_service",
        f"http://{ELSEWHERE}\\@{{ip}}/onvif/device_service",
        f"http://[::ffff:{ELSEWHERE}]/onvif/device_service",
        "http://[::ffff:{ip}]/onvif/device_service",
        "http://172098042/onvif/device_service",
        "http://0x0a4201fa/onvif/device_service",
        "http://012.0102.01.0372/onvif/device_service",
        "http://tripwire.local/onvif/device_service",
        "http://localhost/onvif/device_service",
        "http://127.0.0.1/onvif/device_service",
        "http://169.254.169.254/latest/meta-data/onvif",
        "http://[fe80::1%25eth0]/onvif/device_service",
        "file:///etc/passwd",
        "gopher://{ip}:6379/_onvif",
        "http://{ip}:99999/onvif/device_service",
        "http://{ip}:0/onvif/device_service",
        "http://{ip}/onvif/../../cgi-bin/reboot",
    )
)
"""Addresses that are the device's own only to a careless reader. None of them may be followed."""


def _ssdp(location: str, extra: str = "") -> Callable[[Device], bytes]:
    return lambda device: device.fill(
        "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nSERVER: Linux UPnP/1.0\r\n"
        f"LOCATION: {location}\r\nST: upnp:rootdevice\r\nUSN: uuid:{{uuid}}::upnp:rootdevice\r\n{extra}\r\n"
    ).encode()[:LARGEST]


def _name(*labels: bytes) -> bytes:
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _rr(name: bytes, kind: int, data: bytes) -> bytes:
    return name + struct.pack("!HHIH", kind, 0x8001, 120, len(data)) + data


def _dns(*answers: bytes, claimed: int = 0) -> bytes:
    return struct.pack("!HHHHHH", 0, 0x8400, 0, claimed or len(answers), 0, 0) + b"".join(answers)


def _services(count: int, host: bytes = b"storm") -> Callable[[Device], bytes]:
    def make(device: Device) -> bytes:
        kind = _name(b"_http", b"_tcp", b"local")
        own = bytes(int(part) for part in device.address.split("."))
        records = [_rr(kind, 12, _name(b"%s-%d" % (host, n), b"_http", b"_tcp", b"local")) for n in range(count)]
        return _dns(*records, _rr(_name(host, b"local"), 1, own))[:LARGEST]

    return make


def _types(_: Device) -> bytes:
    """Service types that nobody has heard of, more than are browsed, in one answer."""
    listing = _name(b"_services", b"_dns-sd", b"_udp", b"local")
    return _dns(*(_rr(listing, 12, _name(b"_type%d" % n, b"_tcp", b"local")) for n in range(40)))


def _elsewhere(device: Device) -> bytes:
    """A service whose SRV and A records lead to hosts outside the scope."""
    del device
    kind = _name(b"_http", b"_tcp", b"local")
    name = _name(b"Axis M1065", b"_http", b"_tcp", b"local")
    host = _name(b"tripwire", b"local")
    away = [bytes(int(part) for part in place.split(".")) for place in (ELSEWHERE, "192.0.2.1", "127.0.0.1")]
    return _dns(
        _rr(kind, 12, name),
        _rr(name, 33, struct.pack("!HHH", 0, 0, 80) + host),
        _rr(name, 16, b"\x05a=b\x1b["),
        *(_rr(host, 1, one) for one in away),
        _rr(host, 28, b"\0" * 10 + b"\xff\xff" + away[0]),
    )


def _case(name: str, does: str, *parts: OnUdp | OnTcp, shown: Shown = Shown.NOBODY, why: str = "") -> Case:
    return Case(name, "discovery", does, parts, shown=shown, why=why)


IS_SADP: Final = "it answers SADP in the right form, and only Hikvision's firmware does: the report shows the answer"

CASES: Final = (
    _case(
        "sadp-ten-thousand-fields",
        "answers SADP with as many fields as a datagram holds",
        _port(SADP, _sadp("".join(f"<F{n}>x</F{n}>" for n in range(10_000)))),
    ),
    _case(
        "sadp-laughs",
        "answers SADP with entities that unfold without end",
        _port(
            SADP,
            lambda _: b'<?xml version="1.0"?>' + LAUGHS + b"<ProbeMatch><DeviceSN>&a11;</DeviceSN></ProbeMatch>",
        ),
    ),
    _case(
        "sadp-deep",
        "answers SADP with elements 9,000 deep",
        _port(SADP, _sadp("<a>" * 9_000 + "</a>" * 9_000)),
    ),
    _case(
        "sadp-noise",
        "answers SADP with 65 kB of noise",
        _port(SADP, lambda _: bytes(range(256)) * 253),
    ),
    _case(
        "sadp-for-others",
        "answers SADP for another address, with ports that are none",
        _port(
            SADP,
            _sadp(
                f"<IPv4Address>{ELSEWHERE}</IPv4Address><HttpPort>99999</HttpPort><CommandPort>-1</CommandPort>"
                f"<IPv4Gateway>{ELSEWHERE}</IPv4Gateway><DeviceSN>x</DeviceSN>"
            ),
        ),
        shown=Shown.AS_CLAIMED,
        why=IS_SADP,
    ),
    _case(
        "sadp-a-thousand-times",
        "answers each SADP inquiry a thousand times, to everybody",
        _port(SADP, _sadp("<Uuid>{{new_uuid}}</Uuid><DeviceSN>{new_uuid}</DeviceSN>"), times=1_000),
        shown=Shown.AS_CLAIMED,
        why=IS_SADP,
    ),
    _case(
        "wsd-thousand-addresses",
        "names a thousand service addresses of its own and of others",
        _port(WSD, _wsd(match(" ".join(f"http://{{ip}}:{n}/onvif/device_service" for n in range(1, 1_000))))),
    ),
    _case(
        "wsd-tricks",
        "names service addresses that are its own only to a careless reader",
        _port(WSD, _wsd(match(TRICKS))),
        OnTcp(says(FRONT), (80,)),
    ),
    _case(
        "wsd-thousand-matches",
        "answers with 100 devices in one match",
        _port(WSD, _wsd(*[match("http://{ip}/onvif/device_service")] * 100)),
    ),
    _case(
        "wsd-deep",
        "answers with elements 9,000 deep",
        _port(WSD, _wsd(match("x", fill="<a>" * 9_000 + "</a>" * 9_000))),
    ),
    _case(
        "wsd-laughs",
        "answers with entities that unfold without end",
        _port(
            WSD,
            lambda device: (
                b'<?xml version="1.0"?>' + LAUGHS + device.fill(MATCH_HEAD + match("&a11;") + MATCH_TAIL).encode()
            ),
        ),
    ),
    _case(
        "wsd-long-scopes",
        "names 60 kB of scopes, with percent signs that mean nothing",
        _port(
            WSD, _wsd(match("http://{ip}/onvif/device_service", "onvif://www.onvif.org/name/%zz%00%1b%5b31m " * 1_300))
        ),
    ),
    _case(
        "wsd-byes",
        "says farewell for everybody, without end",
        _port(WSD, lambda device: _wsd(match("x"))(device).replace(b"ProbeMatches", b"Bye"), times=300),
    ),
    _case(
        "ssdp-elsewhere", "names a description on another host", _port(SSDP_PORT, _ssdp(f"http://{ELSEWHERE}/desc.xml"))
    ),
    _case(
        "ssdp-tricks",
        "names descriptions that are its own only to a careless reader",
        *(
            _port(SSDP_PORT, _ssdp(url))
            for url in (
                f"http://{{ip}}@{ELSEWHERE}/desc.xml",
                "http://169.254.169.254/latest/desc.xml",
                "file:///etc/desc.xml",
                "http://127.0.0.1/desc.xml",
                "http://[::1]/desc.xml",
            )
        ),
    ),
    _case(
        "ssdp-endless-headers",
        "answers with 60 kB of headers",
        _port(SSDP_PORT, _ssdp("http://{ip}/desc.xml", "X: y\r\n" * 9_000)),
    ),
    _case(
        "ssdp-a-thousand-times",
        "answers each search a thousand times, each time as another device",
        _port(SSDP_PORT, _ssdp("http://{ip}:8/{new_uuid}/desc.xml"), times=1_000),
    ),
    _case(
        "dahua-deep",
        "answers DHDiscover with JSON 30,000 deep",
        _port(DAHUA, lambda _: frame(b"[" * 30_000 + b"]" * 30_000)),
    ),
    _case(
        "dahua-lengths",
        "answers DHDiscover with lengths of 4 GB and none",
        _port(
            DAHUA,
            lambda _: (
                struct.pack("<I4sQIIII", 32, b"DHIP", 0, 0xFFFFFFFF, 0, 0, 0) + b'{"method":"client.notifyDevInfo"'
            ),
        ),
    ),
    _case(
        "dahua-numbers",
        "answers DHDiscover with numbers of 4,000 digits and exponents without end",
        _port(
            DAHUA,
            lambda _: frame(
                b'{"method":"client.notifyDevInfo","params":{"deviceInfo":{"Port":1e999999,"HttpPort":'
                + b"9" * 4_500
                + b',"VideoInputChannels":-'
                + b"9" * 4_500
                + b',"SerialNo":NaN}}}'
            ),
        ),
    ),
    _case(
        "dahua-wide",
        "answers DHDiscover with 5,000 keys, many of them twice",
        _port(
            DAHUA,
            lambda _: frame(
                b'{"method":"client.notifyDevInfo","params":{"deviceInfo":{'
                + b",".join(b'"k%d":"v"' % (n % 2_500) for n in range(5_000))
                + b"}}}"
            ),
        ),
        shown=Shown.AS_CLAIMED,
        why="it answers DHDiscover in the right form, and only Dahua's firmware does",
    ),
    _case(
        "mdns-storm", "announces five thousand services", *(_port(MDNS, _services(1_300, b"s%d" % n)) for n in range(4))
    ),
    _case(
        "mdns-loops",
        "answers with names that point at themselves and at each other",
        _port(MDNS, lambda _: _dns(b"\xc0\x0c" + bytes(10), b"\xc0\x0d\xc0\x0c" + bytes(10), claimed=60_000)),
        _port(MDNS, lambda _: _dns(b"\x3f" * 200, claimed=1) + b"\xc0\xff"),
    ),
    _case("mdns-types", "lists 40 service types, each of which would be asked for", _port(MDNS, _types)),
    _case("mdns-elsewhere", "announces a service on other hosts, in IPv4 and as mapped IPv6", _port(MDNS, _elsewhere)),
    _case(
        "xm-numbers",
        "answers the Xiongmai search with a length of 4 GB",
        _port(
            XM,
            lambda _: (
                struct.pack("<BBHIIHHI", 255, 1, 0, 0, 0, 0, 1531, 0xFFFFFFFF)
                + b'{"NetWork.NetCommon":{"a":'
                + b"[" * 9_000
            ),
        ),
    ),
    _case(
        "short-answers",
        "answers every binary search with one to three bytes",
        _port(TVT, lambda _: b"MHE"),
        _port(DVRIP, lambda _: b"\xb3"),
        _port(XM, lambda _: b"\xff\x01"),
        _port(DAHUA, lambda _: b"\x20\0\0"),
        _port(WSD, lambda _: b"<"),
        _port(SADP, lambda _: b"\0"),
    ),
    _case(
        "everything-at-once",
        "answers every search with 65 kB of noise, ten times",
        *(
            _port(port, lambda _: b"\xff<\x00{" * 16_000, times=10)
            for port in (SADP, WSD, SSDP_PORT, MDNS, DAHUA, XM, TVT, DVRIP)
        ),
    ),
)
