"""Describes an X.509 certificate as text; never verifies it and never lets a broken one raise anything but Garbled."""

from __future__ import annotations

from dataclasses import dataclass


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
    """Describe one DER certificate; raises Garbled."""
    raise NotImplementedError
