"""nmap's XML becomes observations; hostile or broken files become one clear message."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.importing.nmap_xml import PORTS_CAP, NmapXmlError, open_ports, read_again, read_nmap_xml

# Shape as nmap 7.93 writes it; service words as its match lines for Hikvision and Dahua devices say them.
REPORT = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<?xml-stylesheet href="file:///usr/bin/../share/nmap/nmap.xsl" type="text/xsl"?>
<!-- Nmap 7.93 scan -->
<nmaprun scanner="nmap" version="7.93" xmloutputversion="1.05">
<host starttime="1795456572" endtime="1795456588"><status state="up" reason="arp-response"/>
<address addr="192.0.2.7" addrtype="ipv4"/><address addr="44:19:B6:00:00:01" addrtype="mac" vendor="x"/>
<hostnames><hostname name="cam-7" type="PTR"/></hostnames>
<ports>
<port protocol="tcp" portid="80"><state state="open"/><service name="http" product="Hikvision IPCam httpd"
 devicetype="webcam" method="probed" conf="10"/>
<script id="http-title" output="index"/><script id="http-server-header" output="App-webs/"/>
<script id="http-methods" output="GET"/></port>
<port protocol="tcp" portid="8000"><state state="open"/><service name="http-alt" method="table" conf="3"/></port>
<port protocol="tcp" portid="23"><state state="closed"/><service name="telnet" product="x" method="probed"/></port>
<port protocol="udp" portid="37020"><state state="open"/></port>
</ports></host>
<host><status state="down"/><address addr="192.0.2.8" addrtype="ipv4"/></host>
<host><status state="up"/><address addr="2001:db8::9" addrtype="ipv6"/>
<ports><port protocol="tcp" portid="554"><state state="open"/>
<service name="rtsp" product="Dahua rtspd" version="3.0" extrainfo="x" method="probed"/></port></ports></host>
<runstats><finished time="1" timestr="x" elapsed="1"/><hosts up="2" down="1" total="3"/></runstats>
</nmaprun>
"""


def test_each_host_that_is_up_is_read() -> None:
    first, second = read_nmap_xml(REPORT)
    assert [(item.name, item.value, item.port) for item in first.observations] == [
        ("mac.mac", "44:19:b6:00:00:01", None),
        ("name.hostname", "cam-7", None),
        ("tcp.open-port", "80", 80),
        ("nmap.product", "Hikvision IPCam httpd [webcam]", 80),
        ("http.title", "index", 80),
        ("http.server-header", "App-webs/", 80),
        ("tcp.open-port", "8000", 8000),
    ]
    assert {(item.address, item.by, item.at) for item in first.observations} == {("192.0.2.7", "nmap", 1795456588.0)}
    assert [(item.name, item.value) for item in second.observations] == [
        ("tcp.open-port", "554"),
        ("nmap.product", "Dahua rtspd 3.0 x"),
    ]


def test_closed_ports_of_a_full_scan_hide_no_open_one() -> None:
    port = '<port protocol="tcp" portid="%d"><state state="%s"/></port>'
    closed = "".join(port % (number, "closed") for number in range(1, 2 * PORTS_CAP))
    opened = "".join(port % (number, "open") for number in range(30_000, 30_002 + PORTS_CAP))
    host = f'<host><address addr="192.0.2.7" addrtype="ipv4"/><ports>{closed}{opened}</ports></host>'
    (heard,) = read_nmap_xml(f"<nmaprun>{host}</nmaprun>".encode())
    assert [item.port for item in heard.observations] == [*range(30_000, 30_000 + PORTS_CAP)]


def test_the_element_of_the_host_stands_behind_its_observations() -> None:
    first, _ = read_nmap_xml(REPORT)
    ((digest, raw),) = first.raw
    assert raw.startswith(b"<host ")
    assert digest == hashlib.sha256(raw).hexdigest()
    assert {item.digest for item in first.observations} == {digest}


def test_a_second_reader_sees_the_same_open_ports() -> None:
    readings = tuple(read_nmap_xml(REPORT))
    assert open_ports(readings) == {("192.0.2.7", 80), ("192.0.2.7", 8000), ("2001:db8::9", 554)}
    assert read_again(REPORT) == open_ports(readings)


def test_what_the_second_reader_cannot_read_is_said() -> None:
    assert read_again(b"<nmaprun/>") is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "line 1"),
        (REPORT[:400], r"line \d+ is not XML"),
        (b"<html/>", "begins with <html>"),
        (b"not xml", "line 1"),
        (b'<!DOCTYPE nmaprun [<!ENTITY a "b">]><nmaprun>&a;</nmaprun>', "does not write"),
        (b'<?xml version="1.0" encoding="x-user-defined"?><nmaprun/>', "does not write: unknown encoding"),
        (b"<nmaprun>" + b"<host>" * 64 + b"</host>" * 64 + b"</nmaprun>", "more than 64 deep"),
        (b"<nmaprun>" + b"<host>" * 90_000 + b"</host>" * 90_000 + b"</nmaprun>", "more than 64 deep"),
        (b'<!DOCTYPE nmaprun [<!ENTITY a SYSTEM "file:///etc/passwd">]><nmaprun>&a;</nmaprun>', "does not write"),
    ],
)
def test_what_is_no_nmap_file_says_what_to_give(data: bytes, words: str) -> None:
    with pytest.raises(NmapXmlError, match=words):
        read_nmap_xml(data)


def test_as_deep_as_scripts_go_is_read() -> None:
    inside = ADDRESS + OPEN % b"80" + b"<table>" * 60 + b"</table>" * 60
    assert len(list(read_nmap_xml(b"<nmaprun><host>" + inside + b"</host></nmaprun>"))) == 1


ADDRESS = b'<address addr="192.0.2.7" addrtype="ipv4"/>'
OPEN = b'<port protocol="tcp" portid="%s"><state state="open"/></port>'


@pytest.mark.parametrize(
    "host",
    [
        b"",
        b'<address addr="evil.example" addrtype="ipv4"/>' + OPEN % b"80",
        ADDRESS,
        ADDRESS + OPEN % b"99999",
        ADDRESS + OPEN % b"x",
        ADDRESS + b'<port protocol="tcp" portid="80"/>',
    ],
)
def test_a_host_that_says_nothing_usable_is_left_out(host: bytes) -> None:
    assert list(read_nmap_xml(b"<nmaprun><host>" + host + b"</host></nmaprun>")) == []


@given(st.binary(max_size=300))
def test_garbage_raises_the_one_error(data: bytes) -> None:
    for document in (data, b"<nmaprun>" + data + b"</nmaprun>"):
        try:
            list(read_nmap_xml(document))
        except NmapXmlError:
            continue
