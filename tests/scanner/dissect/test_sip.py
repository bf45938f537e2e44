"""What a SIP message says of a device."""

from __future__ import annotations

from tests.scanner.dissect.finding import find


def test_a_refusal() -> None:
    text = (
        "SIP/2.0 401 Unauthorized\r\nUser-Agent: Dahua UAC/3.0\r\nServer: s\r\n"
        'WWW-Authenticate: Digest realm="VDP", nonce="e2"\r\n\r\n'
    )
    assert find("sip.raw", text) == {
        "sip.server": ["s"],
        "sip.user-agent": ["Dahua UAC/3.0"],
        "sip.www-authenticate": ['Digest realm="VDP", nonce="e2"'],
        "sip.realm": ["VDP"],
    }


def test_a_registration_that_came_unasked() -> None:
    text = "REGISTER sip:34020000002000000001@3402000000 SIP/2.0\r\nUser-Agent: IP Camera\r\n\r\n"
    assert find("sip.raw", text) == {"sip.user-agent": ["IP Camera"]}


def test_other_text_yields_nothing() -> None:
    assert find("sip.raw", "hello\r\nUser-Agent: x") == {}
