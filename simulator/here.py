"""Makes one device of the interface it finds: a container has its address and MAC from the engine. Changes nothing."""

from __future__ import annotations

import fcntl
import ipaddress
import socket
import struct
import time
from typing import Final

from simulator.device import Device, Surroundings
from simulator.namespaces import LabError
from simulator.persona import load_persona

SIOCGIFADDR: Final = 0x8915
SIOCGIFNETMASK: Final = 0x891B
SIOCGIFHWADDR: Final = 0x8927
"""Linux ioctls, netdevice(7)."""


def device_here(persona: str, interface: str) -> Device:
    """Return the persona at this machine's address on the interface; LabError where it has none."""
    try:
        address = ipaddress.IPv4Address(_ask(interface, SIOCGIFADDR)[20:24])
        netmask = ipaddress.IPv4Address(_ask(interface, SIOCGIFNETMASK)[20:24])
        mac = _ask(interface, SIOCGIFHWADDR)[18:24].hex(":")
    except OSError as error:
        raise LabError(f"the interface {interface} has no IPv4 address ({error.strerror}): name another") from error
    network = ipaddress.IPv4Network(f"{address}/{netmask}", strict=False)
    around = Surroundings(str(netmask), str(network[1]), time.time)
    return Device(load_persona(persona), int(address) & 0xFFFF, str(address), around, mac)


def _ask(interface: str, request: int) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        return fcntl.ioctl(one, request, struct.pack("256s", interface.encode()[:15]))
