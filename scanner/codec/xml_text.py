"""XML of strangers to a small tree; refuses DTDs and entities, depth and size beyond the caps; contacts nothing.

Tolerates what devices send: a doubled or wrong XML declaration, junk or a byte order mark before the first tag,
unescaped ampersands, NULs at the end. Names are looked up without namespace.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element  # the type only; nothing is parsed by it

XML_CAP: Final = 128 * 1024
"""Bytes of one document: a full Uniview answer has 3 kB, a large description document 20 kB."""

DEPTH_CAP: Final = 64
"""Levels of nesting: SOAP answers of cameras stay under 15."""

ELEMENT_CAP: Final = 5_000
"""Elements of one document: the largest honest answer seen, a GetServices with capabilities, has some 200."""


def parse_xml(data: bytes, *, cap: int = XML_CAP) -> Element:
    """Parse one document of at most `cap` bytes; raises Garbled for anything else."""
    raise NotImplementedError


def parse_with_namespaces(data: bytes, *, cap: int = XML_CAP) -> tuple[Element, tuple[tuple[str, str], ...]]:
    """As parse_xml, with the (prefix, URI) declarations of the document in the order met, each pair once."""
    raise NotImplementedError


def local_name(element: Element) -> str:
    """The tag without its namespace."""
    return element.tag.rpartition("}")[2]


def namespace(element: Element) -> str:
    """The namespace of the tag; empty when it has none."""
    return element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""


def find(element: Element, name: str) -> Element | None:
    """The first element below (or the element itself) with that local name, whatever its case."""
    return next(find_all(element, name), None)


def find_all(element: Element, name: str) -> Iterator[Element]:
    """Every element of that local name, whatever its case, in document order."""
    wanted = name.lower()
    return (item for item in element.iter() if item.tag.rpartition("}")[2].lower() == wanted)


def find_text(element: Element, name: str) -> str | None:
    """The stripped, capped text of the first element with that local name; None when absent or empty."""
    raise NotImplementedError
