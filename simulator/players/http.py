"""Plays HTTP with the exact bytes of a persona: header order and case, whole bodies. Parses leniently."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Final

from simulator.device import Device
from simulator.persona import Http, Reply, Soap
from simulator.streams import Conversation, Ended, Talk
from simulator.template import Value

HEAD_LIMIT: Final = 32_768
"""Bytes of a request head; a device cuts a longer one off."""

BODY_LIMIT: Final = 65_536
"""Bytes of a request body; the SOAP requests played here are under 2 kB."""

_BODY_ELEMENT: Final = re.compile(rb"<(?:[\w.-]+:)?Body[^>]*>\s*<(?:[\w.-]+:)?([\w.-]+)")
"""The element inside a SOAP body; enough for a simulator, which must answer sloppy requests too."""


def http_player(service: Http) -> Conversation:
    """Return the conversation for one web service of a persona."""

    async def converse(talk: Talk) -> None:
        while await _exchange(service, talk):
            pass

    return converse


async def _exchange(service: Http, talk: Talk) -> bool:
    """Hear one request and answer it; False when the connection is to be ended."""
    said = await talk.read_until(b"\r\n\r\n", HEAD_LIMIT)
    line, headers = _split_head(said.decode("latin-1"))
    body = await talk.read_exactly(_body_length(headers))
    device = talk.device
    service_name = "https" if talk.tls else "http"
    device.ledger.note_request(service_name, talk.port, line, device.surroundings.clock(), said + body)
    if (given := headers.get("authorization")) is not None:
        device.ledger.authorizations.append(given)
    reply = _choose(service, device, line, body)
    sent, status = render(reply, device, {"path": _path(line)})
    if status == 401:
        device.refuse()
    if line.startswith("HEAD "):
        sent = sent[: sent.index(b"\r\n\r\n") + 4]
    await talk.say(sent)
    return not _closes(reply, sent, line, headers)


def _split_head(head: str) -> tuple[str, dict[str, str]]:
    line, *rest = head.split("\r\n")
    pairs = (text.partition(":") for text in rest if ":" in text)
    return line, {name.strip().lower(): value.strip() for name, _, value in pairs}


def _body_length(headers: Mapping[str, str]) -> int:
    given = headers.get("content-length", "0")
    return min(int(given), BODY_LIMIT) if given.isdigit() else 0


def _path(line: str) -> str:
    parts = line.split(" ")
    return parts[1] if len(parts) > 1 else "/"


def _choose(service: Http, device: Device, line: str, body: bytes) -> Reply:
    if device.ledger.locked:
        if not service.locked:
            raise Ended("cut")
        return service.replies[service.locked]
    asked = " ".join(line.split(" ")[:2])
    for pattern, page in service.pages.items():
        if pattern == "*" or fnmatchcase(asked, pattern):
            return service.replies[page if isinstance(page, str) else _operation(page, body)]
    raise Ended("cut")


def _operation(page: Soap, body: bytes) -> str:
    found = _BODY_ELEMENT.search(body)
    return page.soap.get(found[1].decode("latin-1") if found else "", page.soap["*"])


def render(reply: Reply, device: Device, extra: Mapping[str, Value]) -> tuple[bytes, int]:
    """Return the bytes of a reply and its status code. `{length}` in the head is the length of the body."""
    body = _body(reply, device, extra)
    head = device.fill(reply.head.rstrip("\n"), {**extra, "length": len(body)}).replace("\n", "\r\n")
    words = head.split(" ", 2)
    status = int(words[1][:3]) if len(words) > 1 and words[1][:3].isdigit() else 0
    return head.encode("latin-1", "replace") + b"\r\n\r\n" + body, status


def _body(reply: Reply, device: Device, extra: Mapping[str, Value]) -> bytes:
    if reply.body_hex:
        return bytes.fromhex(reply.body_hex)
    if reply.body_base64:
        return base64.b64decode(reply.body_base64)
    text = device.fill(reply.body, extra)
    if reply.newline == "crlf":
        text = text.replace("\n", "\r\n")
    return (b"\xef\xbb\xbf" if reply.bom else b"") + text.encode()


def _closes(reply: Reply, sent: bytes, line: str, headers: Mapping[str, str]) -> bool:
    """True when the connection ends after this reply: the reply says so, the peer asks for it, or HTTP/1.0 means it."""
    if reply.close is not None:
        return reply.close
    head = sent[: sent.index(b"\r\n\r\n")].lower()
    if b"connection: close" in head or headers.get("connection", "").lower() == "close":
        return True
    return b"content-length:" not in head or line.endswith("HTTP/1.0") or head.startswith(b"http/1.0")
