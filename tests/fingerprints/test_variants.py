"""The same answer in the spellings that captures, proxies, tools and notes give it names the same maker."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from benchmarks.labelled import LISTED, Case, read_files
from scanner.fingerprint import Library
from scanner.fingerprint_files import load_library
from scanner.identify import identify
from scanner.model import replace

DATA: Final = Path(__file__).parents[1] / "data"
GATHERED: Final = DATA / "gathered.jsonl"
Change = Callable[[str], str]

CASE_IS_THE_MARK: Final = frozenset(("dahua-http-header-shape", "dahua-rtsp-header-shape", "dahua-http-raw-p3p"))
"""Rules that read the case of header names: where only they speak, another case takes the mark away."""


def change_names(text: str, change: Change) -> str:
    """The header names changed, values and body left."""
    head, gap, body = text.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return "\r\n".join([first, *(f"{change(name)}:{rest}" for name, _, rest in pairs)]) + gap + body


def fold(text: str) -> str:
    """Header values broken after their first comma, as RFC 7230 forbids and old servers do."""
    head, gap, body = text.partition("\r\n\r\n")
    return re.sub(r"(?m)^([\w-]+: [^,\r\n]+), ", r"\1,\r\n ", head) + gap + body


def rename_prefixes(text: str) -> str:
    for number, prefix in enumerate(sorted(set(re.findall(r"</([A-Za-z][\w-]*):", text)))):
        text = re.sub(rf"(</?){prefix}:", rf"\1q{number}:", text).replace(f"xmlns:{prefix}=", f"xmlns:q{number}=")
    return text


MESSAGE: Final[Mapping[str, Change]] = {
    "bare line feeds": lambda text: text.replace("\r\n", "\n"),
    "blanks around values": lambda text: change_names(text, str).replace(": ", ":   ", 3),
    "no blank after colons": lambda text: text.replace(": ", ":", 3),
    "folded": fold,
    "HTTP 1.0": lambda text: text.replace("HTTP/1.1", "HTTP/1.0", 1),
    "lower-case names": lambda text: change_names(text, str.lower),
    "upper-case names": lambda text: change_names(text, str.upper),
}
DOCUMENT: Final[Mapping[str, Change]] = {
    "other prefixes": rename_prefixes,
    "windows line ends": lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n"),
    "one line": lambda text: re.sub(r">\s+<", "><", text),
    "indented": lambda text: text.replace("><", ">\n   <"),
    "byte order mark": lambda text: "\ufeff" + text,
    "no declaration": lambda text: re.sub(r"<\?xml[^>]*>\s*", "", text),
    "character references": lambda text: text.replace("Hik", "&#72;ik").replace("Dah", "&#x44;ah"),
    "cut at nine tenths": lambda text: text[: 9 * len(text) // 10],
}
CHALLENGE: Final[Mapping[str, Change]] = {
    "more blanks": lambda text: text.replace(", ", " ,  "),
    "no blanks": lambda text: text.replace(", ", ","),
    "scheme in lower case": lambda text: text.replace("Digest", "digest").replace("Basic", "basic"),
    "the realm alone": lambda text: re.findall('realm="[^"]*"', text)[0],
    "the realm unquoted": lambda text: re.sub(r'realm="([^" ,]*)"', r"realm=\1", text),
    "with the header's name": lambda text: f"WWW-Authenticate: {text}",
}
SCOPES: Final[Mapping[str, Change]] = {
    "one a line": lambda text: text.replace(" ", "\n"),
    "padded": lambda text: f"\n   {text}  \n",
    "with one more": lambda text: f"{text} onvif://www.onvif.org/location/city/x",
    "commas": lambda text: text.replace(" onvif:", ", onvif:"),
    "a list": lambda text: json.dumps(text.split()),
}
ADDRESS: Final[Mapping[str, Change]] = {
    "upper case": str.upper,
    "dashes": lambda text: text.replace(":", "-"),
    "bare digits": lambda text: text.replace(":", ""),
    "bare capitals": lambda text: text.replace(":", "").upper(),
    "three bytes": lambda text: text[:8],
}


def find_changes(name: str, value: str) -> Mapping[str, Change]:
    if value.lstrip("\ufeff\r\n ").startswith("<") and name.endswith((".raw", ".body")):
        return DOCUMENT
    if name in ("http.raw", "rtsp.raw", "ssdp.raw", "sip.raw"):
        return MESSAGE
    parts = {"www-authenticate": CHALLENGE, "scopes": SCOPES, "mac": ADDRESS}
    return parts.get(name.partition(".")[2], {})


def vary() -> Iterator[tuple[Case, str, str]]:
    for case in read_files([GATHERED, *sorted((DATA / "observations").glob("*.jsonl"))]):
        if case.flagged and case.identifiable:
            value = case.observation.value
            for what, change in find_changes(case.observation.name, value).items():
                if change(value) != value:
                    yield case, what, change(value)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def test_another_spelling_names_the_same_maker(library: Library) -> None:
    seen, lost = 0, []
    for case, what, value in vary():
        before = identify([case.observation], library)
        after = identify([replace(case.observation, value=value)], library)
        rules = {item.fingerprint for item in before.evidence if item.says.startswith("maker=")}
        if before.maker is None or ("case" in what and rules & CASE_IS_THE_MARK):
            continue
        seen += 1
        if after.maker != before.maker:
            lost.append((case.id, what, before.maker, after.maker))
    assert not lost
    assert seen > 400


def test_no_spelling_of_somebody_elses_answer_names_a_listed_maker(library: Library) -> None:
    for case in read_files([GATHERED]):
        if case.flagged:
            continue
        for what, change in find_changes(case.observation.name, case.observation.value).items():
            identity = identify([replace(case.observation, value=change(case.observation.value))], library)
            assert identity.maker not in LISTED, (case.id, what)
