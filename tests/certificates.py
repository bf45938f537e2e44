"""Self-signed certificates for servers of the tests, made on the spot."""

from __future__ import annotations

import datetime
import functools
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID


@functools.lru_cache
def make_certificate(*, rsa_bits: int = 0) -> tuple[bytes, bytes]:
    """PEM of key and certificate for CN=camera, O=Simulated; RSA where bits are given, else P-256."""
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = (
        rsa.generate_private_key(65537, rsa_bits) if rsa_bits else ec.generate_private_key(ec.SECP256R1())
    )
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "camera"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Simulated")]
    )
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(0x0102)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return (
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        ),
        certificate.public_bytes(serialization.Encoding.PEM),
    )


def make_server_context(folder: Path, *, rsa_bits: int = 0, ciphers: str = "ALL:@SECLEVEL=0") -> ssl.SSLContext:
    """A context of a server with such a certificate."""
    key, certificate = make_certificate(rsa_bits=rsa_bits)
    path = folder / "server.pem"
    path.write_bytes(key + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(ciphers)
    context.load_cert_chain(path)
    return context
