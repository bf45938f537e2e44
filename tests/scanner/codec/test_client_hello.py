"""The certificate of servers from SSLv3 to TLS 1.2, without a handshake."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.client_hello import (
    CERTIFICATES_CAP,
    HANDSHAKE_CAP,
    OFFERED,
    SSL3,
    SUITES,
    TLS1_0,
    TLS1_1,
    TLS1_2,
    HandshakeRead,
    build_client_hello,
    read_certificates,
)
from tests.certificates import make_certificate, make_server_context
from tests.scanner.codec.feeding import feed_stream, parses_or_garbles

RANDOM = bytes(range(32))
DER = ssl.PEM_cert_to_DER_cert(make_certificate(rsa_bits=1024)[1].decode())


def answer_of_openssl(hello: bytes, folder: Path) -> bytes:
    """What OpenSSL says to a ClientHello, all in memory."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context = make_server_context(folder, rsa_bits=1024)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ALL:@SECLEVEL=0")
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context.wrap_bio(incoming, outgoing, server_side=True)
    incoming.write(hello)
    with contextlib.suppress(ssl.SSLError):  # it wants more from us, or refuses; either way it has spoken
        server.do_handshake()
    return outgoing.read()


@pytest.mark.parametrize(("version", "name"), [(TLS1_2, "TLSv1.2"), (TLS1_1, "TLSv1.1"), (TLS1_0, "TLSv1.0")])
def test_openssl_shows_its_certificate(version: int, name: str, tmp_path: Path) -> None:
    answer = answer_of_openssl(build_client_hello(version, RANDOM, "camera.test"), tmp_path)
    read = feed_until_read(answer)
    assert (read.version, read.certificates, read.alert) == (name, (DER,), "")
    assert read.suite in SUITES.values()
    assert read.protocol == f"{name} {read.suite}"


def feed_until_read(answer: bytes) -> HandshakeRead:
    """Byte by byte: the shortest prefix that gives a result gives the same as the whole and as any tail."""
    for length in range(len(answer) + 1):
        read = read_certificates(answer[:length])
        if read is not None:
            assert feed_stream(read_certificates, answer[:length], tail=answer[length:] + b"\x16") == read
            return read
    raise AssertionError("no result")


def test_openssl_refuses_sslv3_with_an_alert(tmp_path: Path) -> None:
    read = feed_until_read(answer_of_openssl(build_client_hello(SSL3, RANDOM), tmp_path))
    assert read.certificates == ()
    assert read.alert.startswith("fatal ")


