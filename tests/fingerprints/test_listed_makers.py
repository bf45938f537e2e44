"""The listed makers and their re-badges: what each kind of answer says of maker and brand, and what accuses nobody.

A case is one device: what it answered, and what follows. Values are shapes of public captures with invented digits.
"""

from __future__ import annotations

from typing import Final

import pytest

from scanner.fingerprint import Asserts, Fingerprint, Library
from scanner.fingerprint_files import load_library
from scanner.identify import identify
from scanner.model import Identity, Observation, Standing, Strength

LISTED: Final = frozenset({
    "hikvision", "dahua", "uniview", "tvt", "xiongmai", "tiandy",
    "huawei", "zte", "hytera", "longse", "kedacom", "hisilicon",
})  # fmt: skip
"""The makers whose files this test owns."""

GROUP: Final = frozenset({
    "hikvision", "ezviz", "hilook", "hiwatch", "hikmicro", "hikrobot", "hiksemi", "prama",
    "dahua", "imou", "lechange", "ez-ip", "uniview", "uniarch", "tiandy",
    "huawei", "holosens", "holowits", "zte", "hytera",
})  # fmt: skip
"""Brands of a listed maker's own group: here the name on the case names the maker too."""

SCOPE: Final = "onvif://www.onvif.org/"


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def judge(library: Library, *seen: tuple[str, str]) -> Identity:
    """The identity of a device that gave these values, "protocol.field" and value."""
    observations = []
    for name, value in seen:
        protocol, _, field = name.partition(".")
        observations.append(Observation(protocol, field, value))
    return identify(observations, library)


def scopes(*parts: str) -> tuple[str, str]:
    return "onvif-wsd.scopes", " ".join(SCOPE + part for part in parts)


def dahua_scopes(country: str, name: str, hardware: str) -> tuple[str, str]:
    tail = ("Profile/Streaming", "type/Network_Video_Transmitter", "extension/unique_identifier", "Profile/T")
    return scopes(f"location/country/{country}", f"name/{name}", f"hardware/{hardware}", *tail)


def hikvision_scopes(name: str, hardware: str) -> tuple[str, str]:
    head = ("type/video_encoder", "Profile/Streaming", "Profile/G", "Profile/T", "MAC/58:50:ed:00:00:01")
    return scopes(*head, f"hardware/{hardware}", f"name/{name}", "location/city/hangzhou")


def sadp(model: str, serial: str) -> tuple[str, str]:
    fields = f"<DeviceDescription>{model}</DeviceDescription><DeviceSN>{serial}</DeviceSN>"
    return "sadp.raw", f'<?xml version="1.0" encoding="UTF-8" ?><ProbeMatch><Types>inquiry</Types>{fields}</ProbeMatch>'


def dhdiscover(vendor: str, model: str, serial: str, kind: str = "IPC") -> tuple[str, str]:
    info = f'"DeviceClass":"{kind}","DeviceType":"{model}","SerialNo":"{serial}","Vendor":"{vendor}"'
    return "dhdiscover.raw", f'{{"method":"client.notifyDevInfo","params":{{"deviceInfo":{{{info}}}}}}}'


DECISIVE: Final = {
    "sadp": (sadp("DS-7804HQH-K1", "DS-7804HQH-K10420200101CCCHE00000001WCVU"), "hikvision"),
    "sadp, model withheld": (("sadp.raw", "<ProbeMatch><Types>inquiry</Types></ProbeMatch>"), "hikvision"),
    "dhdiscover": (dhdiscover("Dahua", "IPC-HDW5421S", "1F006E4PAX00000"), "dahua"),
    "dhdiscover, neutral build": (dhdiscover("General", "IP_Camera", ""), "dahua"),
    "dvrip search": (("dvrip-search.answer", "b3"), "dahua"),
    "uniview probe": (("univiewprobe.answer", "UniviewProbeMatches"), "uniview"),
    "xm search": (("xm-search.answer", "1531"), "xiongmai"),
    "tvt search": (("tvt-search.answer", "MHED 7"), "tvt"),
    "hikvision serial": (("onvif.serial", "DS-2CD2143G0-I20190723AAWRD00000000"), "hikvision"),
    "hikvision serial, re-badged": (("http.serial", "ACR4-400420170302CCWR500000000WCVU"), "hikvision"),
    "dahua serial": (("upnp-xml.serial", "6J0E022PAG00000"), "dahua"),
    "dahua serial in the realm": (("rtsp.www-authenticate", 'Digest realm="Login to 3C00000PAN00001"'), "dahua"),
    "uniview serial": (scopes("serial/210235UEDW3247000013"), "uniview"),
}


