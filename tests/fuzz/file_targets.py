"""Every reader of files as a fuzz target: each raises its one error, and nothing else.

These files come from other tools, from colleagues, or from a disk that failed; a rule file may come from anybody.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from reports import Renderer, RenderOptions, load_renderers
from scanner.bundle import BundleError, build_bundle, verify_bundle
from scanner.census import compile_report
from scanner.codec import Garbled, rtnetlink
from scanner.fingerprint import Library
from scanner.fingerprint_files import Vocabulary, load_library, load_vocabulary, read_rules
from scanner.importing.dhcp_leases import LeaseError, read_leases
from scanner.importing.files import ImportRefused, read_data
from scanner.importing.nmap_xml import NmapXmlError, read_again, read_nmap_xml
from scanner.input_lines import read_input
from scanner.makers import Makers
from scanner.makers_file import load_makers, read_makers
from scanner.model import Attempt, Note, Observation, Outcome, RunInfo, SweepResult
from scanner.paper.check import read_tables
from scanner.paper.columns import guess_columns
from scanner.paper.entries import read_entries
from scanner.paper.knowledge import Knowledge, load_knowledge
from scanner.paper.table import PaperError
from scanner.policy_files import DEFAULT_POLICY, load_policies, read_policy, read_profile
from scanner.policy_list import Policy
from scanner.record import read_raw, read_record
from scanner.record_line import RecordError
from scanner.record_writer import RecordWriter
from scanner.stored_zip import hold
from scanner.strict_yaml import YamlError, decode, load_with_lines
from tests.fuzz.target import Target, as_text, guard

FIELDS: Final = MappingProxyType({"http.server-header": "web", "mac.mac": "link"})

_NMAP: Final = (
    b'<?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun><host starttime="1"><status state="up"/>'
    b'<address addr="192.0.2.7" addrtype="ipv4"/><ports><port protocol="tcp" portid="80"><state state="open"/>'
    b'<service product="x" method="probed" devicetype="webcam"/><script id="http-title" output="i"/></port></ports>'
    b"</host></nmaprun>"
)
_ISC: Final = (
    b"lease 10.0.0.5 {\n starts 4 2026/11/19 08:00:00;\n binding state active;\n hardware ethernet 44:19:b6:00:00:01;\n"
    b' set vendor-class-identifier = "udhcp";\n client-hostname "cam \\"7\\" \\101";\n on expiry { log("x"); }\n}\n'
)
_DNSMASQ: Final = b"1795457971 44:19:b6:00:00:01 10.0.0.5 cam-7 *\n0 12345 fd00::5 v6 00:01\n"
_LINE: Final = (
    b'{"protocol":"mac","field":"mac","data":"44:19:b6:00:00:01","address":"10.0.0.5","port":80,"device":"d"}\n'
)
_RULES: Final = b"""maker: axis
fingerprints:
  - id: axis-fuzz
    field: http.server-header
    pattern: 'axis/(?P<model>[a-z]{1,4})'
    asserts: {maker: axis, model: '{model}'}
    strength: good
    reason: a made-up rule for the fuzzer
    reference: none
    status: stable
    examples: [{value: axis/x, origin: made up}]
    counterexamples: [{value: b, origin: made up}]
"""
_CSV: Final = b'Brand;Model;Quantity\nHikvision;DS-2CD2042WD-I;4\n"A;b";"x""y";1,5\n'


@cache
def _policy() -> bytes:
    folder = Path(__file__).resolve().parents[2] / "policies"
    return (folder / "us-ndaa-889.yaml").read_bytes()[:6000]


@cache
def _knowledge() -> tuple[Makers, Knowledge]:
    return load_makers(), load_knowledge()


@cache
def _vocabulary() -> Vocabulary:
    return load_vocabulary()


@cache
def _scratch() -> Path:
    """A file of this process that the record reader is given; removed with its folder at the end."""
    folder = tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    _HELD.append(folder)
    return Path(folder.name) / "record.jsonl"


_HELD: Final[list[tempfile.TemporaryDirectory[str]]] = []
"""Keeps the scratch folder until the process ends."""


def _read_record(data: bytes) -> None:
    """Whatever the file says, a record is read or refused; so are the raw bytes it names."""
    path = _scratch()
    path.write_bytes(data)
    record = read_record(path)
    for offset in list(record.raw.values())[:5]:
        read_raw(path, offset)


FORMS: Final = ("json", "csv", "markdown", "junit", "sarif", "terminal", "html")
"""Outputs that a damaged or hostile record must not break."""


@cache
def _judging() -> tuple[Library, Makers, tuple[Policy, ...], Mapping[str, Renderer]]:
    return load_library(), load_makers(), tuple(load_policies((DEFAULT_POLICY,))), load_renderers()


def _judge_record(data: bytes) -> None:
    """A record that can be read can be judged and written in every form."""
    path = _scratch()
    path.write_bytes(data)
    library, makers, policies, renderers = _judging()
    report = compile_report(read_record(path), library, makers, policies)
    for name in FORMS:
        content = renderers[name].render(report, RenderOptions())
        if isinstance(content, str):
            content.encode()


@cache
def _record_seed() -> bytes:
    path = _scratch()
    path.unlink(missing_ok=True)
    with RecordWriter(path) as writer:
        writer.write_run(RunInfo("r", "0", 1.0, None, "scan", "lab", ("eth0",), ("10.0.0.0/24",), (), "me"))
        digest = writer.write_raw(b"raw")
        writer.write(Observation("http", "raw", "x", "10.0.0.5", 80, digest=digest))
        writer.write(Observation("mac", "mac", "44:19:b6:00:00:01", "10.0.0.5", mac="44:19:b6:00:00:01"))
        writer.write(Attempt("http-banner", "10.0.0.5", 80, Outcome.BROKEN, "x", 1.0))
        writer.write(SweepResult("arp-sweep", "eth0", Outcome.SKIPPED, "no rights", lost="much"))
        writer.write(Note("run", "x", 1.0))
    return path.read_bytes()


def _read_paper(name: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        _, knowledge = _knowledge()
        for table in read_tables(data, name):
            layout = guess_columns(table, knowledge)
            for _ in zip(range(50), read_entries(table, layout, knowledge), strict=False):
                pass

    return read


@cache
def _xlsx_seed() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    for row in (("Brand", "Model", "Quantity"), ("Dahua", "IPC-HFW1230", 3)):
        book.active.append(row)  # type: ignore[union-attr]
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _read_xlsx_parts(data: bytes) -> None:
    """The fuzzer's bytes as the sheet inside a sound archive: bit flips of a ZIP never get past its checksum."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_xlsx_seed())) as sound, zipfile.ZipFile(stream, "w") as made:
        for member in sound.infolist():
            sheet = member.filename == "xl/worksheets/sheet1.xml"
            made.writestr(member.filename, data if sheet else sound.read(member))
    _read_paper("fuzz.xlsx")(stream.getvalue())


