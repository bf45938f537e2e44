"""What may leave through onvif-zeep, and what its import may not do."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

import pytest
from lxml import etree

from scanner import onvif_reader as subject
from scanner.link import Exchange
from scanner.model import Outcome
from scanner.onvif_reader import Bridge, Call, Credentials, LinkTransport, OnvifRefused, find_wsdl, read_device

LOGIN = Credentials("auditor", "planted-secret-7")
CREATED = datetime(2026, 1, 2, tzinfo=UTC)


def envelope(operation: str) -> etree._Element:
    soap = "http://www.w3.org/2003/05/soap-envelope"
    return etree.fromstring(
        f'<s:Envelope xmlns:s="{soap}"><s:Header/><s:Body><x:{operation} xmlns:x="d"/></s:Body></s:Envelope>'
    )


def test_the_password_is_never_printed() -> None:
    assert "planted-secret-7" not in f"{LOGIN} {LOGIN!r}"


def test_an_empty_user_is_refused() -> None:
    with pytest.raises(ValueError, match="login attempt"):
        Credentials("", "x")


@pytest.mark.parametrize(
    "operation", ["SetHostname", "CreatePullPointSubscription", "SystemReboot", "GetUsers", "GetSystemBackup", ""]
)
async def test_nothing_but_the_reading_calls_leaves(operation: str) -> None:
    transport = LinkTransport(Bridge(asyncio.get_running_loop()))
    message = envelope(operation) if operation else etree.fromstring("<empty/>")
    with pytest.raises(OnvifRefused, match="not one of the reading calls"):
        transport.post_xml("http://127.0.0.1/onvif/device_service", message, {})


async def test_no_schema_comes_from_a_network() -> None:
    transport = LinkTransport(Bridge(asyncio.get_running_loop()))
    for url in ("http://127.0.0.1/x.xsd", "https://www.w3.org/x.xsd", "file:///etc/passwd"):
        with pytest.raises(OnvifRefused):
            transport.load(url)
    with pytest.raises(OnvifRefused):
        transport.get("http://127.0.0.1/", {}, {})


def test_the_schemas_are_found_beside_the_package() -> None:
    assert (find_wsdl() / "devicemgmt.wsdl").is_file()
    assert (find_wsdl() / "media.wsdl").is_file()


def test_missing_schemas_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject.importlib.metadata, "files", lambda _: [])
    with pytest.raises(OnvifRefused, match="install the package again"):
        find_wsdl()


def test_importing_it_leaves_the_logging_alone() -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    subject._import_service()
    assert (root.handlers, root.level) == before


async def read(bridge: Bridge) -> int | None:
    return await asyncio.to_thread(
        read_device, bridge, "http://127.0.0.1/onvif/device_service", LOGIN, CREATED, lambda _: True
    )


async def test_a_call_goes_over_the_bridge_and_a_missing_answer_ends_it() -> None:
    bridge = Bridge(asyncio.get_running_loop())
    worker = asyncio.create_task(read(bridge))
    calls: list[Call] = []
    async for call in bridge.calls():
        calls.append(call)
        bridge.answer(Exchange(Outcome.SILENT, detail="no answer"))
    with pytest.raises(OnvifRefused, match="no answer"):
        await worker
    assert [call.operation for call in calls] == ["GetDeviceInformation"]
    assert b"2026-01-02T00:00:00" in calls[0].body
    assert b"planted-secret-7" not in calls[0].body


async def test_closing_the_bridge_ends_the_worker_wherever_it_is() -> None:
    bridge = Bridge(asyncio.get_running_loop())
    worker = asyncio.create_task(read(bridge))
    async for _ in bridge.calls():
        break
    bridge.close()
    with pytest.raises(OnvifRefused, match="the run ended"):
        await worker
    with pytest.raises(OnvifRefused, match="the run ended"):
        await asyncio.to_thread(bridge.send, Call("GetServices", "", b"", ""))


async def test_closing_before_the_call_is_taken_ends_the_worker_too() -> None:
    bridge = Bridge(asyncio.get_running_loop())
    sending = asyncio.create_task(asyncio.to_thread(bridge.send, Call("GetServices", "", b"", "")))
    while bridge._queue.empty():
        await asyncio.sleep(0.001)
    bridge.close()
    with pytest.raises(OnvifRefused):
        await sending