@pytest.mark.parametrize(("seen", "maker"), DECISIVE.values(), ids=DECISIVE)
def test_a_makers_own_discovery_or_serial_identifies_by_itself(
    seen: tuple[str, str], maker: str, library: Library
) -> None:
    identity = judge(library, seen)
    assert (identity.maker, identity.standing) == (maker, Standing.IDENTIFIED)


REBADGES: Final = {
    "lorex, discovery": (dhdiscover("Lorex", "W461ASC", "ND011811000000"), "dahua", "lorex"),
    "intelbras, no vendor field": (dhdiscover("", "SS 3530 MF FACE W", "K3LJ3400000RH"), "dahua", "intelbras"),
    "bcs, neutral vendor": (dhdiscover("General", "BCS-TIP3401IR-E-V", "6J0E022PAG00000"), "dahua", "bcs"),
    "honeywell": (dhdiscover("Honeywell", "H4W2PER3", "3C00000PAN00001"), "dahua", "honeywell"),
    "lorex, realm": (("http.www-authenticate", 'Digest realm="Login to ND011811000000"'), "dahua", "lorex"),
    "amcrest, realm": (("http.www-authenticate", 'Digest realm="Login to AMC060FA9E00000000"'), "dahua", "amcrest"),
    "amcrest, ssdp": (("ssdp.usn", "uuid:device_3_0-AMC047530045"), "dahua", "amcrest"),
    "amcrest, scopes": (dahua_scopes("china", "Amcrest", "IP5M-T1179E"), "dahua", "amcrest"),
    "cp plus, scopes": (dahua_scopes("India", "CPPLUS", "CP-UNC-DA21PL3-Y"), "dahua", "cp plus"),
    "cp plus, cut list": (
        scopes("location/country/India", "name/CP_PLUS", "hardware/CP-UNC-DA21PL3C-V3"), "dahua", "cp plus",
    ),
    "intelbras, scopes": (dahua_scopes("Brasil", "Intelbras", "VIP-3230-B"), "dahua", "intelbras"),
    "honeywell, scopes": (dahua_scopes("china", "Honeywell", "H4W2PER3"), "dahua", "honeywell"),
    "kbvision": (("onvif.device-information", "Manufacturer=KBVISION; Model=KX-A2111C4"), "dahua", "kbvision"),
    "imou": (dhdiscover("Imou", "IPC-C22E", "3C00000PAN00001"), "dahua", "imou"),
    "imou, address": (("mac.mac", "1c:4d:89:00:00:01"), "dahua", "imou"),
    "ezviz, address": (("mac.mac", "58:8f:cf:00:00:01"), "hikvision", "ezviz"),
    "ezviz, certificate": (("tls-cert.subject", "CN=EZVIZ Device"), "hikvision", "ezviz"),
    "ezviz, discovery": (sadp("CS-C6N-A0-1C2WFR", "CS-C6N-A0-1C2WFR0120210305CCRRF00000000"), "hikvision", "ezviz"),
    "hilook": (sadp("DVR-204Q", "DVR-204Q0420200101CCWRE00000001WCVU"), "hikvision", "hilook"),
    "hiwatch": (hikvision_scopes("HiWatch", "DS-I200"), "hikvision", "hiwatch"),
    "annke keeps the model": (hikvision_scopes("ANNKE", "DS-2CD2385G1-I"), "hikvision", "annke"),
    "annke, short model": (("onvif.device-information", "Manufacturer=ANNKE; Model=C800"), "hikvision", "annke"),
    "lts": (hikvision_scopes("LTS%20CMIP9382", "CMIP9382"), "hikvision", "lts"),
    "trendnet": (sadp("TV-IP310PI", "TV-IP310PI20200101AAWRE00000001"), "hikvision", "trendnet"),
    "truvision": (sadp("TVB-5601", "TVB-560120200101AAWRE00000001"), "hikvision", "truvision"),
    "uniarch": (scopes("serial/210235UEDW3247000013", "name/Uniarch", "hardware/IPC-T122-APF28"), "uniview", "uniarch"),
    "advidia m": (scopes("serial/210235UEDW3247000013", "hardware/M-24-FW-T"), "uniview", "advidia"),
    "holowits": (("onvif.manufacturer", "Holowits"), "huawei", "holowits"),
}  # fmt: skip