@cache
def _sheet_seed() -> bytes:
    with zipfile.ZipFile(io.BytesIO(_xlsx_seed())) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


@cache
def _bundle_seed() -> bytes:
    return b"".join(build_bundle({"record.jsonl": hold(b"{}\n"), "report.json": hold(b"{}")}, {"tool": "fuzz"}))


def _read_manifest(data: bytes) -> None:
    """The fuzzer's bytes as a manifest under a seal that fits: whoever makes a bundle can write one."""
    stream = io.BytesIO()
    seal = json.dumps({"manifest_sha256": hashlib.sha256(data).hexdigest()}, ensure_ascii=False, indent=1) + "\n"
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("manifest.json", data)
        archive.writestr("seal.json", seal)
    verify_bundle(stream)


@cache
def _manifest_seed() -> bytes:
    with zipfile.ZipFile(io.BytesIO(_bundle_seed())) as archive:
        return archive.read("manifest.json")


def _read_yaml(read: Callable[[str], object]) -> Callable[[bytes], object]:
    """A reader of a YAML file from the file's bytes on."""
    return lambda data: read(decode(data, "fuzz.yaml"))


def _read_policy(text: str) -> None:
    makers, _ = _knowledge()
    read_policy(text, "fuzz.yaml", makers)
    read_profile(text, "fuzz.yaml")


def _read_netlink(data: bytes) -> None:
    for message in rtnetlink.parse_messages(data):
        for parse in (rtnetlink.parse_error, rtnetlink.parse_link, rtnetlink.parse_neighbour):
            try:
                parse(message.body)
            except Garbled:
                continue


def _read_nmap(data: bytes) -> None:
    heard = tuple(read_nmap_xml(data))
    if heard:
        read_again(data)


def make_file_targets() -> Mapping[str, Target]:
    """The targets by name."""
    targets: dict[str, Any] = {
        "bundle": Target(guard(lambda data: verify_bundle(io.BytesIO(data)), errors=(BundleError,)), (_bundle_seed(),)),
        "bundle_manifest": Target(
            guard(_read_manifest, errors=(BundleError,)), (_manifest_seed(), _manifest_seed().replace(b"3", b"1e999"))
        ),
        "dhcp_leases": Target(guard(read_leases, errors=(LeaseError,)), (_ISC, _DNSMASQ)),
        "fingerprint_file": Target(
            guard(_read_yaml(lambda text: read_rules("fuzz.yaml", text, _vocabulary())), errors=(YamlError,)),
            (_RULES,),
        ),
        "import_file": Target(
            guard(lambda data: read_data(data, "fuzz", FIELDS), errors=(ImportRefused,)), (_NMAP, _ISC, _LINE)
        ),
        "judged_record": Target(guard(_judge_record, errors=(RecordError,)), (_record_seed(),)),
        "makers_file": Target(
            guard(_read_yaml(lambda text: read_makers(text, "fuzz.yaml")), errors=(YamlError,)),
            (b"makers: []\nbrands: []\n",),
        ),
        "nmap_xml": Target(guard(_read_nmap, errors=(NmapXmlError,)), (_NMAP,)),
        "observation_lines": Target(
            guard(lambda data: list(read_input(data.splitlines(), FIELDS))), (_LINE, json.dumps({}).encode())
        ),
        "paper_csv": Target(guard(_read_paper("fuzz.csv"), errors=(PaperError,)), (_CSV,)),
        "paper_xlsx": Target(guard(_read_paper("fuzz.xlsx"), errors=(PaperError,)), (_xlsx_seed(),)),
        "paper_sheet": Target(guard(_read_xlsx_parts, errors=(PaperError,)), (_sheet_seed(),)),
        "policy_file": Target(guard(_read_yaml(_read_policy), errors=(YamlError,)), (_policy(),)),
        "record": Target(guard(_read_record, errors=(RecordError,)), (_record_seed(),)),
        "rtnetlink": Target(
            guard(_read_netlink, errors=(Garbled,)), (rtnetlink.build_learn(2, "10.0.0.5", "44:19:b6:00:00:01", 1),)
        ),
        "strict_yaml": Target(
            guard(as_text(lambda text: load_with_lines(text, "fuzz.yaml")), errors=(YamlError,)),
            (_RULES, b"a: [1, 'x', {b: true}]\nc: |\n  d\n"),
        ),
    }
    return MappingProxyType(targets)