@pytest.fixture
def museum() -> Iterator[tuple[socket.socket, str, str]]:
    """A pair of sockets with a server behind it that knows SSLv3, RC4 and 3DES only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it imports a module that Python is about to drop
        from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey
        from tlslite.errors import BaseTLSException
    ours, theirs = socket.socketpair()
    key, certificate = make_certificate(rsa_bits=1024)
    settings = HandshakeSettings()
    settings.minVersion = settings.maxVersion = (3, 0)
    settings.cipherNames = ["rc4", "3des"]
    settings.minKeySize = 512
    chain = X509CertChain()
    chain.parsePemList(certificate.decode())
    private = parsePEMKey(key.decode(), private=True)

    def serve() -> None:
        try:
            TLSConnection(theirs).handshakeServer(certChain=chain, privateKey=private, settings=settings)
        except (BaseTLSException, OSError):
            theirs.close()  # we never finish the handshake; that is the point

    thread = threading.Thread(target=serve)
    thread.start()
    ours.settimeout(10)
    yield ours, "SSLv3", "TLS_RSA_WITH_RC4_128_SHA"
    ours.close()
    thread.join(10)


def test_a_server_of_1999_shows_its_certificate(museum: tuple[socket.socket, str, str]) -> None:
    connection, version, _ = museum
    connection.sendall(build_client_hello(SSL3, RANDOM))
    data = b""
    while (read := read_certificates(data)) is None:
        data += connection.recv(4096)
    assert (read.version, read.certificates) == (version, (DER,))
    assert "RC4" in read.suite or "3DES" in read.suite


def test_the_hello_byte_for_byte() -> None:
    hello = build_client_hello(SSL3, RANDOM)
    suites = b"".join(code.to_bytes(2, "big") for code in SUITES)
    body = b"\x03\x00" + RANDOM + b"\x00" + len(suites).to_bytes(2, "big") + suites + b"\x01\x00"
    assert hello == b"\x16\x03\x00" + (len(body) + 4).to_bytes(2, "big") + b"\x01" + len(body).to_bytes(3, "big") + body


def test_extensions_come_with_tls_only_and_signatures_with_tls_1_2_only() -> None:
    signatures, groups, name = b"\x00\x0d\x00\x12", b"\x00\x0a\x00\x08", b"\x00\x00\x00\x0b\x00\x09\x00\x00\x06camera"
    assert groups not in build_client_hello(SSL3, RANDOM, "camera")
    assert groups in build_client_hello(TLS1_0, RANDOM)
    assert signatures not in build_client_hello(TLS1_0, RANDOM)
    assert signatures in build_client_hello(TLS1_2, RANDOM)
    assert name in build_client_hello(TLS1_2, RANDOM, "camera")
    assert name not in build_client_hello(TLS1_2, RANDOM)
    assert OFFERED == (TLS1_2, TLS1_0, SSL3)


@pytest.mark.parametrize(("version", "random"), [(0x0304, RANDOM), (0x0200, RANDOM), (TLS1_2, RANDOM[:31])])
def test_other_hellos_are_not_built(version: int, random: bytes) -> None:
    with pytest.raises(ValueError):
        build_client_hello(version, random)


def vector(data: bytes, size: int) -> bytes:
    return len(data).to_bytes(size, "big") + data


def record(kind: int, data: bytes) -> bytes:
    return bytes([kind, 3, 1]) + vector(data, 2)


def message(kind: int, data: bytes) -> bytes:
    return bytes([kind]) + vector(data, 3)


SERVER_HELLO = message(2, b"\x03\x01" + RANDOM + b"\x00" + b"\x00\x05" + b"\x00")


def chain(*certificates: bytes) -> bytes:
    return message(11, vector(b"".join(vector(item, 3) for item in certificates), 3))


@pytest.mark.parametrize("size", [1, 7, 100])
def test_messages_across_records_and_records_across_segments(size: int) -> None:
    flight = SERVER_HELLO + chain(b"leaf", b"issuer")
    records = b"".join(record(22, flight[at : at + size]) for at in range(0, len(flight), size))
    read = feed_stream(read_certificates, records, tail=record(22, message(14, b"")))
    assert read == HandshakeRead("TLSv1.0", "TLS_RSA_WITH_RC4_128_SHA", (b"leaf", b"issuer"), "")


@pytest.mark.parametrize(
    ("data", "alert"),
    [
        (record(21, b"\x02\x28"), "fatal handshake_failure"),
        (record(21, b"\x01\x00"), "warning close_notify"),
        (record(21, b"\x02\xff"), "fatal 255"),
        (record(21, b"\x07\x46"), "7 protocol_version"),
    ],
)
def test_alerts(data: bytes, alert: str) -> None:
    assert feed_stream(read_certificates, data).alert == alert


def test_an_alert_after_the_hello_keeps_the_version() -> None:
    read = read_certificates(record(22, SERVER_HELLO) + record(21, b"\x02\x50"))
    assert read == HandshakeRead("TLSv1.0", "TLS_RSA_WITH_RC4_128_SHA", (), "fatal internal_error")
    assert HandshakeRead("", "", (), "x").protocol == ""


def test_an_unknown_version_and_suite_are_numbers() -> None:
    hello = message(2, b"\x7f\x1c" + RANDOM + b"\x00" + b"\xab\xcd" + b"\x00")
    read = read_certificates(record(22, hello + chain(b"x")))
    assert read is not None
    assert (read.version, read.suite) == ("0x7f1c", "0xabcd")


def test_a_long_chain_is_cut() -> None:
    read = read_certificates(record(22, chain(*[b"x"] * 99)))
    assert read is not None
    assert len(read.certificates) == CERTIFICATES_CAP


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 400 Bad Request\r\n",
        b"\x80\x2e",  # SSLv2
        b"\x16\x02",
        record(22, b""),
        b"\x16\x03\x01\xff\xff",
        record(21, b"\x02"),
        record(22, SERVER_HELLO + message(14, b"")),  # no certificate at all
        record(22, message(2, b"\x03\x01")),
        record(22, message(2, b"\x03\x01" + RANDOM + b"\xff" + bytes(9))),
        record(22, message(11, b"\x00")),
        record(22, message(11, b"\x00\x00\x09\x00\x00\x09x")),
        record(22, b"\x0b\xff\xff\xff"),
        record(22, bytes(4) * 3_000) * 8,  # empty messages without end
    ],
)
def test_what_is_no_tls_is_garbled(data: bytes) -> None:
    with pytest.raises(Garbled):
        read_certificates(data)


def test_more_is_asked_for_up_to_the_cap_only() -> None:
    assert read_certificates(b"") is None
    endless = record(22, SERVER_HELLO + message(99, bytes(16_000)))
    assert read_certificates(endless) is None
    with pytest.raises(Garbled):
        read_certificates(endless * (HANDSHAKE_CAP // len(endless) + 1))


@given(st.binary() | st.lists(st.binary(max_size=60).map(lambda data: record(22, data))).map(b"".join))
def test_garbage_parses_or_garbles(data: bytes) -> None:
    parses_or_garbles(read_certificates, data)
    parses_or_garbles(read_certificates, record(22, SERVER_HELLO) + data)