@pytest.mark.parametrize(("seen", "maker", "brand"), REBADGES.values(), ids=REBADGES)
def test_sold_as_one_made_by_the_other(seen: tuple[str, str], maker: str, brand: str, library: Library) -> None:
    identity = judge(library, seen)
    assert (identity.maker, identity.brand) == (maker, brand)


SINGLE: Final = {
    "app-webs": (("http.server-header", "App-webs/"), "hikvision"),
    "dnvrs-webs": (("http.server-header", "DNVRS-Webs"), "hikvision"),
    "dnvrvs-webs": (("http.server-header", "DNVRVS-Webs"), "hikvision"),
    "camera realm, letter": (("http.www-authenticate", 'Digest realm="IP Camera(C2183)"'), "hikvision"),
    "camera realm, digits": (("rtsp.www-authenticate", 'Digest realm="IP Camera(21388)"'), "hikvision"),
    "recorder realm": (("http.www-authenticate", 'Basic realm="DVRNVRDVS"'), "hikvision"),
    "name as realm": (("http.www-authenticate", 'Basic realm="hikvision"'), "hikvision"),
    "address as realm": (("rtsp.www-authenticate", 'Digest realm="4419b6000001"'), "hikvision"),
    "isapi refusal": (("http.distinct-answer", "401 GET /ISAPI/System/deviceInfo"), "hikvision"),
    "activation": (("http.body", "<ActivateStatus><Activated>true</Activated></ActivateStatus>"), "hikvision"),
    "isapi namespace": (("http.body", '<DeviceInfo xmlns="http://www.hikvision.com/ver20/XMLSchema"/>'), "hikvision"),
    "neutral namespace": (("http.body", '<DeviceInfo xmlns="http://www.isapi.org/ver20/XMLSchema"/>'), "hikvision"),
    "std-cgi namespace": (("http.body", '<DeviceInfo xmlns="http://www.std-cgi.com/ver20/XMLSchema"/>'), "hikvision"),
    "hikvision icon": (("favicon.mmh3", "999357577"), "hikvision"),
    "hikvision certificate": (("tls-cert.subject", "CN=www.hikvision.com,OU=DVRNVR,O=HIKVISION,C=CN"), "hikvision"),
    "hikvision address": (("mac.mac", "bc:5e:33:00:00:01"), "hikvision"),
    "hikvision block only": (("mac.oui", "54:c4:15"), "hikvision"),
    "hikvision telnet": (("telnet.banner", "192.0.0.64 login:"), "hikvision"),
    "hikvision sip": (("sip.user-agent", "HKVS/2.0.0"), "hikvision"),
    "hikvision snmp": (("snmp.walk", '.1.3.6.1.4.1.39165.1.1.0 = "DS-2CD2143G0-I"'), "hikvision"),
    "hikvision recorder snmp": (("snmp.sysdescr", "Hikvision company products"), "hikvision"),
    "hikvision mdns": (("mdns.service", "DS-7608NI-K2 - 500000000._CGI._tcp.local."), "hikvision"),
    "hikvision sdk frame": (("tcp.greeting", "000000100000000d0000000d00000000"), "hikvision"),
    "hik media server": (("rtsp.sdp", "v=0\r\no=- 1 0 IN IP4 0.0.0.0\r\ns=HIK Media Server V3.1.3\r\n"), "hikvision"),
    "hikvision model": (("onvif.model", "iDS-2CD7A46G0/P-IZHS"), "hikvision"),
    "dahua hash realm": (
        ("http.www-authenticate", 'Digest realm="Login to 11839e10161ff4ebab8e3260b8779f14"'), "dahua",
    ),
    "dahua cgi": (("http.distinct-answer", "401 GET /cgi-bin/magicBox.cgi?action=getMachineName"), "dahua"),
    "device_cgi": (("http.www-authenticate", 'Basic realm="Device_CGI"'), "dahua"),
    "dahua headers": (
        ("http.header-shape", "CONNECTION,Date,Last-Modified,Etag,CONTENT-LENGTH,CACHE-CONTROL,CONTENT-TYPE"), "dahua",
    ),
    "dahua title": (("http.title", "WEB SERVICE"), "dahua"),
    "dahua cookie": (("http.set-cookie", "DhWebClientSessionID=1; path=/"), "dahua"),
    "rtsp server 3.0": (("rtsp.server-header", "Rtsp Server/3.0"), "dahua"),
    "dahua rtsp server": (("rtsp.raw", "RTSP/1.0 405 No\r\nServer: Dahua Rtsp Server\r\n\r\n"), "dahua"),
    "dahua session": (("rtsp.sdp", "v=0\r\ns=Media Server\r\na=packetization-supported:DH\r\n"), "dahua"),
    "dahua certificate": (("tls-cert.issuer", "CN=NVR; C=CN; O=ZheJiang Dahua Technology CO.,LTD.; OU=NVR"), "dahua"),
    "dahua neutral scopes": (dahua_scopes("china", "General", "IP_Camera"), "dahua"),
    "dahua ssdp": (("ssdp.server", "Linux, UPnP/1.0, Private Upnp SDK"), "dahua"),
    "dahua snmp": (("snmp.sysobjectid", ".1.3.6.1.4.1.1004849.3.2.10"), "dahua"),
    "dahua sip": (("sip.user-agent", "Dahua UAC/3.0"), "dahua"),
    "dahua door station": (("sip.www-authenticate", 'Digest realm="VDP", nonce="e2598554"'), "dahua"),
    "dahua address": (("mac.oui", "30:dd:aa"), "dahua"),
    "uniview session": (("rtsp.sdp", "v=0\r\no=- 1001 1 IN \r\ns=VCP IPC Realtime stream\r\n"), "uniview"),
    "uniview address": (("mac.mac", "48:ea:63:00:00:01"), "uniview"),
    "uniview refusal": (("http.distinct-answer", "599 GET /LAPI/V1.0/System/DeviceInfo"), "uniview"),
    "xiongmai server": (("http.server-header", "uc-httpd 1.0.0"), "xiongmai"),
    "xiongmai stream": (("rtsp.server-header", "H264DVR 1.0"), "xiongmai"),
    "tiandy model": (("onvif-wsd.hardware", "TC-C32QN"), "tiandy"),
    "tvt document": (("ssdp.raw", "HTTP/1.1 200 OK\r\n\r\n<multicastSearchResult></multicastSearchResult>"), "tvt"),
    "zte realm": (("http.www-authenticate", 'Basic realm="ZXHN H108L"'), "zte"),
    "zte server": (("http.server-header", "ZTE web server 1.0 ZTE corp 2015."), "zte"),
    "huawei ssh": (("ssh.banner", "HUAWEI-1.5"), "huawei"),
    "huawei gateway": (("http.server-header", "Linux UPnP/1.0 Huawei-ATP-IGD"), "huawei"),
    "hytera snmp": (("snmp.sysobjectid", "1.3.6.1.4.1.40297.1.2.4"), "hytera"),
    "kedacom address": (("mac.mac", "00:14:10:00:00:01"), "kedacom"),
    "longse": (("onvif.manufacturer", "LONGSE"), "longse"),
}  # fmt: skip


