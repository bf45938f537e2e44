"""XML of strangers to a small tree; refuses DTDs and entities, depth and size beyond the caps; contacts nothing.

Tolerates what devices send: a doubled or wrong XML declaration, junk or a byte order mark before the first tag,
unescaped ampersands, undeclared prefixes, control characters, NULs at the end, and a missing end because the answer was
cut: what stands before the cut is read, half a word at the cut is not. Names are looked up without namespace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from xml.etree.ElementTree import (  # defusedxml parses what it has anything to guard against in
    Element,
    ParseError,
    TreeBuilder,
    XMLParser,
)
from xml.parsers.expat import errors  # the names of its errors only

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from scanner.codec import Garbled
from scanner.codec.text import FIELDS_CAP, cut_field

XML_CAP: Final = 128 * 1024
"""Bytes of one document: a full Uniview answer has 3 kB, a large description document 20 kB."""

DEPTH_CAP: Final = 64
"""Levels of nesting: SOAP answers of cameras stay under 15."""

ELEMENT_CAP: Final = 5_000
"""Elements of one document: the largest honest answer, a GetServices with capabilities, has some 200."""

PLAIN_CAP: Final = 2 * DEPTH_CAP
"""Tags of a document that no guard need count: each level of a well-formed one takes two, but for the innermost."""

NAMESPACES_CAP: Final = 100
"""Namespace declarations kept of one document: gSOAP units declare some 60."""

Namespaces = tuple[tuple[str, str], ...]

_DECLARATIONS: Final = re.compile(r"(?:\s*<\?xml[^>]{0,200}\?>)+")
_FIRST_TAG: Final = re.compile(r"<[?!A-Za-z_]")
_DECLARED: Final = re.compile(rb"""<\?xml[^>]{0,100}encoding=["']([A-Za-z0-9_-]{1,20})["']""")
_LEGACY: Final = frozenset(("gb2312", "gbk", "gb18030", "big5", "euc-kr", "iso-8859-1", "windows-1252", "shift_jis"))
_BARE_AMPERSAND: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PREFIX: Final = re.compile(r"(</?)[A-Za-z_][\w.-]{0,50}:(?=[A-Za-z_])")
_PREFIXED_ATTRIBUTE: Final = re.compile(r"\s[A-Za-z_][\w.-]{0,50}:[A-Za-z_][\w.-]{0,50}\s?=\s?(?:\"[^\"<]*\"|'[^'<]*')")


class Document(NamedTuple):
    """What was read of one document."""

    root: Element
    namespaces: Namespaces  # its (prefix, URI) declarations in the order met, each pair once
    cut: bool  # it ended before its root did: what is missing may have stood behind the cut


def parse_xml(data: bytes, *, cap: int = XML_CAP) -> Element:
    """As parse_document, the root alone."""
    return parse_document(data, cap=cap).root


def parse_document(data: bytes, *, cap: int = XML_CAP) -> Document:
    """Parse one document of at most `cap` bytes; raises Garbled for anything else."""
    if len(data) > cap:
        raise Garbled(f"an XML document of {len(data)} bytes, more than {cap}")
    text = _prepare(data)
    plain = _read_plain(text)
    if plain is not None:
        return plain
    cut: _Tree | None = None
    tree: _Tree | None = None
    for repair in _REPAIRS:
        mended = repair(text)
        if tree is not None and mended == text:
            continue  # nothing was mended, so it reads as before
        text = mended
        tree = _build(text)
        if tree.complete:
            return Document(tree.stack[0], tuple(tree.namespaces), cut=False)
        cut = cut or (tree if tree.cut else None)
    if cut is None:
        raise Garbled(f"not well-formed XML: {tree.error[:60] if tree else ''}")
    return Document(cut.stack[0], tuple(cut.namespaces), cut=True)


def _prepare(data: bytes) -> str:
    """Decode, and cut off what stands before the first tag, all XML declarations included."""
    text = _decode(data).rstrip("\x00\r\n\t ")
    start = _FIRST_TAG.search(text)
    if start is None:
        raise Garbled("no XML tag")
    declarations = _DECLARATIONS.match(text, start.start())
    return text[declarations.end() if declarations else start.start() :].lstrip()


def _decode(data: bytes) -> str:
    """UTF-8 whatever the declaration says; the declared legacy encoding only where UTF-8 fails."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _DECLARED.search(data[:300])
        name = declared[1].decode("ascii").lower() if declared else ""
        return data.decode(name if name in _LEGACY else "utf-8", "replace")


def _leave(text: str) -> str:
    return text


def _escape(text: str) -> str:
    return _CONTROL.sub("", _BARE_AMPERSAND.sub("&amp;", text))


def _drop_prefixes(text: str) -> str:
    return _PREFIX.sub(r"\1", _PREFIXED_ATTRIBUTE.sub("", text))


_ENDED_EARLY: Final = frozenset(
    (errors.codes[errors.XML_ERROR_NO_ELEMENTS], errors.codes[errors.XML_ERROR_UNCLOSED_TOKEN])
)
"""How expat calls a text that stopped before its root was closed."""

_REPAIRS: Final = (_leave, _escape, _drop_prefixes)
"""Tried one after the other, each on the result of the one before, until the text is a document."""


def _read_plain(text: str) -> Document | None:
    """The document where it is well-formed, small and plain, as nearly all are; None leaves it to the guarded parser.

    Without "<!" there is no DTD, so no entity is declared and there is nothing to expand. Half of the time.
    """
    if "<!" in text or "<?" in text or text.count("<") > PLAIN_CAP:
        return None
    builder = _Builder()
    parser = XMLParser(target=builder)  # noqa: S314  nothing that defusedxml guards against can stand in such a text
    try:
        parser.feed(text)
        return Document(parser.close(), tuple(builder.namespaces), cut=False)
    except ParseError:
        return None


class _Builder:
    """The library's own builder, with the namespaces noted."""

    def __init__(self) -> None:
        builder = TreeBuilder()
        self.start, self.end, self.data, self.close = builder.start, builder.end, builder.data, builder.close
        self.namespaces: Final[dict[tuple[str, str], None]] = {}

    def start_ns(self, prefix: str | None, uri: str | None) -> None:
        """A declaration, before the element that holds it."""
        if len(self.namespaces) < NAMESPACES_CAP:
            self.namespaces[(prefix or "", cut_field(uri or ""))] = None


class _Tree:
    """Takes expat's events and builds the tree, counting depth and elements before each element exists."""

    __slots__ = ("count", "cut", "error", "namespaces", "root_closed", "stack")

    def __init__(self) -> None:
        self.stack: list[Element] = []
        self.namespaces: dict[tuple[str, str], None] = {}
        self.count = 0
        self.root_closed = False
        self.cut = False
        self.error = ""

    @property
    def complete(self) -> bool:
        """True once the root was closed, whatever junk came after it."""
        return self.root_closed

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.stack) >= DEPTH_CAP:
            raise Garbled(f"XML nested deeper than {DEPTH_CAP}")
        if self.count > ELEMENT_CAP:
            raise Garbled(f"XML of more than {ELEMENT_CAP} elements")
        element = Element("{" + name if "}" in name else name, attributes)
        if self.stack:
            self.stack[-1].append(element)
        self.stack.append(element)

    def end(self, _name: str) -> None:
        if len(self.stack) == 1:
            self.root_closed = True
        else:
            self.stack.pop()

    def data(self, text: str) -> None:
        """Text before the first child; what stands between children is layout."""
        if self.stack and not len(self.stack[-1]):
            self.stack[-1].text = (self.stack[-1].text or "") + text

    def start_namespace(self, prefix: str | None, uri: str | None) -> None:
        if len(self.namespaces) < NAMESPACES_CAP:
            self.namespaces[(prefix or "", cut_field(uri or ""))] = None

    def end_early(self) -> None:
        """The text stopped inside an element: a value that was being sent may be half of one, so its last word goes."""
        if not self.stack or (len(self.stack) == 1 and not len(self.stack[0])):
            return  # a first tag and nothing in it: no document at all
        self.cut = True
        last = self.stack[-1]
        last.text = (last.text or "")[: _end_of_last_word(last.text or "")]

    def close(self) -> None:
        """What DefusedXMLParser.close asks of its target."""


