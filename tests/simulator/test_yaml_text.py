"""Scalars stay text unless they are plain integers or booleans; the mistakes of YAML 1.1 do not happen."""

from __future__ import annotations

import pytest

from simulator.yaml_text import FileError, read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10:11:12", "10:11:12"),
        ("0123", "0123"),
        ("no", "no"),
        ("12", 12),
        ("true", True),
        ("1.5", "1.5"),
        ("null", None),
    ],
)
def test_scalars(tmp_path, text, value):
    path = tmp_path / "a.yaml"
    path.write_text(f"key: {text}\n")
    assert read_yaml(path) == {"key": value}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\na: 2\n", "a.yaml:2: the key 'a' stands twice"),
        ("a: [1\n", "a.yaml:2:"),
        ("- 1\n", "holds no mapping"),
        ("a: !!python/object:os.system x\n", "a.yaml:1: could not determine a constructor"),
    ],
)
def test_a_mistake_names_its_place(tmp_path, text, says):
    path = tmp_path / "a.yaml"
    path.write_text(text)
    with pytest.raises(FileError, match=says):
        read_yaml(path)


def test_missing_and_not_utf8(tmp_path):
    with pytest.raises(FileError, match="cannot be read"):
        read_yaml(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"a: \xff")
    with pytest.raises(FileError, match="not UTF-8"):
        read_yaml(tmp_path / "latin.yaml")
