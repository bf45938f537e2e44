"""Devices that lie about who they are: other people's serial numbers and marks."""

from __future__ import annotations

from typing import Any, Final

from simulator.hostile.case import Case, Shown

VICTIM_SERIAL: Final = "DS-2CD2386G2-IU20240311AAWRF00000001"
"""The serial of the first honest camera of the hostile estate (persona hikvision-camera-new, unit 1)."""

VICTIM_MAC: Final = "a4-d5-c2-00-00-01"
"""Its hardware address."""

SPEAKS: Final = (
    "it speaks the maker's own search without a contradiction: who does that is believed, and the bytes are shown"
)


def sadp(**fields: str) -> dict[str, Any]:
    """A SADP service with these fields."""
    lines = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
    head = "<Uuid>{request_uuid}</Uuid><Types>{request_types}</Types>"
    return {"play": "sadp", "answer": f'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch>{head}{lines}</ProbeMatch>'}


def dahua(**fields: str) -> dict[str, Any]:
    """A DHDiscover service with these texts."""
    inner = ",".join(f'"{name}":"{text}"' for name, text in fields.items())
    return {
        "play": "dhdiscover",
        "answer": '{"mac":"{mac}","method":"client.notifyDevInfo","params":{"deviceInfo":{' + inner + "}}}",
    }


def wsd(scopes: str, endpoint: str = "urn:uuid:{uuid}") -> dict[str, Any]:
    """A WS-Discovery service with these scopes."""
    return {
        "play": "wsd",
        "answer": '<?xml version="1.0"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
        ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
        ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">'
        "<e:Body><d:ProbeMatches><d:ProbeMatch>"
        f"<a:EndpointReference><a:Address>{endpoint}</a:Address></a:EndpointReference>"
        f"<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>{scopes}</d:Scopes>"
        "<d:XAddrs>http://{ip}/onvif/device_service</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>"
        "</d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>",
    }


def web(title: str, *headers: str, status: str = "200 OK") -> dict[str, Any]:
    """A web service with one page."""
    head = "\n".join((f"HTTP/1.1 {status}", *headers, "Content-Length: {length}", "Connection: close"))
    page = {"head": head, "body": f"<html><head><title>{title}</title></head></html>"}
    return {"play": "http", "replies": {"page": page}, "pages": {"*": "page"}}


TWINS: Final = (
    Case(
        "twin-serial",
        "lies",
        "states the serial number of an honest camera by SADP, from another card",
        services=(
            sadp(
                DeviceType="2149646",
                DeviceDescription="DS-2CD2386G2-IU",
                DeviceSN=VICTIM_SERIAL,
                MAC="{mac_dashed}",
                IPv4Address="{ip}",
                SoftwareVersion="V5.7.18build 240826",
            ),
        ),
        shown=Shown.AS_CLAIMED,
        why=SPEAKS,
    ),
    Case(
        "twin-serial-of-all",
        "lies",
        "states that serial number, and answers the searches of other makers as well",
        services=(
            sadp(DeviceDescription="DS-2CD2386G2-IU", DeviceSN=VICTIM_SERIAL, MAC="{mac_dashed}", IPv4Address="{ip}"),
            dahua(DeviceType="IPC-HDW5442T", SerialNo="6J0A1B2PAZ00001", Version="2.800", Vendor="Dahua"),
            web("index", "Server: uc-httpd 1.0.0"),
        ),
        shown=Shown.SUSPECTED,
        why="the searches of two makers: a conflict, and no maker is named",
    ),
    Case(
        "twin-mac",
        "lies",
        "states the hardware address of an honest camera by SADP and by DHDiscover",
        services=(
            sadp(DeviceDescription="DS-2CD2386G2-IU", DeviceSN="DS-2CD2386G2-IU20240311AAWRF00009999", MAC=VICTIM_MAC),
        ),
        shown=Shown.AS_CLAIMED,
        why=SPEAKS,
    ),
    Case(
        "twin-endpoint",
        "lies",
        "states the endpoint reference of an honest camera by WS-Discovery",
        services=(
            wsd(
                "onvif://www.onvif.org/name/AXIS%20P3265-V onvif://www.onvif.org/hardware/P3265-V",
                "urn:uuid:e1fa4000-8a7d-11b4-8304-a4d5c2000001",
            ),
            web("printer"),
        ),
        shown=Shown.SUSPECTED,
        why="scopes alone suspect",
    ),
    Case(
        "serial-of-nothing",
        "lies",
        "states serial numbers that many devices share: zeros, blanks, placeholders",
        services=(sadp(DeviceDescription="DS-2CD2386G2-IU", DeviceSN="000000000000", MAC="00-00-00-00-00-00"),),
        shown=Shown.AS_CLAIMED,
        why=SPEAKS,
    ),
    Case(
        "web-hikvision",
        "lies",
        "says Hikvision in its page, its server word and its realm, and speaks no vendor protocol",
        services=(
            web(
                "Hikvision",
                "Server: Hikvision-Webs",
                'WWW-Authenticate: Digest realm="IP Camera(C2183)"',
                status="401 Unauthorized",
            ),
        ),
        shown=Shown.SUSPECTED,
        why="one group of signals, the web, suspects and never identifies",
    ),
    Case(
        "scopes-of-all",
        "lies",
        "names every maker in its ONVIF scopes",
        services=(
            wsd(
                " ".join(
                    f"onvif://www.onvif.org/name/{maker} onvif://www.onvif.org/hardware/{model}"
                    for maker, model in (
                        ("HIKVISION", "DS-2CD2386G2-IU"),
                        ("Dahua", "IPC-HDW5442T"),
                        ("AXIS", "P3265-V"),
                        ("UNIVIEW", "IPC3614LB"),
                    )
                )
            ),
        ),
        shown=Shown.SUSPECTED,
        why="one group of signals never identifies",
    ),
    Case(
        "mac-of-another",
        "lies",
        "has a hardware address of Hikvision's block and is nothing but a web page",
        services=(web("home"),),
        oui="a4:d5:c2",
        shown=Shown.SUSPECTED,
        why="a MAC block suspects at most",
    ),
)

CASES: Final = TWINS
