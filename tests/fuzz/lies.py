"""Answers that lie about their own length, count or size, for each parser that reads such a number.

A mutator seldom finds by itself the four bytes that say how long the rest is, nor ten digits after Content-Length.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

_NUMBERS: Final = (
    "0",
    "1",
    "-1",
    "+4",
    "4, 4",
    "4, 5",
    " 4",
    "0x4",
    "4.0",
    "\u0664",
    "\u00b2",
    "1e3",
    "",
    "9" * 19,
    "9" * 5000,
)
"""What a length may be written as; the true one is 4."""

_SIZES: Final = ("0", "-4", "+4", "0x4", "4 ", "4;a=b", "00000000000000004", "f" * 8, "f" * 16, "8" * 5000, "g", "")
"""What the size of a chunk may be written as."""

_WORDS: Final = (0, 1, 3, 4, 5, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF)
"""What two bytes may say; kinder ones are in the seeds."""


def _http() -> Iterator[bytes]:
    for number in _NUMBERS:
        yield f"HTTP/1.1 200 OK\r\nContent-Length: {number}\r\n\r\nbody and more".encode()
    for size in _SIZES:
        yield f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nbody\r\n0\r\n\r\n".encode()
    both = b"Content-Length: 4\r\nContent-Length: 90\r\nTransfer-Encoding: chunked"
    yield b"HTTP/1.1 200 OK\r\n" + both + b"\r\n\r\n4\r\nbody\r\n0\r\n\r\n"
    yield b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"


def _rtsp() -> Iterator[bytes]:
    for number in _NUMBERS:
        head = f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nContent-Length: {number}"
        yield f"{head}\r\n\r\nv=0\nRTSP/1.0 200 OK\r\n\r\n".encode()
    yield b"$\x00\xff\xffRTSP/1.0 200 OK\r\nContent-Length: 4\r\ncontent-length: 90\r\n\r\nbody"


def _dvrip() -> Iterator[bytes]:
    """Of UDP 5050: byte 2 says how long part 2 is, bytes 4-7 the fixed block, bytes 20-21 part 3."""
    for block, second, third in (
        (0x58, 20, 26),
        (0x58, 255, 26),
        (0x58, 0, 0xFFFF),
        (0x58, 20, 25),
        (0xFFFFFFFF, 20, 26),
        (0, 0, 0),
    ):
        head = bytearray(0x78)
        head[0], head[2], head[4:8], head[0x14:0x16] = 0xB3, second, struct.pack("<I", block), struct.pack("<H", third)
        head[0x28:0x38] = b"DVR1604HF-S-no-z"
        yield bytes(head) + b"90:02:a9:00:00:01DVR" + b"Name:a\r\nSerialNo:0000\r\n\r\n\x00"


def _dhip() -> Iterator[bytes]:
    """Of UDP 37810: a header of 32 bytes says twice how long the JSON behind it is."""
    body = (
        b'{"method":"client.notifyDevInfo","mac":"90:02:a9:00:00:01","params":{"deviceInfo":{"Vendor":"Dahua"}}}\n\x00'
    )
    for first, second in (
        (len(body), len(body)),
        (0, 0),
        (len(body) + 1, len(body)),
        (0xFFFFFFFF, 0xFFFFFFFF),
        (1, 0x80000000),
    ):
        head = (
            b"\x20\x00\x00\x00DHIP"
            + bytes(8)
            + struct.pack("<I", first)
            + bytes(4)
            + struct.pack("<I", second)
            + bytes(4)
        )
        yield head + body


def _xiongmai() -> Iterator[bytes]:
    body = b'{"NetWork.NetCommon":{"HostIP":"0x0A01A8C0","MAC":"00:12:16:00:00:01","SN":"0"},"Ret":100}\n\x00'
    for length in (len(body), 0, 1, len(body) + 1, 0x7FFFFFFF, 0xFFFFFFFF):
        yield b"\xff\x01\x00\x00" + bytes(10) + struct.pack("<HI", 1531, length) + body


def _tls() -> Iterator[bytes]:
    """A first flight of which the record, the message, the session id, the list or the certificate is misstated."""
    for record in (None, 0, 1, 0x4800, 0x4801, 0xFFFF):
        yield _flight(record=record)
    for message in (0, 1, 0x10000, 0xFFFFFF):
        yield _flight(message=message)
    for session in (1, 32, 255):
        yield _flight(session=session)
    for chain, leaf in ((0, 4), (6, 4), (7, 0), (7, 5), (7, 0xFFFFFF), (0xFFFFFF, 4), (70, 4)):
        yield _flight(chain=chain, leaf=leaf)
    yield b"\x15\x03\x03\xff\xff\x02\x28"
    yield b"\x16\x03\x01\x00\x01\x02" * 40  # a message in crumbs


def _flight(
    *, record: int | None = None, message: int | None = None, session: int = 0, chain: int = 7, leaf: int = 4
) -> bytes:
    hello = b"\x03\x01" + bytes(32) + bytes((session,)) + b"\x00\x05\x00"
    certificates = chain.to_bytes(3, "big") + leaf.to_bytes(3, "big") + b"leaf"
    parts = b""
    for kind, body in ((2, hello), (11, certificates)):
        told = len(body) if message is None else message
        parts += bytes((kind,)) + told.to_bytes(3, "big") + body
    return b"\x16\x03\x01" + (len(parts) if record is None else record).to_bytes(2, "big") + parts


def _der() -> Iterator[bytes]:
    """Lengths of ASN.1: short, long, endless, with more digits than any certificate has bytes."""
    for length in (
        b"\x00",
        b"\x7f",
        b"\x80",
        b"\x81\x00",
        b"\x82\xff\xff",
        b"\x84\xff\xff\xff\xff",
        b"\x88" + b"\xff" * 8,
        b"\xff",
    ):
        yield b"\x30" + length + b"\x30\x03\x02\x01\x01" + b"\x30" + length + b"\x06\x01\x2a"


def _udp() -> Iterator[bytes]:
    """Ethernet, IPv4 and UDP, each of which says how long it is; whole, with options, and as a fragment."""
    ethernet = bytes.fromhex("01005e7ffffa4419b60000640800")
    for first, total, udp in (
        (0x45, 36, 16),
        (0x45, 0xFFFF, 16),
        (0x45, 20, 16),
        (0x45, 36, 7),
        (0x45, 36, 0xFFFF),
        (0x4F, 36, 16),
        (0x41, 36, 16),
    ):
        header = (
            bytes((first, 0))
            + struct.pack(">HHHBBH", total, 1, 0, 1, 17, 0)
            + bytes((192, 0, 2, 64, 239, 255, 255, 250))
        )
        yield ethernet + header + struct.pack(">HHHH", 37020, 37020, udp, 0) + b"<Probe/>"
    yield ethernet + bytes.fromhex("450000240001200001110000c0000240effffffa909c909c001000003c50726f62652f3e")
    yield bytes.fromhex("01005e7ffffa4419b60000648100000a8100000b0800")


def _arp() -> Iterator[bytes]:
    """A frame of the raw helper, and ARP whose addresses are said to be longer or shorter than they are."""
    for hardware, protocol in ((6, 4), (0, 0), (255, 4), (6, 255), (6, 16)):
        arp = struct.pack(">HHBBH", 1, 0x0800, hardware, protocol, 2) + bytes.fromhex(
            "4419b60000010a0000050200000000010a000002"
        )
        yield bytes.fromhex("0200000000014419b60000010806") + arp
    yield bytes.fromhex("0200000000014419b6000001810000058033") + bytes.fromhex("210101f6000000010604020000")
    yield bytes.fromhex("0200000000014419b6000001ffff")


def _netlink() -> Iterator[bytes]:
    """Messages and attributes of rtnetlink: lengths below their own header, past the end, and odd ones."""
    for length in (0, 15, 16, 17, 28, 0xFFFF, 0xFFFFFFFF):
        for attribute in (0, 3, 4, 5, 8, 0xFFFF):
            inside = struct.pack("<BBHiHBBHH", 2, 0, 0, 2, 2, 0, 1, attribute, 1) + b"\x0a\x00\x00\x05"
            yield struct.pack("<IHHII", length, 28, 0, 1, 1) + inside


def _record() -> Iterator[bytes]:
    """Lines of a run record: cut off, too long, nested, and with numbers no clock or file has."""
    head = (
        b'{"type":"run","format":"camcensus.record/1","id":"r","version":"0","started":1e999,"scope":["10.0.0.0/24"]}\n'
    )
    seen = b'{"type":"observation","protocol":"http","field":"raw","value":"x","address":"10.0.0.5",%s}\n'
    yield head
    yield head + b'{"type":"raw","digest":"%s","data":"%s"}\n' % (b"0" * 64, b"A" * 4000)
    yield head + b'{"type":"raw","digest":"%s","data":"A"}\n' % (b"0" * 64) + seen % (b'"digest":"%s"' % (b"0" * 64))
    yield from (
        head + seen % number for number in (b'"port":99999999999999999999', b'"port":-1', b'"at":-1e308', b'"port":1.5')
    )
    yield head + b'{"type":"seal","lines":-1,"count":99999999999999999999,"digest":""}\n'
    yield head + seen[:-3]
    yield b'{"type":' + b"[" * 3000
    yield b"9" * 6000 + b"\n"


def _yaml() -> Iterator[bytes]:
    """Laughs, depth, numbers and tags."""
    laughs = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 30))
    yield laughs.encode()
    yield b"a: " + b"[" * 2000
    yield b"a: " + b"{a: " * 1000
    yield b"- " * 2000 + b"x"
    yield b"a: " + b"9" * 6000
    yield b"a: !!python/object/apply:os.system [x]\nb: !!binary aGk=\nc: 1:1:1:1\nd: 0b" + b"1" * 900
    yield b"<<: {a: 1}\na: 2\na: 3\n? [1, 2]\n: 4\n"


def _xml() -> Iterator[bytes]:
    """Depth, a thousand attributes, a DTD, other encodings than UTF-8, and a declaration that lies about it."""
    yield b"<a>" * 2000
    yield b"<a " + b" ".join(b'a%d="x"' % number for number in range(900)) + b"/>"
    yield b'<?xml version="1.0" encoding="UTF-16"?><a>x</a>'
    yield '<?xml version="1.0" encoding="UTF-16"?><a>x</a>'.encode("utf-16")
    yield b'<?xml version="1.0" encoding="x-user-defined"?><a>\xff</a>'
    yield b"<a>&#x110000;&#0;&#xD800;</a>"


def _leases() -> Iterator[bytes]:
    """Times, octal escapes and braces that no DHCP server writes."""
    yield b"99999999999999999999 44:19:b6:00:00:01 10.0.0.5 cam *\n-1 44:19:b6:00:00:01 10.0.0.6 cam *\n"
    yield b"lease 10.0.0.5 { starts 9 9999/99/99 99:99:99; ends never; hardware ethernet 44; } lease 10.0.0.6 {"
    yield b'lease 10.0.0.5 { uid "\\777\\1\\"; client-hostname "' + b"\\377" * 300 + b'"; }\n' + b"{" * 2000


def _nmap() -> Iterator[bytes]:
    """Numbers of a port and of a time that are none."""
    for number in ("-1", "65536", "99999999999999999999", "8\u0660", "1e3", ""):
        host = '<status state="up"/><address addr="192.0.2.7" addrtype="ipv4"/>'
        port = f'<port protocol="tcp" portid="{number}"><state state="open"/><service name="http"/></port>'
        inside = f'<host starttime="{number}">{host}<ports>{port}</ports></host>'
        yield f'<nmaprun start="{number}">{inside}</nmaprun>'.encode()


def _parent() -> Iterator[bytes]:
    """Requests to the raw-socket program: depth, numbers, and ranges that end before they begin or beyond the scope."""
    yield b"[" * 3000
    yield b'{"op":' * 3000
    for number in (b"0", b"-1", b"true", b"1e999", b"NaN", b"9" * 5000, b"4294967297"):
        yield b'{"op":"grant","id":1,"frames":%s}' % number
        yield (
            b'{"op":"sweep","id":%s,"interface":"eth0","sender":"10.0.0.2","rate":%s,"passes":%s,'
            b'"ranges":[["10.0.0.1","10.0.0.8"]]}\n{"op":"grant","id":1,"frames":99}'
        ) % (number, number, number)
    for pair in (b'["10.0.0.8","10.0.0.1"]', b'["0.0.0.0","255.255.255.255"]', b'["10.0.0.1"]', b"[1,2]", b"[]"):
        yield (
            b'{"op":"sweep","id":1,"interface":"eth0","sender":"10.0.0.2","rate":9,"passes":1,"ranges":[%s]}\n'
            b'{"op":"grant","id":1,"frames":99}'
        ) % pair


def _zip() -> Iterator[bytes]:
    """A central directory that counts more members, or bigger ones, than there are."""
    end = b"PK\x05\x06" + bytes(4) + struct.pack("<HHIIH", 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    yield end
    yield b"PK\x03\x04" + bytes(26) + b"PK\x01\x02" + b"\xff" * 42 + end


def _words(head: bytes, tail: bytes) -> Iterator[bytes]:
    """Two bytes that count something, between the parts that make the rest believable."""
    for word in _WORDS:
        yield head + struct.pack("<H", word) + tail
        yield head + struct.pack(">H", word) + tail


def make_lies() -> Mapping[str, tuple[bytes, ...]]:
    """Seeds by the name of the target."""
    xml = tuple(_xml())
    return MappingProxyType(
        {
            "http1": tuple(_http()),
            "rtsp": tuple(_rtsp()),
            "ssdp": tuple(data.replace(b"Content-Length", b"CACHE-CONTROL: max-age") for data in _http()),
            "dvrip_search": tuple(_dvrip()),
            "dhdiscover": tuple(_dhip()),
            "xm_search": tuple(_xiongmai()),
            "tvt_search": tuple(_words(b"MHED\x07\x00", bytes(232))),
            "client_hello": tuple(_tls()),
            "certificate": tuple(_der()),
            "ipv4_udp": tuple(_udp()),
            "helper_frame": (*_arp(), *_udp()),
            "sadp_layer2": tuple(_words(b"\x21\x01\x01\xf6", bytes(40))),
            "rtnetlink": tuple(_netlink()),
            "record": tuple(_record()),
            "judged_record": tuple(_record()),
            "strict_yaml": tuple(_yaml()),
            "fingerprint_file": tuple(_yaml()),
            "makers_file": tuple(_yaml()),
            "policy_file": tuple(_yaml()),
            "xml_text": xml,
            "onvif_soap": xml,
            "sadp": xml,
            "wsd": xml,
            "univiewprobe": xml,
            "upnp_xml": xml,
            "paper_sheet": xml,
            "nmap_xml": (*_nmap(), *xml),
            "dhcp_leases": tuple(_leases()),
            "helper_requests": tuple(_parent()),
            "helper_service": tuple(_parent()),
            "bundle": tuple(_zip()),
            "paper_xlsx": tuple(_zip()),
            "favicon": tuple(_words(b"\x00\x00\x01\x00", bytes(16))),
        }
    )
