"""A ClientHello for museum pieces and a reader of what comes back up to the certificate; never finishes a handshake.

Up to TLS 1.2 the certificate travels in clear (RFC 5246 section 7.4.2; SSL 3.0 is RFC 6101), so it can be read from
servers whose ciphers no current library speaks. No cryptography happens here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from scanner.codec import Garbled

SSL3: Final = 0x0300
TLS1_0: Final = 0x0301
TLS1_1: Final = 0x0302
TLS1_2: Final = 0x0303

OFFERED: Final = (TLS1_2, TLS1_0, SSL3)
"""The order to try: the newest first, since most old servers answer it with their own version."""

HANDSHAKE_CAP: Final = 64 * 1024
"""Bytes of a server's first flight: a chain of three certificates has 5 kB."""

CERTIFICATES_CAP: Final = 10
"""Certificates kept of a chain."""

RECORD_CAP: Final = (1 << 14) + 2_048
"""Longest record of TLS 1.2 (RFC 5246 section 6.2.3)."""

_VERSIONS: Final = {SSL3: "SSLv3", TLS1_0: "TLSv1.0", TLS1_1: "TLSv1.1", TLS1_2: "TLSv1.2"}
_ALERT, _HANDSHAKE = 21, 22
_SERVER_HELLO, _CERTIFICATE, _SERVER_HELLO_DONE = 2, 11, 14

SUITES: Final = {
    0x0004: "TLS_RSA_WITH_RC4_128_MD5",
    0x0005: "TLS_RSA_WITH_RC4_128_SHA",
    0x000A: "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    0x0009: "TLS_RSA_WITH_DES_CBC_SHA",
    0x002F: "TLS_RSA_WITH_AES_128_CBC_SHA",
    0x0035: "TLS_RSA_WITH_AES_256_CBC_SHA",
    0x003C: "TLS_RSA_WITH_AES_128_CBC_SHA256",
    0x0033: "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
    0x0039: "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",
    0xC013: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    0xC014: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    0xC02F: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    0xC012: "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
    0xC011: "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
    0xC009: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    0xC02B: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
}
"""What is offered. Weak suites are meant: only the certificate is wanted, no session is ever made."""

_ALERTS: Final = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    40: "handshake_failure",
    47: "illegal_parameter",
    50: "decode_error",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    112: "unrecognized_name",
}
_GROUPS: Final = b"\x00\x0a\x00\x08\x00\x06\x00\x17\x00\x18\x00\x19"  # P-256, P-384, P-521
_POINTS: Final = b"\x00\x0b\x00\x02\x01\x00"  # uncompressed
_SIGNATURES: Final = b"\x00\x0d\x00\x12\x00\x10\x04\x01\x05\x01\x06\x01\x02\x01\x04\x03\x05\x03\x02\x03\x01\x01"


@dataclass(frozen=True, slots=True)
class HandshakeRead:
    """What the server said; at most one of `certificates` and `alert` is filled."""

    version: str  # "SSLv3", "TLSv1.2"; empty when an alert came first
    suite: str  # "TLS_RSA_WITH_RC4_128_SHA", or "0x1234" for an unknown one
    certificates: tuple[bytes, ...]  # DER, leaf first
    alert: str  # "fatal handshake_failure"; empty when there was none

    @property
    def protocol(self) -> str:
        """The value of tls-cert.protocol: version and suite."""
        return f"{self.version} {self.suite}".strip()


def build_client_hello(version: int, random: bytes, server_name: str | None = None) -> bytes:
    """Build one ClientHello record; ValueError for a version not named above or a random that is not 32 bytes."""
    if version not in _VERSIONS:
        raise ValueError(f"0x{version:04x} is not a version up to TLS 1.2")
    if len(random) != 32:
        raise ValueError(f"the random has {len(random)} bytes, not 32")
    suites = b"".join(code.to_bytes(2, "big") for code in SUITES)
    hello = version.to_bytes(2, "big") + random + b"\x00" + _vector(suites, 2) + b"\x01\x00"
    if version > SSL3:
        hello += _vector(_extensions(version, server_name), 2)
    message = b"\x01" + _vector(hello, 3)
    return bytes((_HANDSHAKE, 3, 0 if version == SSL3 else 1)) + _vector(message, 2)