@pytest.mark.parametrize(("seen", "maker"), SINGLE.values(), ids=SINGLE)
def test_one_sign_alone_suspects_and_does_not_identify(seen: tuple[str, str], maker: str, library: Library) -> None:
    identity = judge(library, seen)
    assert (identity.maker, identity.standing) == (maker, Standing.SUSPECTED)


def test_two_independent_signs_identify(library: Library) -> None:
    camera = judge(library, ("mac.mac", "68:6d:bc:00:00:01"), ("http.server-header", "App-webs/"))
    assert (camera.maker, camera.standing) == ("hikvision", Standing.IDENTIFIED)
    recorder = judge(library, ("mac.mac", "3c:ef:8c:00:00:01"), ("rtsp.server-header", "Rtsp Server/3.0"))
    assert (recorder.maker, recorder.standing) == ("dahua", Standing.IDENTIFIED)


MASK: Final = "MEDIAINFO=494D4B48010200000400000101200110803E0000803E000000000000000000000000000000000000;"
RELAYED: Final = (
    "v=0\r\no=- 1589550732352122 1589550732352122 IN IP4 192.0.2.147\r\ns=Media Presentation\r\ne=NONE\r\n"
    f"t=0 0\r\na=control:rtsp://192.0.2.147/\r\nm=video 0 RTP/AVP 96\r\na=Media_header:{MASK}\r\na=appversion:1.0\r\n"
)
"""What a relay prints of a Hikvision camera: everything but the camera's own control address."""

