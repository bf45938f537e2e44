"""A report on the shelf is the report in memory: the same devices in the same order, and the same bytes written."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from reports import RenderOptions, load_renderers
from scanner import census as subject
from scanner.census import Means, compile_holdings
from scanner.fingerprint_files import load_library
from scanner.holdings import HeldRecord
from scanner.makers_file import load_makers
from scanner.model import Attempt, Device, Evidence, Observation, Outcome, Report, RunInfo, replace
from scanner.policy_files import list_policies, load_policies
from scanner.record import Record
from scanner.record_line import Ended
from scanner.sentence import say
from scanner.shelf import Shelf
from scanner.shelved_devices import ShelvedDevices

MEANS = Means(load_library(), load_makers(), tuple(load_policies(list_policies())))
RUN = RunInfo("r1", "0.1.0", 1_790_000_000.0, None, "", "normal", ("eth0",), ("10.0.0.0/24",), (), "")


def record(hosts: int) -> Record:
    seen: list[Observation] = []
    for n in range(hosts):
        address, mac = f"10.0.0.{n + 1}", f"44:19:b6:00:00:{n:02x}"
        sadp = (
            f"<ProbeMatch><DeviceSN>DS-7608NI-K20820190101CCRR{n:09}WCVU</DeviceSN><DigitalChannelNum>{n}"
            f"</DigitalChannelNum><DeviceDescription>DS-7608NI-K2</DeviceDescription><IPv4Gateway>10.0.0.254"
            "</IPv4Gateway></ProbeMatch>"
        )
        seen.append(Observation("mac", "mac", mac, address=address, mac=mac, digest=f"{n}"))
        if n % 3:
            seen.append(Observation("sadp", "raw", sadp, address=address, port=37020, request="inquiry", digest="d"))
        if n % 4 == 0:
            seen.append(Observation("http", "www-authenticate", 'Digest realm="AXIS_ACCC8E000002"', address, 80))
    random.Random(7).shuffle(seen)
    tried = [Attempt("http-banner", f"10.0.0.{n + 1}", 80, Outcome.SILENT, "no answer", 2.5) for n in range(hosts)]
    return Record("r.jsonl", RUN, tuple(seen), tuple(tried), (), (), Ended(2.0, "done"), True, {})


def compile_(hosts: int, folder: Path | None = None) -> Report:
    return compile_holdings(HeldRecord(record(hosts)), MEANS, Shelf(folder))


@pytest.fixture
def _few_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "HELD_WHOLE", 5)


def test_a_shelved_report_equals_the_one_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    held = compile_(20)
    monkeypatch.setattr(subject, "HELD_WHOLE", 5)
    shelved = compile_(20)
    assert isinstance(held.devices, tuple)
    assert isinstance(shelved.devices, ShelvedDevices)
    assert tuple(shelved.devices) == held.devices
    assert shelved.devices[3:6] == held.devices[3:6]
    for name, renderer in load_renderers().items():
        if renderer.is_text:
            for locale in ("en", "sr"):
                options = RenderOptions(locale=locale, rows=7, static_cards=6)
                assert renderer.render(shelved, options) == renderer.render(held, options), name


@pytest.mark.usefixtures("_few_in_memory")
def test_pieces_are_the_whole(tmp_path: Path) -> None:
    report = compile_(9)
    for name in ("json", "csv", "html", "markdown", "sarif", "cyclonedx", "netbox", "junit"):
        renderer = load_renderers()[name]
        whole = renderer.render(report, RenderOptions())
        pieces = list(renderer.pieces(report, RenderOptions()))
        assert b"".join(pieces) == (whole if isinstance(whole, bytes) else whole.encode())
        assert len(pieces) > 9


@pytest.mark.usefixtures("_few_in_memory")
def test_up_to_the_cap_all_stays_in_memory() -> None:
    assert isinstance(compile_(5).devices, tuple)
    assert isinstance(compile_(6).devices, ShelvedDevices)


def test_what_is_held_of_a_device_is_what_is_counted_and_sorted_by() -> None:
    shelved = ShelvedDevices(Shelf())
    for device in compile_(4).devices:
        shelved.add(device)
    for whole, brief in zip(shelved, shelved.brief, strict=True):
        assert (brief.id, brief.status, brief.addresses) == (whole.id, whole.status, whole.addresses)
        assert (brief.identity.maker, brief.identity.conflicts) == (whole.identity.maker, whole.identity.conflicts)
        assert [finding.status for finding in brief.findings] == [finding.status for finding in whole.findings]
        assert [*brief.identity.evidence, *brief.attempts, *brief.settings, *brief.identity.hints] == []


def test_any_device_comes_back_as_it_was() -> None:
    device = compile_(2).devices[1]
    odd = [*changes(device)]
    shelved = ShelvedDevices(Shelf())
    for one in odd:
        shelved.add(one)
    shelved.sort([*range(len(odd))][::-1])
    assert list(shelved) == odd[::-1]


def changes(device: Device) -> list[Device]:
    sentence = say("{n} is told", n="x")
    tried = Attempt("a", "10.0.0.1", None, Outcome.BROKEN, sentence)
    line = Evidence("s", "g", "f", "good", 0.5, "n", "\ud800", "", None, None, "", "why", "")
    return [
        device,
        replace(device, attempts=(tried,)),
        replace(device, identity=replace(device.identity, evidence=(line, line), hints=(sentence,))),
        replace(device, findings=()),
        replace(device, findings=tuple(replace(f, check_by_hand=f"{n}") for n, f in enumerate(device.findings))),
    ]
