"""The table of dissection rules by observation name; a rule looks at one observation and names nothing undeclared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from scanner.dissect import link, mdns, onvif, rtsp, sip, snmp, tls, upnp, vendor_discovery, web
from scanner.model import Observation

Rule = Callable[[Observation], Iterable[tuple[str, str]]]
"""Yields (dotted name, text); may raise Garbled and nothing else."""

RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "http.raw": web.read_answer,
        "http.www-authenticate": web.read_challenge,
        "http.realm": web.read_realm,
        "http.set-cookie": web.read_cookie,
        "http.body": web.read_body,
        "http.serial": link.read_serial,
        "rtsp.raw": rtsp.read_answer,
        "rtsp.www-authenticate": rtsp.read_challenge,
        "rtsp.realm": web.read_realm,
        "rtsp.sdp": rtsp.read_description,
        "sip.raw": sip.read_message,
        "sip.www-authenticate": sip.read_challenge,
        "onvif-wsd.raw": onvif.read_discovery,
        "onvif-wsd.scopes": onvif.read_scope_list,
        "onvif-wsd.xaddrs": onvif.read_addresses,
        "onvif-wsd.mac": link.read_mac,
        "onvif-wsd.serial": link.read_serial,
        "onvif.raw": onvif.read_answer,
        "onvif.device-information": onvif.read_information,
        "onvif.serial": link.read_serial,
        "onvif.hostname": link.read_hostname,
        "sadp.raw": vendor_discovery.read_sadp,
        "sadp.device-fields": vendor_discovery.read_sadp_lines,
        "sadp.layer2": vendor_discovery.read_layer2,
        "sadp.mac": link.read_mac,
        "sadp.serial": link.read_serial,
        "dhdiscover.raw": vendor_discovery.read_dahua,
        "dhdiscover.device-fields": vendor_discovery.read_dahua_lines,
        "dhdiscover.mac": link.read_mac,
        "dhdiscover.serial": link.read_serial,
        "dvrip-search.raw": vendor_discovery.read_dvrip,
        "dvrip-search.mac": link.read_mac,
        "dvrip-search.serial": link.read_serial,
        "univiewprobe.raw": vendor_discovery.read_uniview,
        "univiewprobe.scopes": vendor_discovery.read_uniview_scopes,
        "xm-search.raw": vendor_discovery.read_xm,
        "xm-search.mac": link.read_mac,
        "xm-search.serial": link.read_serial,
        "tvt-search.raw": vendor_discovery.read_tvt,
        "tvt-search.mac": link.read_mac,
        "ssdp.raw": upnp.read_answer,
        "ssdp.usn": upnp.read_usn,
        "ssdp.serial": link.read_serial,
        "upnp-xml.raw": upnp.read_document,
        "upnp-xml.manufacturer-model": upnp.read_pair,
        "upnp-xml.mac": link.read_mac,
        "upnp-xml.serial": link.read_serial,
        "mdns.service": mdns.read_service,
        "mdns.txt": mdns.read_record,
        "mdns.hostname": link.read_hostname,
        "dhcp.hostname": link.read_hostname,
        "snmp.walk": snmp.read_walk,
        "tls-cert.subject": tls.read_name,
        "tls-cert.issuer": tls.read_name,
        "mac.mac": link.read_address,
        "mac.oui": link.read_block,
    }
)
