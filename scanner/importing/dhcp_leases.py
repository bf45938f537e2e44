"""Reads a DHCP server's lease file, ISC dhcpd's or dnsmasq's, into observations; contacts nobody and changes nothing.

A lease says who had an address, not who has it. Of several leases of one address the last one counts, as the servers
themselves read their files; leases that have ended are counted and left out.

Sources: dhcpd.leases(5) of ISC DHCP 4.4, and the lease file of dnsmasq 2.90 (--dhcp-leasefile).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Final

from scanner.codec.macs import normalise_mac
from scanner.codec.text import cut_field
from scanner.link import Heard
from scanner.model import Observation

LEASES_CAP: Final = 16 << 20
"""Bytes of one file: some 300 bytes a lease, and dhcpd appends to it for an hour before it writes it anew."""

ENTRY_CAP: Final = 16_384
"""Characters of one lease; the longest honest ones carry an option or two of 255 bytes."""

BY: Final = "dhcp-leases"

_ISC_HEAD: Final = re.compile(r"^[ \t]{0,9}lease[ \t]{1,9}([0-9a-fA-F.:]{2,45})[ \t]{0,9}\{", re.MULTILINE)
_ISC_BODY: Final = re.compile(r'(?:[^{}"]++|"(?:[^"\\]|\\.)*+"|\{[^{}]*+\})*+\}', re.DOTALL)
"""To the closing brace; event statements have braces of their own. Possessive, so that no input makes it slow."""

_ISC_TOKEN: Final = re.compile(r'#[^\n]*|"(?:[^"\\]|\\.)*+(?:"|\Z)|;|[^";#]+', re.DOTALL)
_ESCAPE: Final = re.compile(r"\\([0-7]{3}|.)", re.DOTALL)
_DNSMASQ: Final = re.compile(r"(\d{1,12}) (\S{1,60}) ([0-9a-fA-F.:]{2,45}) (\S{1,255})(?: (\S{1,600}))?\s*")


class LeaseError(ValueError):
    """The file is not a lease file; the message says what to give instead."""


@dataclass(frozen=True, slots=True)
class Lease:
    """One lease, whichever server wrote it."""

    address: str
    mac: str | None
    hostname: str
    vendor_class: str
    at: float  # when it began or, where that is not said, 0
    ended: bool
    text: str  # the entry as it stands in the file


@dataclass(frozen=True, slots=True)
class Leases:
    """What a lease file says of each address, and how much of it says nothing."""

    heard: tuple[Heard, ...]
    ended: int  # addresses that have only leases that ended
    unreadable: int  # entries that could not be read


def read_leases(data: bytes) -> Leases:
    """Read a lease file of either server. Raises LeaseError."""
    if len(data) > LEASES_CAP:
        raise LeaseError(f"the lease file is larger than {LEASES_CAP >> 20} MB: give the current one only")
    text = data.decode("utf-8", "replace")
    entries = list(_read_isc_entries(text)) or list(_read_dnsmasq_entries(text))
    if not any(entries) and text.strip():
        raise LeaseError("no lease stands in it: give dhcpd.leases of ISC dhcpd, or the lease file of dnsmasq")
    last = {lease.address: lease for lease in entries if lease is not None}
    heard = tuple(one for lease in last.values() if not lease.ended and (one := _tell(lease)).observations)
    return Leases(heard, sum(lease.ended for lease in last.values()), entries.count(None))


def looks_like_leases(text: str) -> bool:
    """True when the first lines are those of a lease file."""
    lines = [line for line in text.splitlines()[:200] if line.strip() and not line.lstrip().startswith("#")]
    words = ("lease ", "authoring-byte-order", "server-duid", "failover peer", "duid ")
    return any(line.lstrip().startswith(words) or _DNSMASQ.fullmatch(line) for line in lines[:5])


def _read_isc_entries(text: str) -> Iterator[Lease | None]:
    """Each lease, or None for one that cannot be read."""
    for head in _ISC_HEAD.finditer(text):
        body = _ISC_BODY.match(text, head.end(), head.end() + ENTRY_CAP)
        address = _read_address(head[1])
        if body is None or address is None:
            yield None
        else:
            yield _read_isc(address, body[0][:-1], text[head.start() : body.end()])


def _read_dnsmasq_entries(text: str) -> Iterator[Lease | None]:
    for line in text.splitlines():
        if line.strip() and not line.startswith("duid "):
            entry = _DNSMASQ.fullmatch(line)
            address = _read_address(entry[3]) if entry is not None else None
            yield _read_dnsmasq(address, entry, line) if entry is not None and address is not None else None


def _read_isc(address: str, body: str, text: str) -> Lease:
    said = dict(_read_statements(body))
    return Lease(
        address=address,
        mac=normalise_mac(said.get("hardware ethernet", "")),
        hostname=_unquote(said.get("client-hostname", "")),
        vendor_class=_unquote(said.get("set vendor-class-identifier", said.get("vendor-class-identifier", ""))),
        at=_read_time(said.get("starts", "")),
        ended=said.get("binding state", "active") not in ("active", "bootp"),
        text=text,
    )


def _read_statements(body: str) -> Iterator[tuple[str, str]]:
    """Statements as (words before the value, value); the keys are those of dhcpd.leases(5)."""
    for statement in _split_statements(body):
        for key in ("hardware ethernet", "binding state", "client-hostname", "starts"):
            if statement.startswith(f"{key} "):
                yield key, statement[len(key) + 1 :].strip()
        name, equals, value = statement.partition("=")
        if equals and name.split() in (["set", "vendor-class-identifier"], ["vendor-class-identifier"]):
            yield " ".join(name.split()), value.strip()


def _split_statements(body: str) -> Iterator[str]:
    """The text between semicolons; one inside quotes ends nothing, and comments are passed over."""
    held: list[str] = []
    for token in _ISC_TOKEN.finditer(body):
        if token[0] == ";":
            if statement := "".join(held).strip():
                yield statement
            held.clear()
        elif not token[0].startswith("#"):
            held.append(token[0])


def _read_dnsmasq(address: str, entry: re.Match[str], text: str) -> Lease:
    """The second word is the MAC, with a hardware type before it where that is not Ethernet; for IPv6 a number."""
    mac = normalise_mac(entry[2]) if ":" not in address else None
    name = entry[4] if entry[4] != "*" else ""
    return Lease(address, mac, name, "", 0.0, ended=False, text=text)


def _read_address(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _read_time(text: str) -> float:
    """Seconds since the epoch of "4 2026/11/19 08:00:00" (UTC) or "epoch 1795457971"; 0 for anything else."""
    words = text.split()
    try:
        if words[:1] == ["epoch"]:
            return float(int(words[1]))
        return datetime.strptime(" ".join(words[1:3]), "%Y/%m/%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
    except (ValueError, IndexError, OverflowError):
        return 0.0


def _unquote(text: str) -> str:
    """A quoted string of dhcpd: octal escapes of three digits, and a backslash before quotes and itself."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 8)) if len(found[1]) == 3 else found[1], text[1:-1])


def _tell(lease: Lease) -> Heard:
    raw = lease.text.encode()
    digest = hashlib.sha256(raw).hexdigest()
    facts = (
        ("mac.mac", lease.mac or ""),
        ("dhcp.hostname", cut_field(lease.hostname)),
        ("dhcp.vendor-class", cut_field(lease.vendor_class)),
    )
    observations = tuple(
        Observation(
            protocol=name.partition(".")[0],
            field=name.partition(".")[2],
            value=value,
            address=lease.address,
            mac=lease.mac,
            request="lease",
            at=lease.at,
            by=BY,
            digest=digest,
        )
        for name, value in facts
        if value
    )
    return Heard(observations, ((digest, raw),))
