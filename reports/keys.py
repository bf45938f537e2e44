"""Keys that name a device and a finding from run to run; never made from an address when anything better is known.

A baseline, a ticket or a code-scanning alert is matched by them, so an address that changes makes no finding new.
"""

from __future__ import annotations

import hashlib
from typing import Final

from scanner.model import Device

_VERSION: Final = "1"
"""Enters every key: a later way to make them is then a new key, never a silent mismatch."""


def hardware_keys(device: Device) -> dict[str, str]:
    """What names the hardware: {"serial": …, "mac": …}, as far as known; else {"id": …}, the report's own id."""
    found = {}
    if device.identity.serial:
        found["serial"] = f"{device.identity.maker or '?'}/{device.identity.serial.strip().upper()}"
    if device.addresses.mac:
        found["mac"] = min(device.addresses.mac)
    return found or {"id": device.id}


def finding_keys(device: Device, policy: str) -> dict[str, str]:
    """One stable SHA-256 for each way to name the hardware, for one list."""
    return {
        kind: hashlib.sha256("\n".join((_VERSION, policy, kind, key)).encode("utf-8", "surrogatepass")).hexdigest()
        for kind, key in hardware_keys(device).items()
    }
