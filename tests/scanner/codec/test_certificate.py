"""Certificates of cameras, sound and broken."""

from __future__ import annotations

import datetime
import hashlib
import ssl
import warnings

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import NameOID, ObjectIdentifier
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.certificate import CERTIFICATE_CAP, CertificateText, describe_certificate
from tests.scanner.codec.feeding import parses_or_garbles

Key = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
    | dsa.DSAPrivateKey
)


def make_der(key: Key, *names: tuple[ObjectIdentifier, str], algorithm: hashes.HashAlgorithm | None = None) -> bytes:
    name = x509.Name([x509.NameAttribute(oid, text) for oid, text in names])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(x509.Name([])).public_key(key.public_key())
    builder = builder.serial_number(0xABC).not_valid_before(datetime.datetime(2019, 12, 17, tzinfo=datetime.UTC))
    builder = builder.not_valid_after(datetime.datetime(2037, 12, 31, tzinfo=datetime.UTC))
    return builder.sign(key, algorithm).public_bytes(serialization.Encoding.DER)  # type: ignore[arg-type]


HIKVISION = (
    (NameOID.COMMON_NAME, "www.hikvision.com"),
    (NameOID.ORGANIZATIONAL_UNIT_NAME, "DVRNVR"),
    (NameOID.ORGANIZATION_NAME, "HIKVISION"),
    (NameOID.COUNTRY_NAME, "CN"),
)


@pytest.fixture(scope="module")
def der() -> bytes:
    key = rsa.generate_private_key(65537, 1024)
    return make_der(key, *HIKVISION, algorithm=hashes.SHA256())


def test_a_certificate_in_its_own_order(der: bytes) -> None:
    assert describe_certificate(der) == CertificateText(
        subject="CN=www.hikvision.com; OU=DVRNVR; O=HIKVISION; C=CN",
        issuer="",
        serial_number="0abc",
        validity="2019-12-17/2037-12-31",
        key="RSA 1024",
        signature="sha256",
        digest=hashlib.sha256(der).hexdigest(),
    )


def test_names_without_a_short_form_keep_their_number() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    der = make_der(key, (ObjectIdentifier("1.2.3.4"), "x"), (NameOID.EMAIL_ADDRESS, "a@b"), algorithm=hashes.SHA256())
    text = describe_certificate(der)
    assert (text.subject, text.key) == ("1.2.3.4=x; emailAddress=a@b", "EC secp256r1 256")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (ed25519.Ed25519PrivateKey.generate(), "Ed25519"),
        (ed448.Ed448PrivateKey.generate(), "Ed448"),
    ],
)
def test_keys_that_sign_without_a_hash(key: Key, text: str) -> None:
    described = describe_certificate(make_der(key, (NameOID.COMMON_NAME, "x")))
    assert (described.key, described.signature) == (text, "none")


def test_a_dsa_key() -> None:
    der = make_der(dsa.generate_private_key(1024), (NameOID.COMMON_NAME, "x"), algorithm=hashes.SHA256())
    assert describe_certificate(der).key == "DSA 1024"


# An RSA 512 certificate signed with MD5, made once for this test with `openssl req -x509 -newkey rsa:512 -md5`.
MUSEUM = """-----BEGIN CERTIFICATE-----
MIIBpzCCAVGgAwIBAgIURDw08pbynT5M0SwiHfXIga+70hwwDQYJKoZIhvcNAQEE
BQAwKDEWMBQGA1UEAwwNMTkyLjE2OC4xLjEwODEOMAwGA1UECgwFREFIVUEwHhcN
MjYxMTIzMTc0MDU5WhcNMzYxMTIwMTc0MDU5WjAoMRYwFAYDVQQDDA0xOTIuMTY4
LjEuMTA4MQ4wDAYDVQQKDAVEQUhVQTBcMA0GCSqGSIb3DQEBAQUAA0sAMEgCQQDl
ebOhM4Tyjnr2pC/cKYSbQVv5ftvFDa2Ig8Df5gJlqZLUJqn3yLVIly6sEQhjEvfG
EAEyruvKW9saF2Vh7tOtAgMBAAGjUzBRMB0GA1UdDgQWBBSGzC+3LzmAxfqUMky8
CIyMdsLX6jAfBgNVHSMEGDAWgBSGzC+3LzmAxfqUMky8CIyMdsLX6jAPBgNVHRMB
Af8EBTADAQH/MA0GCSqGSIb3DQEBBAUAA0EA3TBLnXAoWNOppDEKsjYKMeGlniSs
kD9pxucoYR4M191elnMmn8UNikk5fZo7j8o7P5ZV2TEH/r0EPhLKLZuH7g==
-----END CERTIFICATE-----
"""


def test_a_museum_piece() -> None:
    text = describe_certificate(ssl.PEM_cert_to_DER_cert(MUSEUM))
    assert (text.subject, text.key, text.signature) == ("CN=192.168.1.108; O=DAHUA", "RSA 512", "md5")


def test_a_key_that_cannot_be_read_costs_only_itself(der: bytes) -> None:
    algorithm = bytes.fromhex("06092a864886f70d010101")  # rsaEncryption
    broken = der.replace(algorithm, bytes.fromhex("06092a864886f70d010163"), 1)
    assert broken != der
    text = describe_certificate(broken)
    assert (text.key, text.subject) == ("", "CN=www.hikvision.com; OU=DVRNVR; O=HIKVISION; C=CN")


@pytest.mark.parametrize("data", [b"", b"\x30", b"\x30\x82\xff\xff" + bytes(99), b"-----BEGIN", b"\x30" * 500])
def test_broken_der_is_garbled(data: bytes) -> None:
    with pytest.raises(Garbled):
        describe_certificate(data)


def test_a_certificate_beyond_the_cap_is_garbled(der: bytes) -> None:
    with pytest.raises(Garbled, match="bytes"):
        describe_certificate(der + bytes(CERTIFICATE_CAP))


def test_every_cut_and_every_flipped_byte_is_described_or_garbled(der: bytes) -> None:
    for at in range(len(der)):
        parses_or_garbles(describe_certificate, der[:at])
        parses_or_garbles(describe_certificate, der[:at] + bytes([der[at] ^ 0xFF]) + der[at + 1 :])


def test_warnings_of_others_are_left_as_they_are(der: bytes) -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        filters = list(warnings.filters)
        describe_certificate(der)
        assert warnings.filters == filters
    assert heard == []


@given(st.binary())
def test_garbage_is_described_or_garbled(data: bytes) -> None:
    parses_or_garbles(describe_certificate, data)
    parses_or_garbles(describe_certificate, b"\x30\x82" + data)
