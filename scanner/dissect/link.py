"""Hardware addresses, serial numbers and host names, whatever protocol carried them; never guesses an owner."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scanner.codec.macs import normalise_mac, oui, prefix
from scanner.codec.text import cut_field
from scanner.model import Observation

Found = Iterator[tuple[str, str]]

_HEX: Final = frozenset("0123456789abcdef")


def read_address(observation: Observation) -> Found:
    """A whole address: its first three bytes and its bare digits; of a piece of one the three bytes."""
    mac = normalise_mac(observation.value)
    if mac is not None:
        yield "mac.oui", oui(mac)
        yield "mac.prefix", prefix(mac)
    elif not observation.derived:
        yield from read_block(observation)


def read_mac(observation: Observation) -> Found:
    """An address that a device told of itself: its bare digits, for block matching."""
    mac = normalise_mac(observation.value)
    if mac is not None:
        yield "mac.prefix", prefix(mac)


def read_block(observation: Observation) -> Found:
    """The first three bytes where nothing more is known: six bare digits."""
    if observation.derived:  # the whole address is there, and says more
        return
    digits = "".join(filter(_HEX.__contains__, observation.value[:40].lower()))
    if len(digits) == 6:
        yield "mac.prefix", digits


def read_serial(observation: Observation) -> Found:
    """A serial number under the name that all protocols share."""
    yield "serial.value", cut_field(observation.value)


def read_hostname(observation: Observation) -> Found:
    """A host name under the name that all protocols share, without the local domain."""
    name = cut_field(observation.value).rstrip(".")
    yield "name.hostname", name[:-6] if name.lower().endswith(".local") else name
