"""Anonymous calls of the device service, answers and refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.codec import Garbled
from scanner.codec.onvif_soap import CALLS, build_call, list_services, parse_answer
from scanner.codec.xml_text import local_name, parse_xml
from tests.scanner.codec.feeding import feed_datagram, parses_or_garbles

# A Bosch dome that answers without credentials, from the recordings of a Go library; serial tail masked.
BOSCH = b"""<?xml version="1.0" encoding="UTF-8"?><Envelope xmlns="http://www.w3.org/2003/05/soap-envelope" \
xmlns:_xmlns="xmlns" _xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope">
  <Body xmlns="http://www.w3.org/2003/05/soap-envelope">
    <GetDeviceInformationResponse xmlns="http://www.onvif.org/ver10/device/wsdl">
      <Manufacturer xmlns="http://www.onvif.org/ver10/device/wsdl">Bosch</Manufacturer>
      <Model>FLEXIDOME indoor 5100i IR</Model>
      <FirmwareVersion>8.71.0066</FirmwareVersion>
      <SerialNumber>404754734000000000</SerialNumber>
      <HardwareId>F000B543</HardwareId>
    </GetDeviceInformationResponse>
  </Body>
</Envelope>"""

FAULT = b"""<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:ter="http://www.onvif.org/ver10/error">
<s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode></s:Code>
<s:Reason><s:Text xml:lang="en">Sender not authorized</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>"""

OLD_FAULT = b"""<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>
<faultcode>e:Client</faultcode><faultstring>no such method</faultstring></e:Fault></e:Body></e:Envelope>"""

SERVICES = b"""<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl">
<s:Body><tds:GetServicesResponse><tds:Service><tds:Namespace>http://www.onvif.org/ver10/media/wsdl</tds:Namespace>
<tds:XAddr>http://192.0.2.64/onvif/Media</tds:XAddr><tds:Version><tt:Major xmlns:tt="t">2</tt:Major></tds:Version>
</tds:Service></tds:GetServicesResponse></s:Body></s:Envelope>"""


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_anonymous_and_asks_what_it_says(name: str) -> None:
    root = parse_xml(build_call(name))
    (body,) = root
    assert [local_name(item) for item in root] == ["Body"]  # no header at all
    assert local_name(body[0]) == name


def test_the_arguments_of_two_calls() -> None:
    assert b"<tds:IncludeCapability>false</tds:IncludeCapability>" in build_call("GetServices")
    assert b"<tds:Category>All</tds:Category>" in build_call("GetCapabilities")


@pytest.mark.parametrize(
    "name", ["SetSystemFactoryDefault", "SystemReboot", "GetUsers", "CreateUsers", "", "getservices"]
)
def test_no_other_call_exists(name: str) -> None:
    with pytest.raises(ValueError):
        build_call(name)


def test_device_information_of_a_real_unit() -> None:
    answer = feed_datagram(parse_answer, BOSCH)
    assert (answer.kind, answer.fault) == ("GetDeviceInformation", "")
    assert answer.value("Manufacturer") == "Bosch"
    assert answer.value("SerialNumber") == "404754734000000000"
    assert answer.value("Absent") is None
    assert answer.namespaces[0] == "http://www.w3.org/2003/05/soap-envelope"


@pytest.mark.parametrize(
    ("data", "fault"),
    [(FAULT, "ter:NotAuthorized Sender not authorized"), (OLD_FAULT, "e:Client no such method")],
)
def test_refusals(data: bytes, fault: str) -> None:
    answer = parse_answer(data)
    assert (answer.kind, answer.values, answer.fault) == ("Fault", (), fault)


def test_services_are_paired_with_their_addresses() -> None:
    assert list_services(parse_answer(SERVICES)) == (
        ("http://www.onvif.org/ver10/media/wsdl", "http://192.0.2.64/onvif/Media"),
    )


def test_an_empty_body_is_an_answer_without_kind() -> None:
    assert parse_answer(b"<Envelope><Body/></Envelope>").kind == ""


@pytest.mark.parametrize("data", [b"", b"<html><body>Access Error: 401</body></html>", b"<Envelope/>", b"{}"])
def test_other_bodies_are_garbled(data: bytes) -> None:
    with pytest.raises(Garbled):
        parse_answer(data)


@given(
    st.binary()
    | st.lists(st.sampled_from([b"<Envelope>", b"<Body>", b"<Fault>", b"</Body>", b"x", b"</Envelope>"])).map(b"".join)
)
def test_garbage_parses_or_garbles(data: bytes) -> None:
    parses_or_garbles(parse_answer, data)
