"""What the lines of an SNMP read say of a device."""

from __future__ import annotations

from tests.scanner.dissect.finding import find


def test_the_lines_of_a_recorder() -> None:
    walk = (
        ".1.3.6.1.2.1.1.1.0 = STRING: Hikvision company products\r\n.1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.50001\n"
        'iso.1.3.6.1.2.1.1.5.0 = "nvr-1"\n.1.3.6.1.4.1.50001.1.3.0 = STRING: "DS-7608NI20150101AARR500000001WCVU"\n'
        "1.3.6.1.4.1.39165.1.4.0 = 44:19:b6:00:00:01\nnonsense\n.1.3.6.1.9 = x\n"
    )
    assert find("snmp.walk", walk) == {
        "snmp.sysdescr": ["Hikvision company products"],
        "snmp.sysobjectid": [".1.3.6.1.4.1.50001"],
        "name.hostname": ["nvr-1"],
        "serial.value": ["DS-7608NI20150101AARR500000001WCVU"],
        "mac.prefix": ["4419b6000001"],
    }


def test_nobody_and_nothing() -> None:
    assert find("snmp.walk", ".1.3.6.1.2.1.1.5.0 = (none)\n.1.3.6.1.4.1.39165.1.4.0 = x") == {}
