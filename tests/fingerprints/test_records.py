"""Every anonymised run record dropped into tests/data/records with an .expect.yaml beside it is a test.

The .expect.yaml lists devices by one address each, and what is to be said of them: maker, brand, standing, and if it
matters model, firmware, serial, kind. A key that is left out is not checked; `nobody` means that nothing may be said.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from scanner.devices import unite
from scanner.fingerprint import Library
from scanner.fingerprint_files import load_library
from scanner.identify import identify
from scanner.model import Identity, Observation
from scanner.record_line import from_line
from scanner.strict_yaml import load_with_lines

FOLDER: Final = Path(__file__).parents[1] / "data" / "records"
RECORDS: Final = sorted(FOLDER.glob("*.jsonl"))
CHECKED: Final = ("maker", "brand", "standing", "model", "firmware", "serial", "kind")


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def read_observations(path: Path) -> list[Observation]:
    """The observations of a record; its other lines do not matter here."""
    bodies = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    found = [from_line(body) for body in bodies if body["type"] == "observation"]
    return [value for value in found if isinstance(value, Observation)]


def read_expected(path: Path) -> list[dict[str, Any]]:
    """What is expected; of a record that was dropped without, the test says what to write down if it is right."""
    if not path.exists():
        record = path.with_name(path.name.replace(".expect.yaml", ".jsonl"))
        pytest.fail(
            f"{path.name} is missing; if this is right, write it there:\n\n{write_expected(record)}", pytrace=False
        )
    expected: list[dict[str, Any]] = load_with_lines(path.read_text("utf-8"), path.name)[0]["devices"]
    return expected


def identify_all(path: Path, library: Library) -> dict[str, Identity]:
    """Every address of the record, and what is said of the device behind it."""
    found: dict[str, Identity] = {}
    for cluster in unite(read_observations(path)):
        identity = identify(cluster.observations, library)
        for address in (*cluster.addresses.ipv4, *cluster.addresses.ipv6):
            found[address] = identity
    return found


def write_expected(path: Path) -> str:
    """The .expect.yaml as the program would fill it in; whoever dropped the record says whether it is right."""
    lines = ["about: Where and when it was captured, and how the makers are known.", "devices:"]
    for address, identity in identify_all(path, load_library()).items():
        lines.append(f"  - address: '{address}'")
        said = {key: getattr(identity, key) for key in CHECKED}
        lines += [f"    {key}: {json.dumps(value, ensure_ascii=False)}" for key, value in said.items() if value]
        lines += ["    maker: nobody"] if identity.maker is None else []
    return "\n".join(lines) + "\n"


def test_there_are_records() -> None:
    assert RECORDS


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_gives_the_devices_it_is_expected_to(path: Path, library: Library) -> None:
    found = identify_all(path, library)
    for device in read_expected(path.with_suffix(".expect.yaml")):
        identity = found[device["address"]]
        assert set(device) - {"address"} <= set(CHECKED), "unknown key"
        said = {key: getattr(identity, key) or "nobody" for key in CHECKED if key in device}
        assert {**device, **said} == device, device["address"]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_every_address_of_a_record_is_expected(path: Path) -> None:
    """A record that is dropped without an opinion on one of its devices tests less than it seems to."""
    addresses = {seen.address for seen in read_observations(path) if seen.address}
    named = {device["address"] for device in read_expected(path.with_suffix(".expect.yaml"))}
    assert addresses == named


def test_a_record_dropped_without_an_opinion_says_what_to_write(tmp_path: Path, library: Library) -> None:
    dropped = tmp_path / "dropped.jsonl"
    dropped.write_bytes(RECORDS[0].read_bytes())
    with pytest.raises(pytest.fail.Exception) as failed:
        test_a_record_gives_the_devices_it_is_expected_to(dropped, library)
    text = str(failed.value).partition(":\n\n")[2]
    dropped.with_suffix(".expect.yaml").write_text(text, "utf-8")
    test_a_record_gives_the_devices_it_is_expected_to(dropped, library)
    test_every_address_of_a_record_is_expected(dropped)
