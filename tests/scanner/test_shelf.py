"""What is put aside comes back, in any order, and leaves nothing behind."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from scanner.record_writer import RecordLost
from scanner.shelf import Shelf


@pytest.fixture(params=["memory", "disk"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    return Shelf(tmp_path if request.param == "disk" else None)


def test_values_come_back_in_any_order(shelf: Shelf) -> None:
    values = [b"", b"a", b"b" * 100_000, b"\x00\xff"]
    places = [shelf.put(value) for value in values]
    assert [shelf.take(place) for place in reversed(places)] == values[::-1]
    shelf.close()


def test_putting_goes_on_after_taking(shelf: Shelf) -> None:
    first = shelf.put(b"first")
    second = shelf.put(b"second")
    assert shelf.take(first) == b"first"
    third = shelf.put(b"third")
    assert [shelf.take(place) for place in (first, second, third)] == [b"first", b"second", b"third"]
    shelf.close()


def test_the_file_has_no_name(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.put(b"x" * 1_000_000)
    assert list(tmp_path.iterdir()) == []
    shelf.close()


def test_a_folder_that_takes_nothing_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordLost, match="none"):
        Shelf(tmp_path / "none")


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        closing(Shelf(tmp_path)) as shelf,
        Path("/dev/full").open("wb", buffering=0) as full,
        monkeypatch.context() as patch,
    ):
        patch.setattr(shelf, "_stream", full)
        with pytest.raises(RecordLost, match=r"No space left.*--out"):
            shelf.put(b"x")
