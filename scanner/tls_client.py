"""One lax TLS context for reading certificates and pages of old devices; never used for anything of our own.

Nothing is verified on purpose: the certificate is what we came to read. No secret ever goes through it.
"""

from __future__ import annotations

import ssl
import warnings
from typing import Any, Final

CIPHERS: Final = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
"""Everything the library still has, NULL and anonymous suites too; security level 0 admits RSA 512 and SHA-1."""

LEGACY_RENEGOTIATION: Final = 0x4
"""SSL_OP_LEGACY_SERVER_CONNECT; named in the ssl module only from Python 3.12."""

CHAIN_CAP: Final = 8
"""Certificates kept of a chain; honest devices send one to three."""


def make_lax_context() -> ssl.SSLContext:
    """The context that speaks TLS 1.0 to 1.3 with anything; made once a run: it takes milliseconds."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old versions are the point here, and only here
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers(CIPHERS)
    context.options |= LEGACY_RENEGOTIATION
    return context


def read_peer(tls: ssl.SSLObject | None) -> tuple[tuple[bytes, ...], str]:
    """The DER certificates the peer showed, leaf first, and "version suite"; empty for a plain connection."""
    if tls is None:
        return (), ""
    cipher = tls.cipher()
    version = tls.version() or ""
    if version == "TLSv1":
        version = "TLSv1.0"  # as our own ClientHello reader says it
    return _read_chain(tls), f"{version} {cipher[0] if cipher else ''}".strip()


def _read_chain(tls: Any) -> tuple[bytes, ...]:
    """The chain where the library gives it (from Python 3.13), else the leaf; `tls` may be uvloop's own object."""
    whole = getattr(tls, "get_unverified_chain", None)
    if whole is not None and (chain := whole()):
        return tuple(bytes(der) for der in chain[:CHAIN_CAP])
    leaf = tls.getpeercert(binary_form=True)
    return (leaf,) if leaf else ()
