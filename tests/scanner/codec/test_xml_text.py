"""XML of strangers: sloppy is read, hostile is refused before it costs anything."""

from __future__ import annotations

from xml.etree.ElementTree import Element  # the type only

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec import xml_text as subject
from scanner.codec.xml_text import (
    DEPTH_CAP,
    ELEMENT_CAP,
    NAMESPACES_CAP,
    XML_CAP,
    find,
    find_all,
    find_text,
    find_texts,
    list_names,
    local_name,
    namespace,
    parse_document,
    parse_xml,
    read_leaves,
)
from tests.scanner.codec.feeding import parses_or_garbles

DEVICE_INFO = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<DeviceInfo version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">'
    b"<deviceName>gate</deviceName><model> DS-2CD2146G2-ISU\r\n</model><empty/></DeviceInfo>"
)


def test_names_are_found_without_namespace_and_case() -> None:
    root = parse_xml(DEVICE_INFO)
    assert (local_name(root), namespace(root)) == ("DeviceInfo", "http://www.hikvision.com/ver20/XMLSchema")
    assert find_text(root, "MODEL") == "DS-2CD2146G2-ISU"
    assert find_text(root, "empty") is None
    assert find_text(root, "absent") is None
    assert find(root, "deviceinfo") is root
    assert [item.text for item in find_all(root, "deviceName")] == ["gate"]
    assert read_leaves(root) == (("deviceName", "gate"), ("model", "DS-2CD2146G2-ISU"), ("empty", ""))
    assert read_leaves(root, cap=1) == (("deviceName", "gate"),)


def test_a_root_without_namespace_has_none() -> None:
    assert namespace(parse_xml(b"<a/>")) == ""


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b'<?xml version="1.0"?><?xml version="1.0" encoding="utf-8"?><a><b>x</b></a>', "x"),  # doubled
        (b'\xef\xbb\xbf<?xml version="1.0"?><a><b>x</b></a>', "x"),  # byte order mark
        (b"junk \x00<a><b>x</b></a>", "x"),
        (b"<a><b>x</b></a>\x00\x00\r\n", "x"),
        (b"<a><b>x</b></a>trailing junk <", "x"),
        (b"<a><b>Tom & Jerry</b></a>", "Tom & Jerry"),
        (b"<a><b>x&nbsp;y &amp; z</b></a>", "x&nbsp;y & z"),
        (b"<a><b>x\x01y</b></a>", "xy"),
        (b'<?xml version="1.0" encoding="gb2312"?><a><b>\xc9\xe3\xcf\xf1</b></a>', "摄像"),
        (b'<?xml version="1.0" encoding="gb2312"?><a><b>\xe6\x91\x84</b></a>', "摄"),  # it is UTF-8 all the same
        (b'<?xml version="1.0" encoding="utf-16"?><a><b>x</b></a>', "x"),
        (b'<?xml version="1.0" encoding="nonsense"?><a><b>x\xff</b></a>', "x\ufffd"),
        ('<?xml version="1.0" encoding="utf-16"?><a><b>é</b></a>'.encode("utf-16"), "é"),
        (b'<a><q:b z:n="1" plain="2">x</q:b></a>', "x"),  # undeclared prefixes
        (b"<a><b><![CDATA[1 < 2]]></b></a>", "1 < 2"),
        (b"<!-- hello --><a><b>x</b></a>", "x"),
    ],
)
def test_sloppy_documents_are_read(data: bytes, text: str) -> None:
    assert find_text(parse_xml(data), "b") == text


CUT = (
    b'<e:Envelope xmlns:e="e"><e:Body><Scopes>onvif://x/name/A onvif://x/hardware/DS-2CD2143</Scopes><Model>DS-2CD2143</Model>'
    b"</e:Body></e:Envelope>"
)


@pytest.mark.parametrize(
    ("end", "scopes", "model"),
    [
        (len(CUT), "onvif://x/name/A onvif://x/hardware/DS-2CD2143", "DS-2CD2143"),
        (CUT.index(b"</e:Body"), "onvif://x/name/A onvif://x/hardware/DS-2CD2143", "DS-2CD2143"),
        (
            CUT.index(b"</Model") + 3,
            "onvif://x/name/A onvif://x/hardware/DS-2CD2143",
            None,
        ),  # half a tag, half a value?
        (CUT.index(b"</Model") - 2, "onvif://x/name/A onvif://x/hardware/DS-2CD2143", None),  # half a model is none
        (CUT.index(b"2143</Scopes"), "onvif://x/name/A", None),
        (CUT.index(b"onvif://"), None, None),
    ],
)
def test_what_stands_before_a_cut_is_read_and_half_a_word_is_not(
    end: int, scopes: str | None, model: str | None
) -> None:
    root, namespaces, cut = parse_document(CUT[:end])
    assert (find_text(root, "Scopes"), find_text(root, "Model")) == (scopes, model)
    assert namespaces == (("e", "e"),)
    assert cut == (end < len(CUT))


def test_a_document_cut_between_two_elements_of_the_root_is_read() -> None:
    assert find_text(parse_xml(b"<ProbeMatch><Types>inquiry</Types><MAC>x</MAC>\n<IPv4"), "MAC") == "x"


BOMB = b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]><a>&y;</a>'
FOREIGN = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'


@pytest.mark.parametrize("data", [BOMB, FOREIGN, b"<!DOCTYPE html><html></html>", b"<!DOCTYPE a SYSTEM 'x'><a/>"])
def test_dtds_and_entities_are_refused(data: bytes) -> None:
    with pytest.raises(Garbled, match="refused"):
        parse_xml(data)


