"""A password that is given to a scan is in no byte of anything it leaves: record, reports, messages, temporary files.

The device on the other side is the worst there is: it sends back every byte it is told, headers and body, and then
fails. The scan is the program itself, as a person would start it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import html
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from typer.testing import CliRunner

from reports import load_renderers
from scanner.cli import app
from scanner.exits import Exit
from scanner.record import read_record

CORE = "Xq7Zk9Wv"
PASSWORD = f'Tr0ub&dor"{CORE}<ä>\\'
ADDRESS = "127.77.0.5"

CLOCK = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl" '
    'xmlns:tt="http://www.onvif.org/ver10/schema"><s:Body>'
    "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:UTCDateTime>"
    "<tt:Time><tt:Hour>3</tt:Hour><tt:Minute>4</tt:Minute><tt:Second>5</tt:Second></tt:Time>"
    "<tt:Date><tt:Year>2026</tt:Year><tt:Month>2</tt:Month><tt:Day>1</tt:Day></tt:Date>"
    "</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse></s:Body></s:Envelope>"
)
INFORMATION = CLOCK.partition("<tds:GetSystem")[0] + (
    "<tds:GetDeviceInformationResponse><tds:Manufacturer>M</tds:Manufacturer><tds:Model>R16</tds:Model>"
    "<tds:FirmwareVersion>{}</tds:FirmwareVersion><tds:SerialNumber>0</tds:SerialNumber>"
    "<tds:HardwareId>h</tds:HardwareId></tds:GetDeviceInformationResponse></s:Body></s:Envelope>"
)


class Echo:
    """An ONVIF device that says what it was told. `heard` keeps every request with a login."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
            )
            body = await reader.readexactly(length)
            writer.write(self._answer(head + body))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    def _answer(self, request: bytes) -> bytes:
        text = request.decode("utf-8", "replace")
        status = "200 OK"
        if "GetSystemDateAndTime" in text:
            content = CLOCK
        elif "Security" in text:
            self.heard.append(request)
            content = INFORMATION.format(html.escape(text)) if "GetDeviceInformation" in text else f"<broken>{text}"
        else:
            content = f"<html><title>{html.escape(text)}</title>"
        head = f"HTTP/1.1 {status}\r\nServer: {quote(text)[:2000]}\r\nContent-Type: application/soap+xml\r\n"
        data = content.encode()
        return f"{head}Content-Length: {len(data)}\r\nConnection: close\r\n\r\n".encode() + data


def spellings(secret: str) -> Iterator[bytes]:
    """The usual ways a secret is written down."""
    plain = secret.encode()
    yield from (plain, plain[::-1], plain.hex().encode(), plain.hex().upper().encode(), quote(secret).encode())
    yield from (secret.encode("utf-16-le"), secret.encode("utf-16-be"), html.escape(secret).encode())
    yield json.dumps(secret)[1:-1].encode()
    for shift in range(3):  # base64 looks different at each offset; the pieces at the ends depend on the neighbours
        whole = base64.b64encode(b"\0" * shift + plain)
        yield whole[4 * bool(shift) : -4]


def everything(folder: Path, *texts: bytes) -> Iterator[tuple[str, bytes]]:
    """Every byte that was left, and those inside the record's raw lines."""
    for number, text in enumerate(texts):
        yield f"output {number}", text
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            yield path.name, data
            if path.name == "record.jsonl":
                for line in data.splitlines():
                    body = json.loads(line)
                    yield f"line {line[:40]!r}", json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
                    if body["type"] == "raw":
                        yield f"raw {body['digest'][:8]}", base64.b64decode(body["base64"])


CRASH = """
import sys
from scanner.record_writer import RecordWriter
write = RecordWriter.write
class Broken(BaseException):  # which nobody catches
    pass
def crash(self, value):
    if getattr(value, "by", "") == "onvif-credentials":
        raise Broken("the program broke with the login in its hands")
    write(self, value)
RecordWriter.write = crash
from scanner.cli import main
sys.argv[0] = "camcensus"
main()
"""


def shown_by_ps(pid: int) -> bytes:
    """What anybody on the machine can see of a process and its children, and what root can see besides."""
    seen = b""
    for path in ("cmdline", "environ", "comm"):
        with contextlib.suppress(OSError):
            seen += Path(f"/proc/{pid}/{path}").read_bytes() + b"\n"
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            seen += shown_by_ps(int(child))
    return seen


async def scan(
    folder: Path, logins: Path, *more: str, program: tuple[str, ...] = ("-m", "scanner")
) -> tuple[int, bytes, bytes, bytes]:
    out = folder / "out"
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-X", "dev", *program, "scan", ADDRESS, "--credentials", str(logins), "--pace", "lab",
        "--out", str(out), *more, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(temporary), "HOME": str(temporary), "PYTHONWARNINGS": "default"},
    )  # fmt: skip
    talking = asyncio.ensure_future(process.communicate())
    listed: set[bytes] = set()
    while not talking.done():
        listed.add(shown_by_ps(process.pid))
        await asyncio.wait((talking,), timeout=0.05)
    output, errors = talking.result()
    assert process.returncode is not None
    return process.returncode, output, errors, b"\n".join(listed)