NOBODY: Final = {
    "a relay's description": ("rtsp.sdp", RELAYED),
    "a relay's answer": ("rtsp.raw", f"RTSP/1.0 200 OK\r\nCSeq: 3\r\nSession: EFKON\r\n\r\n{RELAYED}"),
    "another camera with the header line": ("rtsp.sdp", f"v=0\r\ns=RTSP Session\r\na=Media_header:{MASK}\r\n"),
    "the stream path": ("rtsp.content-base", "rtsp://192.0.2.5/Streaming/Channels/101/"),
    "the other stream path": ("rtsp.content-base", "rtsp://192.0.2.5/cam/realmonitor?channel=1&subtype=0"),
    "live555's date": ("rtsp.raw", "RTSP/1.0 200 OK\r\nDate:  Thu, May 14 2020 16:45:35 GMT\r\n\r\n"),
    "rtsp server 2.0": ("rtsp.server-header", "Rtsp Server/2.0"),
    "bare server names": ("http.server-header", "webserver"),
    "goahead": ("http.server-header", "Webs"),
    "generic camera server": ("http.server-header", "IPCamera-Web"),
    "a 401 for every path": ("http.answer", "401 GET /ISAPI/System/deviceInfo"),
    "a recorder program's page": ("http.body", '{"inputs":["rtsp://192.0.2.1/Streaming/Channels/101"]}'),
    "a monitoring page": ("http.body", "<title>Devices</title><a>nvr01 - Hikvision NVR - DS-7616NI-K2</a>"),
    "a forum on realms": ("http.body", "<p>Dahua: look for Login to 3C00000PAN00001, POST /RPC2_Login</p>"),
    "a code forge": ("http.title", "Network Video Recorder Hikvision DS-7608NI-K2 monitoring through ISAPI"),
    "utt's prompt": ("telnet.banner", "\r\nNetDVRDVS:"),
    "rifatron's prompt": ("telnet.banner", "IMDVRS login:"),
    "clone firmware": ("onvif.namespaces", "http://www.onvifext.com/onvif/ext/ver10/wsdl"),
    "country china": scopes("Profile/Streaming", "Model/631GA", "Name/IPCAM", "location/country/china"),
    "the town taken over": scopes(
        "type/NetworkVideoTransmitter", "Profile/Streaming", "location/city/hangzhou", "name/ONVIF", "hardware/IPC"
    ),
    "another recorder's description file": ("ssdp.location", "http://192.0.2.58:49152/upnpdevicedesc.xml"),
    "a upnp library's headers": ("http.header-shape", "CONTENT-LENGTH,CONTENT-TYPE,DATE,SERVER,CONNECTION"),
    "redsonic": ("ssdp.server", "Linux/4.14.26+, UPnP/1.0, Portable SDK for UPnP devices/1.6.20.jfd5"),
    "epson scanner": ("upnp-xml.model-name", "DS-530"),
    "cisco firewall": ("upnp-xml.model-name", "ASA5505"),
    "panasonic telephone": ("onvif.model", "KX-TG6721"),
    "loose serial": ("onvif.serial", "SN20241301ABCD12345678"),
    "h3c serial, same code": ("onvif.serial", "210235A28WL190000001"),
    "scale factory": ("mac.mac", "40:2c:76:10:00:01"),
    "locally administered": ("mac.mac", "4a:c0:3f:00:00:01"),
    "chip inside": ("rtsp.server-header", "Hipcam RealServer/V1.0"),
    "chip address": ("mac.mac", "84:8a:59:00:00:01"),
    "huawei's program on a server": ("snmp.sysdescr", "MAS 1.0 Copyright (c) Huawei Technologies Co., Ltd on Windows"),
    "sdk port": ("tcp.open-port", "37777"),
}


