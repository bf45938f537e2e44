"""Purchase dates of an inventory find their devices by MAC, serial number or address."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from scanner.acquisition import collect_dates, find_date
from scanner.commands.judge import read_inventory
from scanner.exits import UsageError
from scanner.model import Addresses

INVENTORY = (
    "Brand,Model,Serial number,MAC,IP,Purchase date\n"
    "Dahua,IPC-HFW1230S,1F006E4PAX00001,4c:11:bf:00:00:01,10.0.0.5,2019-11-20\n"
    "Hikvision,DS-2CD2032-I,,,10.0.0.6,2015-03-01\n"
)
WHERE = Addresses(("10.0.0.9",), (), ("4c:11:bf:00:00:01",))


@pytest.fixture
def dates(tmp_path: Path) -> dict[str, date]:
    path = tmp_path / "inventory.csv"
    path.write_text(INVENTORY, encoding="utf-8")
    return read_inventory(path)


def test_a_device_is_found_by_mac_serial_or_address(dates: dict[str, date]) -> None:
    day = date(2019, 11, 20)
    assert find_date(dates, WHERE, None) == day
    assert find_date(dates, Addresses(("10.0.0.77",)), "1f006e4pax00001") == day
    assert find_date(dates, Addresses(("10.0.0.6",)), None) == date(2015, 3, 1)


def test_an_address_dates_no_unit_of_which_the_row_has_another_mac(dates: dict[str, date]) -> None:
    """Another camera stands there now; behind a router, where no MAC is seen, the address is all there is."""
    assert find_date(dates, Addresses(("10.0.0.5",), (), ("44:19:b6:00:00:01",)), None) is None
    assert find_date(dates, Addresses(("10.0.0.5",)), None) == date(2019, 11, 20)
    assert find_date(dates, Addresses(("10.0.0.6",), (), ("44:19:b6:00:00:01",)), None) == date(2015, 3, 1)


@pytest.mark.parametrize("key", ["MAC;Data\n4c:11:bf:00:00:01", "Adresa IP;Data e instalimit\n10.0.0.9"])
def test_an_inventory_of_nothing_but_addresses_and_dates_will_do(tmp_path: Path, key: str) -> None:
    path = tmp_path / "inventory.csv"
    path.write_text(f"{key};20.11.2019\n", encoding="utf-8")
    assert find_date(read_inventory(path), WHERE, None) == date(2019, 11, 20)


def test_an_unknown_device_has_no_date(dates: dict[str, date]) -> None:
    assert find_date(dates, Addresses(("10.0.0.77",)), "OTHER000000") is None
    assert find_date({}, WHERE, "x") is None


def test_without_dates_nothing_is_collected() -> None:
    assert collect_dates([]) == {}


def test_an_inventory_without_dates_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "inventory.csv"
    path.write_text("Brand,Model\nDahua,IPC-HFW1230S\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no row has a date"):
        read_inventory(path)
