"""Speaks SSLv3 with RC4, which no current TLS library offers, through tlslite-ng. Shows its certificate, then ends.

tlslite-ng is a development dependency; without it the port closes after the first bytes, as a broken device would.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Final

from simulator.certificates import make_pem
from simulator.device import Device
from simulator.persona import Certificate

PATIENCE: Final = 10.0
"""Seconds for the whole handshake, which runs in a thread."""


async def serve_museum_tls(connection: socket.socket, device: Device, wanted: Certificate) -> str:
    """Do one handshake on an accepted socket and close; return the ledger's word for how it ended."""
    connection.setblocking(True)
    connection.settimeout(PATIENCE)
    return await asyncio.to_thread(_handshake, connection, *make_pem(device, wanted))


def _handshake(connection: socket.socket, certificate: bytes, key: bytes) -> str:
    try:
        from tlslite import api
        from tlslite.utils import keyfactory
    except ImportError:
        return "handshake"
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
        peer.handshakeServer(
            certChain=chain, privateKey=keyfactory.parsePEMKey(key.decode(), private=True), settings=settings
        )
        peer.close()
    except (api.TLSError, OSError, ValueError, SyntaxError):
        return "handshake"
    return "clean"
