"""Tells by its first bytes what another tool's file is, and hands it to the reader of that form; contacts nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scanner.importing.dhcp_leases import LeaseError, looks_like_leases, read_leases
from scanner.importing.nmap_xml import NmapXmlError, read_nmap_xml
from scanner.importing.observations import read_observations
from scanner.link import Heard

LARGEST: Final = 256 << 20
"""Bytes of one file; each form has its own cap below that."""

SNIFFED: Final = 4096
"""Bytes looked at to tell the form."""


class ImportRefused(ValueError):
    """The file cannot be imported; the message names it, what is wrong with it, and what to give instead."""


@dataclass(frozen=True, slots=True)
class Imported:
    """One file's content."""

    form: str  # "nmap", "dhcp-leases" or "observations"
    heard: tuple[Heard, ...]
    remarks: tuple[str, ...]  # for the reader of the record: what was left out, and why


def read_file(path: Path, fields: Mapping[str, str]) -> Imported:
    """Read a file of any of the forms. Raises ImportRefused."""
    try:
        if path.stat().st_size > LARGEST:
            raise ImportRefused(f"{path} is larger than {LARGEST >> 20} MB: split it")
        data = path.read_bytes()
    except OSError as error:
        raise ImportRefused(f"{path} cannot be read: {error.strerror}") from None
    return read_data(data, str(path), fields)


def read_data(data: bytes, name: str, fields: Mapping[str, str]) -> Imported:
    """Read the bytes of a file; `name` is how messages call it."""
    try:
        match tell_form(data):
            case "nmap":
                return Imported("nmap", tuple(read_nmap_xml(data)), ())
            case "observations":
                return _read_lines(data, name, fields)
            case "dhcp-leases":
                return _read_leases(data, name)
    except (NmapXmlError, LeaseError) as error:
        raise ImportRefused(f"{name}: {error}") from None
    raise ImportRefused(
        f"{name} is none of the forms that can be imported: XML of nmap -oX, a lease file of ISC dhcpd or dnsmasq, "
        "or observations as JSON Lines"
    )


def tell_form(data: bytes) -> str:
    """ "nmap", "observations", "dhcp-leases", or empty when it is none of them."""
    head = data[:SNIFFED].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<"):
        return "nmap"
    if head.startswith(b"{"):
        return "observations"
    return "dhcp-leases" if looks_like_leases(head.decode("utf-8", "replace")) else ""


def _read_leases(data: bytes, name: str) -> Imported:
    leases = read_leases(data)
    remarks = [f"{name}: a lease says who had an address, not that the device is there now"]
    if leases.ended:
        remarks.append(f"{name}: {leases.ended} addresses whose lease has ended were left out")
    if leases.unreadable:
        remarks.append(f"{name}: {leases.unreadable} entries could not be read and were left out")
    return Imported("dhcp-leases", leases.heard, tuple(remarks))


def _read_lines(data: bytes, name: str, fields: Mapping[str, str]) -> Imported:
    heard, problems = read_observations(data, fields)
    if not heard and problems:
        raise ImportRefused(f"{name}:{problems[0].number}: {problems[0].message}")
    return Imported("observations", tuple(heard), tuple(f"{name}:{one.number}: {one.message}" for one in problems))
