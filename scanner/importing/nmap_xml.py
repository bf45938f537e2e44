"""Reads nmap's XML output (`-oX`) into observations; expands no entity, loads no DTD, runs and contacts nothing.

Source of the element names: nmap.dtd 1.05. python-nmap is a second reader of the same bytes, never the only one: it
drops the device type and needs the nmap program to be there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import islice
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from scanner.codec.macs import normalise_mac
from scanner.codec.text import cut_field
from scanner.link import Heard
from scanner.model import Observation

XML_CAP: Final = 256 << 20
"""Bytes of one file: nmap writes some 2 kB a host, so a /16 with every host up stays below."""

RAW_CAP: Final = 64 * 1024
"""Bytes of one host's element kept as evidence."""

DEPTH_CAP: Final = 64
"""Levels of nesting: the tables of nmap's scripts stay under 20, and writing an element again goes a call a level."""

PORTS_CAP: Final = 1_000
"""Open ports read of one host: cameras have a dozen, and a firewall that answers for everything has all. Closed ones do
not count: a full scan lists tens of thousands."""

_SCRIPTS: Final = {"http-title": "http.title", "http-server-header": "http.server-header"}
"""Scripts whose output is one of our fields as it stands."""


class NmapXmlError(ValueError):
    """The file is not nmap XML; the message says what is wrong and what to give instead."""


def read_nmap_xml(data: bytes) -> Iterator[Heard]:
    """What nmap says of each host that is up, one Heard a host; raises NmapXmlError before the first."""
    root = _parse(data)
    return (heard for host in root.iter("host") if (heard := _read_host(host)) is not None)


def _parse(data: bytes) -> Element:
    if len(data) > XML_CAP:
        raise NmapXmlError(f"the nmap file is larger than {XML_CAP >> 20} MB: split the scan")
    try:
        root: Element = fromstring(data, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except ParseError as error:
        line = error.position[0]
        raise NmapXmlError(f"line {line} is not XML ({error}): give a file written by nmap -oX to its end") from None
    except (DefusedXmlException, ValueError, LookupError) as error:  # the last: an encoding that nobody knows
        raise NmapXmlError(f"the file holds XML that nmap does not write: {error}") from None
    _check_depth(root)
    if root.tag != "nmaprun":
        raise NmapXmlError(f"the file begins with <{root.tag[:40]}>, not <nmaprun>: give a file written by nmap -oX")
    return root


def _check_depth(root: Element) -> None:
    level = [root]
    for _ in range(DEPTH_CAP):
        level = [child for item in level for child in item]
        if not level:
            return
    raise NmapXmlError(f"the file nests elements more than {DEPTH_CAP} deep, which nmap does not write")


def _read_host(host: Element) -> Heard | None:
    status = host.find("status")
    address = _find_address(host)
    if address is None or (status is not None and status.get("state") != "up"):
        return None
    raw = tostring(host)[:RAW_CAP]
    digest = hashlib.sha256(raw).hexdigest()
    at = float(_number(host.get("endtime") or host.get("starttime")) or 0)
    observations = tuple(
        Observation(
            protocol=name.partition(".")[0],
            field=name.partition(".")[2],
            value=cut_field(value),
            address=address,
            port=port,
            request="nmap",
            at=at,
            by="nmap",
            digest=digest,
        )
        for name, value, port in _read_facts(host)
        if cut_field(value)
    )
    return Heard(observations, ((digest, raw),)) if observations else None


def _find_address(host: Element) -> str | None:
    for item in host.iter("address"):
        if item.get("addrtype") in ("ipv4", "ipv6"):
            try:
                return str(ip_address((item.get("addr") or "").partition("%")[0]))
            except ValueError:
                return None
    return None


def _read_facts(host: Element) -> Iterator[tuple[str, str, int | None]]:
    """(dotted name, value, port) of one host."""
    for item in host.iter("address"):
        if item.get("addrtype") == "mac":
            yield "mac.mac", normalise_mac(item.get("addr") or "") or "", None
    for item in host.iter("hostname"):
        yield "name.hostname", item.get("name") or "", None
    opened = ((port, item) for item in host.iter("port") if (port := _open_port(item)) is not None)
    for port, item in islice(opened, PORTS_CAP):
        yield from _read_port(port, item)


def _open_port(item: Element) -> int | None:
    port, state = _number(item.get("portid")), item.find("state")
    if port is None or not 0 < port < 65536 or item.get("protocol") != "tcp" or state is None:
        return None
    return port if state.get("state") == "open" else None


def _read_port(port: int, item: Element) -> Iterator[tuple[str, str, int | None]]:
    yield "tcp.open-port", str(port), port
    service = item.find("service")
    if service is not None:
        yield "nmap.product", _write_product(service), port
    for script in item.iter("script"):
        name = _SCRIPTS.get(script.get("id") or "")
        if name is not None:
            yield name, (script.get("output") or "").strip(), port


def _write_product(service: Element) -> str:
    """Product, version, extra information and device type as one text; a name guessed from the port is nothing seen."""
    if service.get("method") != "probed":
        return ""
    said = " ".join(filter(None, (service.get("product"), service.get("version"), service.get("extrainfo"))))
    kind = service.get("devicetype")
    return f"{said} [{kind}]".strip() if kind else said


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 12 else None


def open_ports(heard: Iterator[Heard] | tuple[Heard, ...]) -> frozenset[tuple[str, int]]:
    """(address, port) of every open TCP port in a reading."""
    return frozenset(
        (item.address or "", item.port or 0)
        for part in heard
        for item in part.observations
        if item.name == "tcp.open-port"
    )


def read_again(data: bytes) -> frozenset[tuple[str, int]] | None:
    """The open TCP ports as python-nmap reads the same bytes; None where it cannot read what nmap wrote.

    Only for bytes that `read_nmap_xml` accepted, since python-nmap does not guard against entities. Goes round its
    constructor, which refuses to exist on a machine without the nmap program.
    """
    import nmap

    reader = nmap.PortScanner.__new__(nmap.PortScanner)
    reader._nmap_last_output = ""
    try:
        result: dict[str, Any] = reader.analyse_nmap_xml_scan(nmap_xml_output=data.decode("utf-8", "replace"))
    except (nmap.PortScannerError, AttributeError, KeyError, TypeError, ValueError):
        return None  # it takes every optional element for granted
    return frozenset(
        (address, int(port))
        for address, host in result.get("scan", {}).items()
        for port, said in host.get("tcp", {}).items()
        if said.get("state") == "open"
    )