def _vector(data: bytes, size: int) -> bytes:
    return len(data).to_bytes(size, "big") + data


def _extensions(version: int, server_name: str | None) -> bytes:
    names = b""
    if server_name:
        entry = b"\x00" + _vector(server_name.encode("idna"), 2)
        names = b"\x00\x00" + _vector(_vector(entry, 2), 2)
    return names + _GROUPS + _POINTS + (_SIGNATURES if version == TLS1_2 else b"")


def read_certificates(data: bytes) -> HandshakeRead | None:
    """Read the server's flight so far; None when more bytes are needed; raises Garbled when it is not TLS."""
    handshake, alert = _read_records(data)
    version = suite = ""
    for kind, body in _split_messages(handshake):
        if kind == _SERVER_HELLO:
            version, suite = _read_server_hello(body)
        elif kind == _CERTIFICATE:
            return HandshakeRead(version, suite, _read_chain(body), "")
        elif kind == _SERVER_HELLO_DONE:
            raise Garbled("a handshake without a certificate")
    if alert:
        return HandshakeRead(version, suite, (), alert)
    if len(data) > HANDSHAKE_CAP:
        raise Garbled(f"no certificate in {len(data)} bytes")
    return None


def _read_records(data: bytes) -> tuple[bytes, str]:
    """The handshake bytes of all whole records, and the alert that ended them."""
    handshake = bytearray()
    at = 0
    while at < len(data):
        kind, major = data[at], data[at + 1 : at + 2]
        if kind not in (_ALERT, _HANDSHAKE) or (major and major != b"\x03"):
            raise Garbled(f"not TLS: a record begins with {data[at : at + 5].hex()}")
        length = int.from_bytes(data[at + 3 : at + 5], "big")
        if len(data) >= at + 5 and not 0 < length <= RECORD_CAP:
            raise Garbled(f"a TLS record of {length} bytes")
        body = data[at + 5 : at + 5 + length]
        if len(data) < at + 5 + length or len(data) < at + 5:
            break
        if kind == _ALERT:
            return bytes(handshake), _read_alert(body)
        handshake += body
        at += 5 + length
    return bytes(handshake), ""


def _read_alert(body: bytes) -> str:
    if len(body) != 2:
        raise Garbled(f"a TLS alert of {len(body)} bytes")
    level = {1: "warning", 2: "fatal"}.get(body[0], str(body[0]))
    return f"{level} {_ALERTS.get(body[1], body[1])}"


def _split_messages(handshake: bytes) -> Iterator[tuple[int, bytes]]:
    """Every whole handshake message."""
    at = 0
    while len(handshake) >= at + 4:
        length = int.from_bytes(handshake[at + 1 : at + 4], "big")
        if length > HANDSHAKE_CAP:
            raise Garbled(f"a handshake message of {length} bytes")
        if len(handshake) < at + 4 + length:
            return
        yield handshake[at], handshake[at + 4 : at + 4 + length]
        at += 4 + length


def _read_server_hello(body: bytes) -> tuple[str, str]:
    if len(body) < 38 or len(body) < 37 + body[34]:
        raise Garbled("a ServerHello that is too short")
    version = int.from_bytes(body[:2], "big")
    suite = int.from_bytes(body[35 + body[34] : 37 + body[34]], "big")
    return _VERSIONS.get(version, f"0x{version:04x}"), SUITES.get(suite, f"0x{suite:04x}")


def _read_chain(body: bytes) -> tuple[bytes, ...]:
    end = 3 + int.from_bytes(body[:3], "big")
    if len(body) < 3 or len(body) < end:
        raise Garbled("a certificate list that is too short")
    chain: list[bytes] = []
    at = 3
    while at < end and len(chain) < CERTIFICATES_CAP:
        length = int.from_bytes(body[at : at + 3], "big")
        if not 0 < length <= end - at - 3:
            raise Garbled("a certificate longer than its list")
        chain.append(body[at + 3 : at + 3 + length])
        at += 3 + length
    return tuple(chain)
