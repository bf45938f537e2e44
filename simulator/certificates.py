"""Makes the certificates of simulated devices and keeps them in memory. Writes only to a private temporary file."""

from __future__ import annotations

import ssl
import tempfile
import warnings
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from simulator.device import Device
from simulator.persona import Certificate

_NAMES: Final = {
    "CN": NameOID.COMMON_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "L": NameOID.LOCALITY_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "C": NameOID.COUNTRY_NAME,
}
_Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

LEGACY: Final = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
"""What old firmware offers; OpenSSL refuses 1024-bit keys above security level 0."""

VERSIONS: Final = {
    "any": (ssl.TLSVersion.TLSv1, ssl.TLSVersion.MAXIMUM_SUPPORTED),
    "1.0": (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1),
    "1.2": (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2),
    "1.3": (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3),
}


@lru_cache(maxsize=256)
def _key(kind: str, owner: str) -> _Key:
    """One key a persona: making keys is the slow part, and makers do ship one key on many units."""
    del owner
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 1024 if kind == "rsa1024" else 2048)  # old cameras do use 1024 bits


def parse_name(text: str) -> x509.Name:
    """Read "CN=…, O=…, C=…" in that order; a comma inside a value is written as a backslash and a comma."""
    parts = text.replace("\\,", "\0").split(",")
    pairs = [part.replace("\0", ",").strip().partition("=") for part in parts]
    return x509.Name([x509.NameAttribute(_NAMES[key], value) for key, _, value in pairs])


def make_pem(device: Device, wanted: Certificate) -> tuple[bytes, bytes]:
    """Return certificate and key of one device as PEM."""
    return _pem(
        device.persona.id,
        wanted.key,
        device.fill(wanted.subject),
        device.fill(wanted.issuer or wanted.subject),
        (wanted.not_before, wanted.not_after, device.fill(wanted.serial_number) or device.mac.replace(":", "")),
    )


@lru_cache(maxsize=4096)
def _pem(owner: str, kind: str, subject: str, issuer: str, rest: tuple[str, str, str]) -> tuple[bytes, bytes]:
    key = _key(kind, owner)
    start, end, serial = rest
    certificate = (
        x509.CertificateBuilder()
        .subject_name(parse_name(subject))
        .issuer_name(parse_name(issuer))
        .public_key(key.public_key())
        .serial_number(int(serial, 16))
        .not_valid_before(datetime.fromisoformat(start).replace(tzinfo=UTC))
        .not_valid_after(datetime.fromisoformat(end).replace(tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), secret


def prepare(device: Device, wanted: Certificate) -> None:
    """Make a device's key, certificate and context beforehand: no other device answers while they are made.

    A thousand certificates take two seconds, which would be a large part of a whole scan.
    """
    if wanted.versions == "museum":
        make_pem(device, wanted)
    else:
        server_context(device, wanted)


def server_context(device: Device, wanted: Certificate) -> ssl.SSLContext:
    """Return a server context as a careless camera has it: any suite, old versions allowed."""
    return _context(make_pem(device, wanted), wanted.versions)


@lru_cache(maxsize=4096)
def _context(pem: tuple[bytes, bytes], versions: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(LEGACY)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old versions are the very thing that is played here
        context.minimum_version, context.maximum_version = VERSIONS[versions]
    # ssl reads certificates from files only; this one is private and gone at once.
    with tempfile.NamedTemporaryFile() as file:
        file.write(pem[0] + pem[1])
        file.flush()
        context.load_cert_chain(file.name)
    return context
