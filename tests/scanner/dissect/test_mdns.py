"""What DNS-SD says of a device."""

from __future__ import annotations

import pytest

from tests.scanner.dissect.finding import find


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("AXIS P3265-V - ACCC8E000001._axis-video._tcp.local.", "_axis-video._tcp"),
        ("name=MFC-9340CDW._ipps._tcp.local.", "_ipps._tcp"),
        ("_CGI._tcp.local", "_CGI._tcp"),
        ("cam._rtsp._udp", "_rtsp._udp"),
        ("cam.local.", None),
        ("x" * 2_000 + "._http._tcp.local.", "_http._tcp"),
    ],
)
def test_the_type_of_an_instance(value: str, kind: str | None) -> None:
    assert find("mdns.service", value).get("mdns.type") == ([kind] if kind else None)


@pytest.mark.parametrize(
    ("value", "prefix"),
    [
        ("macaddress=ACCC8E000001", "accc8e000001"),
        ("MAC=ac:cc:8e:00:00:01", "accc8e000001"),
        ("macaddress=x", None),
        ("md=x", None),
    ],
)
def test_a_hardware_address_in_a_record(value: str, prefix: str | None) -> None:
    assert find("mdns.txt", value).get("mac.prefix") == ([prefix] if prefix else None)