def retell(run: Path, to: Path) -> bytes:
    """What every command that tells a run again prints, in every format but PDF, which packs its text."""
    to.mkdir()
    commands = [
        *(["report", str(run), name, "--out", str(to / name)] for name in load_renderers() if name != "pdf"),
        ["explain", str(run), ADDRESS],
        ["anonymise", str(run), str(to / "copy.jsonl")],
        ["bundle", str(run), str(to / "bundle.zip")],
        ["verify", str(to / "bundle.zip")],
        ["diff", str(run), str(run)],
        ["judge", str(run), "--out", str(to / "judged")],
    ]
    said = b""
    for words in commands:
        done = CliRunner().invoke(app, words)
        assert done.exception is None or isinstance(done.exception, SystemExit), (words, done.output)
        assert done.exit_code in (Exit.CLEAN, Exit.COVERED, Exit.SUSPECTED, Exit.UNCERTAIN), (words, done.output)
        said += done.output.encode()
    return said


@pytest.fixture
def logins(tmp_path: Path) -> Path:
    path = tmp_path.parent / f"{tmp_path.name}-logins.yaml"
    path.write_text(f"{ADDRESS}: {{user: auditor, password: {json.dumps(PASSWORD)}}}\n", "utf-8")
    path.chmod(0o600)
    return path


async def test_a_planted_password_is_in_no_byte(tmp_path: Path, logins: Path) -> None:
    echo = Echo()
    server = await asyncio.start_server(echo.serve, ADDRESS, 80)
    async with server:
        code, output, errors, listed = await scan(tmp_path, logins)
    assert code in (Exit.CLEAN, Exit.UNCERTAIN), errors.decode()
    assert str(logins).encode() in listed  # it was looked at, and names the file
    again = retell(tmp_path / "out", tmp_path / "again")
    assert echo.heard, "the login was never used, so nothing was proved"
    assert CORE.encode() not in b"".join(echo.heard)  # it goes as a digest
    record = read_record(tmp_path / "out" / "record.jsonl")
    assert [seen.request for seen in record.observations if seen.by == "onvif-credentials"]
    digests = {
        piece.split(b"<")[0].rpartition(b">")[2] for one in echo.heard for piece in one.split(b"PasswordDigest")[1:]
    }
    assert digests
    needles = [*spellings(PASSWORD), *spellings(CORE), *(one for one in digests if one)]
    searched = 0
    for where, data in everything(tmp_path, output, errors, listed, again):
        searched += len(data)
        for needle in needles:
            assert needle not in data, f"{needle!r} in {where}"
    assert searched > 100_000


async def test_a_program_that_breaks_with_the_login_in_its_hands_does_not_tell_it(tmp_path: Path, logins: Path) -> None:
    echo = Echo()
    server = await asyncio.start_server(echo.serve, ADDRESS, 80)
    async with server:
        code, output, errors, _ = await scan(tmp_path, logins, program=("-c", CRASH))
    assert code == Exit.FAILED
    assert echo.heard
    assert b"with the login in its hands" in errors
    for where, data in everything(tmp_path, output, errors):
        for needle in (*spellings(PASSWORD), *spellings(CORE)):
            assert needle not in data, f"{needle!r} in {where}"


def test_the_search_finds_each_spelling() -> None:
    """It would be worth nothing if it did not."""
    written = (
        PASSWORD.encode(),
        PASSWORD.encode().hex().encode(),
        PASSWORD.encode("utf-16-le"),
        quote(PASSWORD).encode(),
        json.dumps(PASSWORD).encode(),
        html.escape(PASSWORD).encode(),
        base64.b64encode(b"user:" + PASSWORD.encode()),
        base64.b64encode(f"ab{PASSWORD}x".encode()),
    )
    for text in written:
        assert any(needle in text for needle in (*spellings(PASSWORD), *spellings(CORE))), text


async def test_a_file_that_others_may_read_is_refused_before_anything_is_sent(tmp_path: Path, logins: Path) -> None:
    logins.chmod(0o644)
    echo = Echo()
    server = await asyncio.start_server(echo.serve, ADDRESS, 80)
    async with server:
        code, _, errors, _ = await scan(tmp_path, logins)
    assert code == Exit.USAGE
    assert b"can be read or changed by others" in errors
    assert not (tmp_path / "out").exists()


async def test_a_device_without_a_login_is_sent_none(tmp_path: Path, logins: Path) -> None:
    logins.write_text(f'10.9.9.9: {{user: auditor, password: "{CORE}"}}\n')
    echo = Echo()
    server = await asyncio.start_server(echo.serve, ADDRESS, 80)
    async with server:
        _, _, errors, _ = await scan(tmp_path, logins)
    assert echo.heard == []
    assert b"1 of the logins given are for addresses outside the scope" in errors