@pytest.mark.parametrize("seen", NOBODY.values(), ids=NOBODY)
def test_near_misses_accuse_none_of_the_listed(seen: tuple[str, str], library: Library) -> None:
    assert judge(library, seen).maker not in LISTED


def test_a_joint_venture_of_old_is_not_its_parent(library: Library) -> None:
    assert judge(library, ("snmp.sysdescr", "HUAWEI-3COM WBR-204g")).maker != "huawei"


def test_a_brands_address_block_names_the_brand_and_no_maker(library: Library) -> None:
    for mac, brand in (
        ("00:1f:54:00:00:01", "lorex"),
        ("9c:8e:cd:00:00:01", "amcrest"),
        ("58:10:8c:00:00:01", "intelbras"),
        ("14:07:08:00:00:01", "cp plus"),
        ("14:2f:fd:00:00:01", "lts"),
        ("bc:51:fe:00:00:01", "swann"),
    ):
        identity = judge(library, ("mac.mac", mac))
        assert (identity.maker, identity.brand) == (None, brand)


def test_a_brands_name_alone_asserts_no_maker_unless_the_brand_is_the_makers_own(library: Library) -> None:
    """Makers change with model, year and country; what speaks for a maker must be more than a purchased name."""
    for rule in listed(library):
        if rule.brand is None or rule.brand in GROUP or rule.asserts is Asserts.BRAND:
            continue
        name_field = rule.field in (
            "onvif-wsd.name",
            "onvif.manufacturer",
            "dhdiscover.vendor",
            "upnp-xml.manufacturer",
        )
        assert not name_field or rule.strength is Strength.WEAK, rule.id


def listed(library: Library) -> list[Fingerprint]:
    return [rule for rule in library.fingerprints if rule.maker in LISTED]


def test_what_rests_on_weak_sources_never_weighs_for_a_maker(library: Library) -> None:
    for rule in listed(library):
        if rule.reference.endswith(", low") and rule.asserts in (Asserts.MAKER, Asserts.BOTH):
            assert rule.strength is Strength.WEAK, rule.id


def test_paths_ports_and_methods_are_weak(library: Library) -> None:
    """Programs and other makers imitate them."""
    for rule in listed(library):
        if rule.field in ("rtsp.content-base", "rtsp.public", "rtsp.date", "tcp.open-port", "http.answer"):
            assert rule.strength is Strength.WEAK or rule.id == "uniview-http-lapi-answer", rule.id


