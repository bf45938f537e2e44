"""Tells in which discovery protocol a datagram answers, where several may have been asked; contacts nobody."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.codec import Garbled, dhdiscover, dvrip_search, sadp, ssdp, tvt_search, wsd, xm_search
from scanner.codec.text import decode_text, encode_hex


@dataclass(frozen=True, slots=True)
class DiscoveryAnswer:
    """The observation's dotted name and value, and the bytes that may be stored."""

    name: str
    value: str
    kept: bytes


def read_discovery(data: bytes) -> DiscoveryAnswer | None:
    """Read one datagram; None when it is an answer in none of the protocols, a question for instance."""
    for read in (_read_dahua, _read_xml, _read_dvrip, _read_xm, _read_tvt, _read_ssdp):
        try:
            answer = read(data)
        except Garbled:
            continue
        if answer is not None:
            return answer
    return None


def _read_dahua(data: bytes) -> DiscoveryAnswer | None:
    answer = dhdiscover.parse_answer(data)
    return DiscoveryAnswer("dhdiscover.raw", answer.text, dhdiscover.redact(data)) if answer.is_answer else None


def _read_xml(data: bytes) -> DiscoveryAnswer | None:
    answer = sadp.parse_answer(data)
    if answer.is_answer:  # its root is what in the other protocol stands deep inside
        return DiscoveryAnswer("sadp.raw", answer.text, sadp.redact(data))
    return DiscoveryAnswer("onvif-wsd.raw", decode_text(data), data) if wsd.parse_matches(data) else None


def _read_dvrip(data: bytes) -> DiscoveryAnswer | None:
    dvrip_search.parse_answer(data)
    return DiscoveryAnswer("dvrip-search.raw", encode_hex(data), data)


def _read_xm(data: bytes) -> DiscoveryAnswer | None:
    kept = xm_search.redact(data)
    return DiscoveryAnswer("xm-search.raw", encode_hex(kept), kept) if xm_search.parse_answer(data).is_answer else None


def _read_tvt(data: bytes) -> DiscoveryAnswer | None:
    return (
        DiscoveryAnswer("tvt-search.raw", encode_hex(data), data) if tvt_search.parse_answer(data).is_answer else None
    )


def _read_ssdp(data: bytes) -> DiscoveryAnswer | None:
    ssdp.parse_answer(data)
    return DiscoveryAnswer("ssdp.raw", decode_text(data), data)
