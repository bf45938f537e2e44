"""A ClientHello for museum pieces and a reader of what comes back up to the certificate; never finishes a handshake.

Up to TLS 1.2 the certificate travels in clear (RFC 5246 section 7.4.2; SSL 3.0 is RFC 6101), so it can be read from
servers whose ciphers no current library speaks. No cryptography happens here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SSL3: Final = 0x0300
TLS1_0: Final = 0x0301
TLS1_1: Final = 0x0302
TLS1_2: Final = 0x0303

OFFERED: Final = (TLS1_2, TLS1_0, SSL3)
"""The order to try: the newest first, since most old servers answer it with their own version."""


@dataclass(frozen=True, slots=True)
class HandshakeRead:
    """What the server said; exactly one of `certificates` and `alert` is filled."""

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
    raise NotImplementedError


def read_certificates(data: bytes) -> HandshakeRead | None:
    """Read the server's flight so far; None when more bytes are needed; raises Garbled when it is not TLS."""
    raise NotImplementedError
