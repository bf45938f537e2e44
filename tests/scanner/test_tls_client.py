"""The lax context shakes hands with old servers and reads what they show; nothing else is asked of it."""

from __future__ import annotations

import ssl
import warnings
from pathlib import Path

import pytest

from scanner.tls_client import make_lax_context, read_peer
from scanner.tls_conversation import shake_hands
from scanner.wire import open_socket
from tests.certificates import make_certificate, make_server_context
from tests.loopback import loopback_target, make_poller, serve_answer


def make_old_server(folder: Path, version: ssl.TLSVersion, ciphers: str) -> ssl.SSLContext:
    context = make_server_context(folder, rsa_bits=1024, ciphers=ciphers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    return context


@pytest.mark.parametrize(
    ("version", "ciphers", "said"),
    [
        (ssl.TLSVersion.TLSv1, "AES128-SHA:@SECLEVEL=0", "TLSv1.0 AES128-SHA"),
        (ssl.TLSVersion.TLSv1_2, "AES128-SHA:@SECLEVEL=0", "TLSv1.2 AES128-SHA"),
    ],
)
async def test_an_old_server_shows_its_certificate(
    tmp_path: Path, version: ssl.TLSVersion, ciphers: str, said: str
) -> None:
    async with serve_answer(b"", context=make_old_server(tmp_path, version, ciphers)) as seen:
        poller = make_poller()
        sock = await open_socket(poller, loopback_target(), seen.port)
        conversation = await shake_hands(poller, sock, make_lax_context())
        certificates, tls = read_peer(conversation.tls)
        await conversation.finish()
    pem = make_certificate(rsa_bits=1024)[1].decode()
    assert certificates == (ssl.PEM_cert_to_DER_cert(pem),)
    assert tls == said


def test_making_the_context_warns_nobody() -> None:
    context = make_lax_context()  # warnings are errors in this suite
    assert context.verify_mode is ssl.CERT_NONE
    assert context.check_hostname is False
    assert context.minimum_version is ssl.TLSVersion.TLSv1


def test_a_plain_connection_has_no_peer() -> None:
    assert read_peer(None) == ((), "")
