"""Reads observations that somebody else made, as JSON Lines; touches no network and judges nothing.

A bad line costs that line and is named. A line that could be read in part only is read so far, and named as well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO, Any, Final

from scanner.model import Observation

VALUE_CAP: Final = 64 * 1024
"""Characters of one observation that are read; what a device says in its first 64 kB decides."""

LINE_CAP: Final = 16 << 20
"""Bytes of one input line; beyond this it is not an observation."""

SHOWN: Final = 60
"""Characters of a foreign name that a message repeats."""

LARGEST_PORT: Final = 65_535

REQUESTS: Final = {("http", "raw"): "GET /"}
"""Requests assumed for lines that do not say what was asked."""

OTHER_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "xml": "raw",
        "json": "raw",
        "banner": "raw",
        "raw": "banner",
        "server": "server-header",
        "server-header": "server",
        "manufacturer-model": "device-information",
    }
)
"""Field names that labelled sets use for one of ours, where the protocol has none of that name."""

OTHER_PROTOCOLS: Final[Mapping[str, str]] = MappingProxyType(
    {"onvif": "onvif-wsd", "onvif-wsd": "onvif", "tls": "tls-cert", "upnp": "upnp-xml", "wsd": "onvif-wsd"}
)
"""Where a field is looked for next: the two halves of ONVIF, and short names."""

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class InputLine:
    """One readable input line, and what of it could not be read."""

    number: int
    id: str
    device: str | None
    observation: Observation
    flaws: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One input line that could not be read, or not wholly, in words for the person who made it."""

    number: int
    message: str


def split_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """The lines of a stream; of an endless one no more than LINE_CAP bytes and one are ever held."""
    while line := stream.readline(LINE_CAP + 1):
        yield line
        while len(line) > LINE_CAP and not line.endswith(b"\n"):
            line = stream.readline(LINE_CAP + 1)


def read_input(lines: Iterable[bytes], fields: Mapping[str, str]) -> Iterator[InputLine | InputProblem]:
    """Read observations as JSON Lines with at least protocol, field and data; id and device are optional."""
    for number, line in enumerate(lines, 1):
        text = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
        if text.strip():
            yield _read_line(number, text, fields)


def _read_line(number: int, line: bytes, fields: Mapping[str, str]) -> InputLine | InputProblem:
    if len(line) > LINE_CAP:
        return InputProblem(number, f"the line holds more than {LINE_CAP:,} bytes, which no observation does")
    text, flaws = _decode(line)
    try:
        body = json.loads(text, object_pairs_hook=_keep_twice)
    except (ValueError, RecursionError):
        return InputProblem(number, _blame(number, line))
    if not isinstance(body, dict):
        return InputProblem(number, "not an object with protocol, field and data")
    if None in body:
        return InputProblem(number, f"the key {_show(body[None])} stands there twice, so the line says two things")
    missing = [key for key in ("protocol", "field", "data") if not isinstance(body.get(key), str)]
    if missing:
        return InputProblem(number, f"{_list(missing)} missing or not text")
    name = _find_name(body["protocol"], body["field"], fields)
    if name is None:
        return InputProblem(number, _explain_name(body["protocol"], body["field"], fields))
    return _make_line(number, body, name, flaws)


def _decode(line: bytes) -> tuple[str, list[str]]:
    """The line as text, and which byte is no UTF-8 where one is not."""
    try:
        return line.decode("utf-8"), []
    except UnicodeDecodeError as error:
        flaw = f"byte {error.start + 1} of the line is not UTF-8; what cannot be read was replaced"
        return line.decode("utf-8", "replace"), [flaw]


def _keep_twice(pairs: Sequence[tuple[str, Any]]) -> dict[str | None, Any]:
    """The object, and under None a key that it holds twice."""
    body: dict[str | None, Any] = dict(pairs)
    if len(body) < len(pairs):
        names = [key for key, _ in pairs]
        body[None] = next(key for key in names if names.count(key) > 1)
    return body


def _blame(number: int, line: bytes) -> str:
    if number == 1 and line.startswith(_UTF16_MARKS):
        return "the file is UTF-16; save it as UTF-8"
    return "not JSON; each line is one object"


def _find_name(protocol: str, field: str, fields: Mapping[str, str]) -> tuple[str, str] | None:
    for family in (protocol, OTHER_PROTOCOLS.get(protocol, protocol)):
        for known in (field, OTHER_NAMES.get(field, field)):
            if f"{family}.{known}" in fields:
                return family, known
    return None


def _explain_name(protocol: str, field: str, fields: Mapping[str, str]) -> str:
    known = [name.partition(".")[2] for name in fields if name.partition(".")[0] == protocol]
    more = f"{protocol} has {_list(sorted(known))}" if known else "docs/fields.md lists the names"
    return f"no observation is called {_show(f'{protocol}.{field}')}; {more}"


def _show(text: str) -> str:
    """A foreign name, cut, and harmless to a terminal."""
    cut = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return cut if cut.isprintable() else cut.encode("unicode_escape").decode("ascii")


def _list(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _make_line(number: int, body: Mapping[Any, Any], name: tuple[str, str], flaws: list[str]) -> InputLine:
    value, broken = _mend(body["data"])
    if broken:
        flaws.append("data holds half a character pair (\\ud800 to \\udfff), which was replaced")
    if len(value) > VALUE_CAP:
        flaws.append(f"data holds {len(value):,} characters, of which the first {VALUE_CAP:,} are read")
    device = body.get("device")
    return InputLine(
        number,
        _mend(str(body.get("id") or f"line-{number}"))[0],
        _mend(str(device))[0] if device not in (None, "") else None,
        _observe(body, name, value),
        tuple(flaws),
    )


def _mend(text: str) -> tuple[str, bool]:
    """The text as it can be written down, and whether that is another one: JSON can name half a surrogate pair."""
    if text.isascii():
        return text, False
    mended = text.encode("utf-8", "replace").decode("utf-8")
    return mended, mended != text


def _observe(body: Mapping[Any, Any], name: tuple[str, str], value: str) -> Observation:
    protocol, field = name
    address, port, request = body.get("address"), body.get("port"), body.get("request")
    return Observation(
        protocol=protocol,
        field=field,
        value=value[:VALUE_CAP],
        address=_mend(address)[0] if isinstance(address, str) else None,
        port=port if type(port) is int and 0 <= port <= LARGEST_PORT else None,
        request=_mend(request)[0] if isinstance(request, str) else REQUESTS.get((protocol, field), ""),
        by="import",
        digest=hashlib.sha256(value.encode("utf-8")).hexdigest(),
    )
