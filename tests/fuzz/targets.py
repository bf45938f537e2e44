"""Every parser of foreign bytes as one callable, with seeds: for the coverage-guided fuzzer and for a short run in CI.

A target's invariant is the same everywhere: it returns, or raises Garbled inside, and nothing else ever comes out.
Adding a parser means adding its target here; a test holds the table to the modules of `scanner/codec`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from scanner.codec import (
    banner,
    certificate,
    challenges,
    client_hello,
    dhdiscover,
    dvrip_search,
    favicon,
    http1,
    ipv4_udp,
    ipv6_udp,
    macs,
    onvif_soap,
    rtsp,
    sadp,
    sadp_layer2,
    sdp,
    ssdp,
    text,
    tvt_search,
    univiewprobe,
    upnp_xml,
    wsd,
    xm_search,
    xml_text,
)
from scanner.dissect import dissect_all
from scanner.dissect.rules import RULES
from scanner.model import Observation
from tests.fuzz.target import Target, as_text, guard

UUID: Final = "7f0b3c52-8c1e-4a0b-9e0c-2f4c1d5a9b10"
ROWS: Final = Path(__file__).resolve().parent.parent / "scanner" / "dissect" / "rows.jsonl"


def _dissect(data: bytes) -> None:
    """The first byte chooses the rule, the rest is the value."""
    names = sorted(RULES)
    protocol, _, field = names[data[0] % len(names) if data else 0].partition(".")
    for value in (data[1:].decode("utf-8", "replace"), data[1:].decode("utf-8", "surrogateescape"), data[1:].hex()):
        dissect_all([Observation(protocol, field, value, "192.0.2.64", 80, request="GET /")])


def _read_http_in_pieces(data: bytes) -> None:
    """An answer that was given once must stay, whatever comes after it."""
    half = http1.read_response(data[: len(data) // 2], eof=False)
    if half is not None and http1.read_response(data, eof=False) != half:
        raise AssertionError("an answer changed when more bytes came")


def _read_rtsp_all(data: bytes) -> None:
    """Answers one after the other take bytes and come to an end."""
    while data and (found := rtsp.read_response(data)) is not None:
        if found[1] <= 0:
            raise AssertionError("an answer that took no byte")
        data = data[found[1] :]


def _rows(*names: str) -> tuple[bytes, ...]:
    """Real answers of the dissection tests as seeds."""
    rows = [json.loads(line) for line in ROWS.read_text("utf-8").splitlines()]
    return tuple(row["data"].encode() for row in rows if f"{row['protocol']}.{row['field']}" in names)


def _dissection_seeds() -> tuple[bytes, ...]:
    rows = [json.loads(line) for line in ROWS.read_text("utf-8").splitlines()]
    order = {name: number for number, name in enumerate(sorted(RULES))}
    chosen = ((order.get(f"{row['protocol']}.{row['field']}"), row["data"].encode()) for row in rows)
    return tuple(bytes([number]) + data for number, data in chosen if number is not None)


_CHUNKED: Final = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\n<htm\r\n2\r\nl>\r\n0\r\n\r\n"
_FLIGHT: Final = (
    bytes.fromhex("160301002a020000260301")
    + bytes(32)
    + bytes.fromhex("00000500")
    + bytes.fromhex("160301000e0b00000a0000070000046c656166")
)
_SADP_FRAME: Final = bytes.fromhex(
    "210101f6000000010604020000 00686dbc000001c0000240ffffffffffffffffffffffffff0000000000"
)

_UDP_FRAME: Final = bytes.fromhex(
    "01005e7ffffa4419b60000640800450000240001000001110000c0000240effffffa909c909c001000003c50726f62652f3e"
)

_UDP6_FRAME: Final = bytes.fromhex(
    "0200000000014419b600006486dd6000000000102c01fe800000000000004619b6fffe000064fe80"
    "000000000000000000000000000111000001000000000e769c4000080000"
)

TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {
        "banner": Target(guard(banner.read_greeting), (b"\xff\xfd\x01\xff\xfa\x18\x01\xff\xf0login: ",)),
        "certificate": Target(guard(certificate.describe_certificate), (b"\x30\x82\x01\x00\x30\x03\x02\x01\x01",)),
        "challenges": Target(
            guard(as_text(challenges.parse_challenges)),
            (b'Digest realm="IP Camera(C1)", nonce="2", stale="FALSE", Basic realm="/"', b"Basic realm=a, b, NTLM"),
        ),
        "client_hello": Target(guard(client_hello.read_certificates), (_FLIGHT, b"\x15\x03\x01\x00\x02\x02\x28")),
        "dhdiscover": Target(guard(dhdiscover.parse_answer), (*_rows("dhdiscover.raw"), dhdiscover.build_search())),
        "dvrip_search": Target(guard(dvrip_search.parse_answer), (b"\xb3\x00\x00\x00\x58" + bytes(115),)),
        "favicon": Target(guard(favicon.hash_favicon), (b"\x00\x00\x01\x00",)),
        "http1": Target(
            guard(
                lambda data: http1.read_response(data, eof=False),
                lambda data: http1.read_response(data, eof=True),
                http1.read_chunked,
                _read_http_in_pieces,
            ),
            (*_rows("http.raw"), _CHUNKED, b"<html>", b"HTTP/1.0 200 OK\nA: b\n c\n\nbody"),
        ),
        "ipv4_udp": Target(guard(ipv4_udp.parse_frame), (_UDP_FRAME,)),
        "ipv6_udp": Target(guard(ipv6_udp.read_sender), (_UDP6_FRAME,)),
        "macs": Target(guard(as_text(macs.normalise_mac)), (b"68-6d-bc-00-00-01", b"686dbc000001")),
        "onvif_soap": Target(
            guard(onvif_soap.parse_answer), (*_rows("onvif.raw"), onvif_soap.build_call("GetServices"))
        ),
        "rtsp": Target(guard(_read_rtsp_all, rtsp.read_partial), _rows("rtsp.raw")),
        "sadp": Target(
            guard(sadp.parse_answer, sadp.redact, sadp.is_own_probe), (*_rows("sadp.raw"), sadp.build_inquiry(UUID))
        ),
        "sadp_layer2": Target(guard(sadp_layer2.parse_frame), (_SADP_FRAME,)),
        "sdp": Target(
            guard(as_text(sdp.parse_sdp)), (b"v=0\r\no=- 1 1 IN IP4 x\r\ns=a\r\nm=video 0 RTP/AVP 96\r\na=b\r\n",)
        ),
        "ssdp": Target(guard(ssdp.parse_answer), (*_rows("ssdp.raw"), b"NOTIFY * HTTP/1.1\r\nNT: x\r\n\r\n")),
        "text": Target(
            guard(
                text.decode_text,
                text.decode_padded,
                as_text(text.cut_field),
                as_text(lambda value: text.flatten_json(text.read_json(value))),
            ),
            (b'{"a":{"b":[1,2],"c":"\\ud800"}}',),
        ),
        "tvt_search": Target(guard(tvt_search.parse_answer), (b"MHED\x07" + bytes(235),)),
        "univiewprobe": Target(guard(univiewprobe.parse_answer), univiewprobe.build_search(lambda: UUID)),
        "upnp_xml": Target(guard(upnp_xml.parse_description), _rows("upnp-xml.raw")),
        "wsd": Target(
            guard(
                wsd.parse_matches,
                as_text(wsd.mac_from_link_local),
                as_text(lambda value: wsd.skeleton(value.split())),
            ),
            (*_rows("onvif-wsd.raw"), *wsd.build_probes(lambda: UUID)),
        ),
        "xm_search": Target(
            guard(xm_search.parse_answer), (b"\xff" + bytes(13) + b"\xfb\x05\x02\x00\x00\x00{}\n\x00",)
        ),
        "xml_text": Target(
            guard(xml_text.parse_xml),
            (
                *_rows("http.body"),
                b'<?xml version="1.0"?><a xmlns:b="u"><b:c>&amp;<![CDATA[x]]></b:c></a>',
                b"<!DOCTYPE a><a/>",
            ),
        ),
        "dissect": Target(guard(_dissect), _dissection_seeds()),
    }
)