def test_chips_of_hisilicon_accuse_nobody(library: Library) -> None:
    rules = [rule for rule in library.fingerprints if rule.maker == "hisilicon"]
    assert rules
    assert {rule.asserts for rule in rules} == {Asserts.DETAIL}


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("hikvision-mac", 84),
        ("hikvision-mac-ezviz", 15),
        ("dahua-mac", 33),
        ("dahua-mac-imou", 6),
        ("uniview-mac", 5),
        ("tiandy-mac", 3),
        ("hytera-mac", 2),
        ("zte-mac", 505),
    ],
)
def test_the_address_blocks_are_all_there(rule: str, count: int, library: Library) -> None:
    """Counts of the registry of October 2026; the locally administered Hikstorage value is no block."""
    blocks = next(r.blocks for r in library.fingerprints if r.id == rule)
    assert len(set(blocks)) == count


SIGNALS: Final = {
    "hikvision": "sadp.answer sadp.layer2 serial.value http.server-header http.realm http.www-authenticate "
    "http.distinct-answer http.xml-root http.body http.title http.location http.cookie-name http.header-shape "
    "favicon.md5 favicon.mmh3 tls-cert.subject tls-cert.issuer tls-cert.serial-number rtsp.realm rtsp.public rtsp.date "
    "rtsp.sdp rtsp.session-name rtsp.raw onvif-wsd.scopes onvif-wsd.skeleton onvif-wsd.name onvif-wsd.hardware "
    "onvif-wsd.prefixes onvif-wsd.location onvif.manufacturer onvif.model onvif.namespaces onvif.services "
    "upnp-xml.manufacturer upnp-xml.model-name upnp-xml.device-type ssdp.location mdns.service mdns.type "
    "snmp.sysobjectid snmp.sysdescr snmp.walk telnet.banner sip.user-agent tcp.greeting tcp.open-port mac.prefix",
    "dahua": "dhdiscover.answer dhdiscover.vendor dhdiscover.class dhdiscover.model dvrip-search.answer serial.value "
    "http.server-header http.realm http.www-authenticate http.distinct-answer http.body http.title http.cookie-name "
    "http.header-shape favicon.md5 favicon.mmh3 tls-cert.subject tls-cert.issuer rtsp.server-header rtsp.realm "
    "rtsp.public rtsp.sdp rtsp.header-shape rtsp.session-name onvif-wsd.scopes onvif-wsd.skeleton onvif-wsd.name "
    "onvif-wsd.hardware onvif.manufacturer onvif.model onvif.refusal onvif.services ssdp.server ssdp.usn ssdp.st "
    "ssdp.location upnp-xml.manufacturer snmp.sysobjectid snmp.walk sip.user-agent sip.realm dhcp.hostname "
    "tcp.open-port mac.prefix",
    "uniview": "univiewprobe.answer univiewprobe.scopes serial.value onvif-wsd.scopes onvif-wsd.skeleton "
    "onvif-wsd.hardware onvif-wsd.version onvif.manufacturer http.distinct-answer rtsp.sdp rtsp.session-name "
    "snmp.sysobjectid mac.prefix",
    "tvt": "tvt-search.answer tvt-search.model ssdp.raw favicon.mmh3 tcp.greeting snmp.sysobjectid mac.prefix",
    "xiongmai": "xm-search.answer xm-search.model http.server-header http.title rtsp.server-header onvif-wsd.scopes",
}
"""The fields that the protocol facts name for each maker."""


@pytest.mark.parametrize("maker", SIGNALS)
def test_every_signal_of_the_protocol_facts_is_read(maker: str, library: Library) -> None:
    read = {rule.field for rule in library.fingerprints if rule.maker == maker}
    assert set(SIGNALS[maker].split()) - read == set()


def test_details_come_with_the_answer(library: Library) -> None:
    camera = judge(library, hikvision_scopes("HIKVISION%20DS-2CD2385G1-I", "DS-2CD2385G1-I"))
    assert (camera.brand, camera.model, camera.kind) == ("hikvision", "DS-2CD2385G1-I", "camera")
    door = judge(library, dhdiscover("General", "VTO2000A", "3C06520PAN00000", "VTO"))
    assert (door.model, door.serial, door.kind) == ("VTO2000A", "3C06520PAN00000", "door-station")
    software = judge(library, ("http.title", "HikCentral Professional"))
    assert (software.maker, software.kind) == ("hikvision", "software")
