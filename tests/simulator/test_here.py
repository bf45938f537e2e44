"""A container's device takes address and MAC from the interface it finds."""

from __future__ import annotations

import os

import pytest

from simulator.here import device_here
from simulator.namespaces import LabError, call_in, new_namespace, run_ip


@pytest.mark.lab
def test_address_and_mac_are_the_interfaces(lan):
    space = new_namespace()
    try:
        lines = [
            "link add eth0 address 44:19:b6:00:00:aa type veth peer name other",
            "addr add 172.28.0.9/16 dev eth0",
        ]
        call_in(space, lambda: run_ip(lines))
        device = call_in(space, lambda: device_here("hikvision-camera-old", "eth0"))
    finally:
        os.close(space)
    assert (device.address, device.mac) == ("172.28.0.9", "44:19:b6:00:00:aa")
    assert (device.surroundings.netmask, device.surroundings.gateway) == ("255.255.0.0", "172.28.0.1")


def test_no_such_interface():
    with pytest.raises(LabError, match="nosuch0 has no IPv4 address"):
        device_here("axis", "nosuch0")