def test_nesting_is_refused_at_the_cap_exactly() -> None:
    def nest(depth: int) -> bytes:
        return b"<a>" * depth + b"</a>" * depth

    assert len(list(parse_xml(nest(DEPTH_CAP)).iter())) == DEPTH_CAP
    with pytest.raises(Garbled, match="nested"):
        parse_xml(nest(DEPTH_CAP + 1))
    with pytest.raises(Garbled, match="nested"):
        parse_xml(b"<a>" * 40_000)


def test_the_number_of_elements_is_capped() -> None:
    parse_xml(b"<r>" + b"<a/>" * (ELEMENT_CAP - 1) + b"</r>")
    with pytest.raises(Garbled, match="elements"):
        parse_xml(b"<r>" + b"<a/>" * ELEMENT_CAP + b"</r>")


def test_the_size_is_capped() -> None:
    with pytest.raises(Garbled, match="more than"):
        parse_xml(b"<a>" + b"x" * XML_CAP + b"</a>")
    with pytest.raises(Garbled, match="more than 10"):
        parse_xml(b"<a>xxxxxxxx</a>", cap=10)


@pytest.mark.parametrize(
    "data", [b"", b"   ", b"no tag", b"<", b"<a>", b"<a></b>", b"<a b=></a>", b"<a><b></a></b>", b"\x00" * 9]
)
def test_what_is_no_document_is_garbled(data: bytes) -> None:
    with pytest.raises(Garbled):
        parse_xml(data)


def test_namespaces_are_kept_in_order_and_capped() -> None:
    namespaces = parse_document(b'<e:a xmlns:e="urn:1" xmlns="urn:2"><b xmlns:e="urn:1"/></e:a>').namespaces
    assert set(namespaces) == {("e", "urn:1"), ("", "urn:2")}
    assert len(namespaces) == 2
    many = " ".join(f'xmlns:n{number}="u"' for number in range(NAMESPACES_CAP + 9))
    assert len(parse_document(f"<a {many}/>".encode()).namespaces) == NAMESPACES_CAP


@pytest.mark.parametrize("part", ["&", "<a:b ", "<?xml ", "<!--", "x:y='", "]]>", "&#x", '<a x:y="', "\x01", "<"])
def test_hostile_repetition_costs_no_time(part: str) -> None:
    parses_or_garbles(parse_xml, (part * XML_CAP)[: XML_CAP - 10].encode())
    parses_or_garbles(parse_xml, b"<r>" + (part * XML_CAP)[: XML_CAP - 10].encode())


PIECES = [
    b"<a>", b"</a>", b"<b:c>", b"<?xml version='1.0'?>", b"<!DOCTYPE a>", b"&amp;", b"&x;", b"&", b"<![CDATA[", b"]]>",
    b" xmlns:b='u'", b"<a", b">", b"\xff", b"\x00", b"text", b"<!--", b"-->", b"\xff\xfe",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES)).map(b"".join) | st.binary())
def test_garbage_parses_or_garbles(data: bytes) -> None:
    parses_or_garbles(parse_xml, data)


TAGS = ("<a>", "</a>", "<p:b>", "</p:b>", "<c/>", '<a x="1">', '<p:b xmlns:p="v" xmlns="">', "<a xmlns='u'>", "</", ">")
WHOLE = ("<d>x<e/>y</d>", "<d xmlns='u'> <e f='&lt;'/></d>", "<p:d xmlns:p='v'>&#233;</p:d>", "<D xmlns:q='v'/>")
TEXTS = ("text", " ", "é", "&amp;", "&nbsp;", "&", "<", "]]>", "\x01", "\ufffe", "\x00", "\r\n")
PIECES = st.sampled_from(TAGS) | st.sampled_from(WHOLE) | st.sampled_from(TEXTS)


@given(st.lists(PIECES, max_size=14).map("".join))
def test_a_plain_document_is_read_as_the_guarded_parser_reads_it(soup: str) -> None:
    text = f"<a>{soup}</a>"
    plain = subject._read_plain(text)
    if plain is not None:
        guarded = subject._build(text)
        assert guarded.complete
        assert told(plain.root) == told(guarded.stack[0])
        assert plain.namespaces == tuple(guarded.namespaces)


def told(root: Element) -> list[tuple[str, dict[str, str], str, int]]:
    return [(item.tag, item.attrib, item.text or "", len(item)) for item in root.iter()]


@pytest.mark.parametrize(
    "text",
    ['<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "<a><![CDATA[x]]></a>", "<a><?p?></a>", "<a>" * 70 + "</a>" * 70],
)
def test_what_needs_a_guard_goes_to_the_guarded_parser(text: str) -> None:
    assert subject._read_plain(text) is None


def test_the_deepest_plain_document_is_no_deeper_than_any_may_be() -> None:
    deep = "<a>" * DEPTH_CAP + "</a>" * DEPTH_CAP
    assert subject._read_plain(deep) is not None
    assert subject._build(deep).complete
    assert subject._read_plain("<a>" + deep + "</a>") is None
    many = " ".join(f'xmlns:p{n}="u"' for n in range(NAMESPACES_CAP + 20))
    assert len(parse_document(f"<a {many}/>".encode()).namespaces) == NAMESPACES_CAP


@given(st.lists(st.tuples(st.sampled_from("abcAB"), st.sampled_from(["", " ", "x", "y"])), max_size=8))
def test_several_names_are_found_as_each_alone(children: list[tuple[str, str]]) -> None:
    root = parse_xml(f"<r>{''.join(f'<{name}>{text}</{name}>' for name, text in children)}</r>".encode())
    found = find_texts(list_names(root), "a", "b", "r", "z")
    assert found == {name: find_text(root, name) or "" for name in ("a", "b", "r", "z")}
