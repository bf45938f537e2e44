"""Speaks SSLv3 with RC4, which no current TLS library offers, through tlslite-ng. Shows its certificate, then ends.

tlslite-ng is a development dependency; without it the port closes after the first bytes, as a broken device would.
"""

from __future__ import annotations

import asyncio
import socket
import warnings
from contextlib import suppress
from types import ModuleType
from typing import Any, Final

from simulator.certificates import make_pem
from simulator.device import Device
from simulator.persona import Certificate

PATIENCE: Final = 10.0
"""Seconds for the whole handshake, which runs in a thread."""


async def serve_museum_tls(connection: socket.socket, device: Device, wanted: Certificate) -> str:
    """Do one handshake on an accepted socket and close; return the ledger's word for how it ended."""
    library = load_library()
    if library is None:
        return "handshake"
    connection.settimeout(PATIENCE)
    try:
        return await asyncio.to_thread(_handshake, library, connection, *make_pem(device, wanted))
    finally:
        with suppress(OSError):  # the peer may be gone already
            connection.shutdown(socket.SHUT_RDWR)  # wakes the thread where the stage closes in mid-handshake


def load_library() -> ModuleType | None:
    """tlslite-ng, or None where it is not installed. Importing it takes a sixth of a second, once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it still imports asyncore on Python 3.11
        try:
            from tlslite import api
        except ImportError:
            return None
    return api  # type: ignore[no-any-return]


def _handshake(api: Any, connection: socket.socket, certificate: bytes, key: bytes) -> str:
    chain = api.X509CertChain()
    chain.parsePemList(certificate.decode())
    settings = api.HandshakeSettings()
    settings.minVersion = settings.maxVersion = (3, 0)
    settings.cipherNames = ["rc4", "3des"]
    settings.macNames = ["sha", "md5"]
    settings.minKeySize = 512
    peer = api.TLSConnection(connection)
    peer.closeSocket = False
    try:
        peer.handshakeServer(certChain=chain, privateKey=api.parsePEMKey(key.decode(), private=True), settings=settings)
        peer.close()
    except (api.TLSError, OSError, ValueError, SyntaxError):
        return "handshake"
    return "clean"
