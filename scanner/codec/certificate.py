"""Describes an X.509 certificate as text; never verifies it and never lets a broken one raise anything but Garbled."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.utils import CryptographyDeprecationWarning

from scanner.codec import Garbled
from scanner.codec.text import cut_field

CERTIFICATE_CAP: Final = 64 * 1024
"""Bytes of one certificate: honest ones have 1 to 3 kB."""

_NAMES: Final = {
    "2.5.4.3": "CN",
    "2.5.4.5": "SERIALNUMBER",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "STREET",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "T",
    "1.2.840.113549.1.9.1": "emailAddress",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
}
_BROKEN: Final = (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, x509.InvalidVersion)
"""What the library raises for certificates that old cameras made wrongly."""


@dataclass(frozen=True, slots=True)
class CertificateText:
    """One certificate in the words of the tls-cert observations."""

    subject: str  # "CN=…; O=…" in the order of the certificate
    issuer: str
    serial_number: str  # lower-case hexadecimal, even number of digits
    validity: str  # "2019-12-17/2037-12-31"
    key: str  # "RSA 1024", "EC secp256r1 256"
    signature: str  # "sha1", "md5", "sha256"
    digest: str  # SHA-256 of the DER


def describe_certificate(der: bytes) -> CertificateText:
    """Describe one DER certificate; raises Garbled. A part that cannot be read is empty text."""
    if len(der) > CERTIFICATE_CAP:
        raise Garbled(f"a certificate of {len(der)} bytes")
    # The library warns of every odd certificate; odd ones are our daily bread, so its warnings end here.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        warnings.simplefilter("ignore", UserWarning)
        try:
            certificate = x509.load_der_x509_certificate(der)
            serial = f"{certificate.serial_number:x}"
        except _BROKEN as error:
            raise Garbled(f"not a certificate: {str(error)[:60]}") from None
        return CertificateText(
            subject=_read_part(lambda: _write_name(certificate.subject)),
            issuer=_read_part(lambda: _write_name(certificate.issuer)),
            serial_number=serial.zfill(len(serial) + len(serial) % 2),
            validity=_read_part(lambda: _write_validity(certificate)),
            key=_read_part(lambda: _write_key(certificate)),
            signature=_read_part(lambda: _write_signature(certificate)),
            digest=hashlib.sha256(der).hexdigest(),
        )


def _read_part(read: Callable[[], str]) -> str:
    try:
        return cut_field(read())
    except _BROKEN:
        return ""


def _write_name(name: x509.Name) -> str:
    parts = (
        f"{_NAMES.get(item.oid.dotted_string, item.oid.dotted_string)}={_write_value(item.value)}" for item in name
    )
    return "; ".join(parts)


def _write_value(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.hex()


def _write_validity(certificate: x509.Certificate) -> str:
    return f"{certificate.not_valid_before_utc:%Y-%m-%d}/{certificate.not_valid_after_utc:%Y-%m-%d}"


def _write_key(certificate: x509.Certificate) -> str:
    key = certificate.public_key()
    match key:
        case rsa.RSAPublicKey():
            return f"RSA {key.key_size}"
        case ec.EllipticCurvePublicKey():
            return f"EC {key.curve.name} {key.key_size}"
        case dsa.DSAPublicKey():
            return f"DSA {key.key_size}"
        case ed25519.Ed25519PublicKey():
            return "Ed25519"
        case ed448.Ed448PublicKey():
            return "Ed448"
        case _:
            return type(key).__name__


def _write_signature(certificate: x509.Certificate) -> str:
    algorithm = certificate.signature_hash_algorithm
    return algorithm.name if algorithm is not None else "none"