def _end_of_last_word(text: str) -> int:
    """Where the last blank of a text stands; 0 when there is none."""
    return max(map(text.rfind, " \t\r\n"), default=-1) + 1


def _build(text: str) -> _Tree:
    """Parse prepared text; Garbled when it passes a cap or holds a DTD.

    The guards against DTDs and entities are those of DefusedXMLParser. Its slow handlers for elements are replaced on
    the same expat parser, so that depth is checked before an element exists.
    """
    tree = _Tree()
    parser = DefusedXMLParser(target=tree, forbid_dtd=True)
    expat = parser.parser
    expat.DefaultHandlerExpand = None
    expat.ordered_attributes = False
    expat.StartElementHandler = tree.start
    expat.EndElementHandler = tree.end
    expat.StartNamespaceDeclHandler = tree.start_namespace
    try:
        parser.feed(text)
        parser.close()
    except ParseError as error:
        tree.error = str(error)
        if error.code in _ENDED_EARLY and not tree.root_closed:
            tree.end_early()
    except DefusedXmlException as error:
        raise Garbled(f"refused: {type(error).__name__}") from None
    return tree


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
    found = find(element, name)
    return (element_text(found) or None) if found is not None else None


def list_names(element: Element) -> list[tuple[str, Element]]:
    """Every element below (and the element itself) in document order with its local name in lower case."""
    return [(item.tag.rpartition("}")[2].lower(), item) for item in element.iter()]


def find_texts(named: Sequence[tuple[str, Element]], *names: str) -> dict[str, str]:
    """As `find_text` for several names, in lower case, of what `list_names` gave; empty when absent or empty."""
    texts = dict.fromkeys(names, "")
    left = set(names)
    for name, item in named:
        if name in left:
            left.remove(name)
            texts[name] = element_text(item)
    return texts


def element_text(element: Element) -> str:
    """The stripped, capped text of an element itself."""
    return cut_field(element.text or "")


def read_leaves(element: Element, cap: int = FIELDS_CAP) -> tuple[tuple[str, str], ...]:
    """(local name, text) of every element without children below this one, in document order, at most `cap`."""
    leaves = [item for item in element.iter() if not len(item)]
    return tuple([(local_name(item), element_text(item)) for item in leaves[:cap]])
