"""Logins come from a private file only; what is wrong with it is said without repeating a secret."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scanner.credentials import LARGEST, read_credentials
from scanner.exits import UsageError

SECRET = "Xq7Zk9Wv"


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "logins.yaml"


def test_each_address_gets_its_login(file: Path) -> None:
    text = f"10.0.0.5: {{user: auditor, password: '{SECRET}: #'}}\n\"FD00::0:5\":\n  user: other\n  password: 123456\n"
    logins = read_credentials(write(file, text))
    assert {address: (one.user, one.password) for address, one in logins.items()} == {
        "10.0.0.5": ("auditor", f"{SECRET}: #"),
        "fd00::5": ("other", "123456"),
    }
    assert SECRET not in repr(logins)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601, 0o610])
def test_a_file_that_others_may_touch_is_refused(mode: int, file: Path) -> None:
    write(file, f"10.0.0.5: {{user: a, password: {SECRET}}}\n", mode)
    with pytest.raises(UsageError, match=rf"by others \(mode {mode:04o}\): chmod 600") as refused:
        read_credentials(file)
    assert SECRET not in str(refused.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(file: Path) -> None:
    write(file, "10.0.0.5: {user: a, password: b}\n")
    try:
        os.chown(file, 65534, 65534)
    except OSError:
        pytest.skip("this user namespace has no other user")
    with pytest.raises(UsageError, match="belongs to another user"):
        read_credentials(file)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"10.0.0.5: {{user: a, password: {SECRET}", "not readable"),
        (f"10.0.0.5: {{user: a, password: {SECRET}\tx}}", "1: not readable"),
        (f"10.0.0.5: {{user: a, password: &x {SECRET}}}", "1: not readable"),
        (f"{SECRET}\n", "not a list of addresses"),
        (f"- {SECRET}\n", "not a list of addresses"),
        (f"\n{SECRET}: {{user: a, password: b}}\n", "2: not an address"),
        (f"10.0.0.0/24: {{user: a, password: {SECRET}}}", "1: not an address"),
        (f"camera.local: {{user: a, password: {SECRET}}}", "1: not an address"),
        (f"10.0.0.5: {SECRET}\n", "1: a login has exactly user and password"),
        (f"10.0.0.5: {{user: a, password: {SECRET}, port: 80}}\n", "1: a login has exactly"),
        ("10.0.0.5: {user: a}\n", "1: a login has exactly"),
        ("10.0.0.5: {user: a, password: true}\n", "1: user and password are text"),
        (f"10.0.0.5: {{user: a, password: [{SECRET}]}}\n", "1: user and password are text"),
        ("10.0.0.5: {user: '', password: b}\n", "1: an empty user or password"),
        ("10.0.0.5: {user: a, password: ''}\n", "1: an empty user or password"),
        ("fd00::5: {user: a, password: b}\nfd00:0::5: {user: a, password: b}\n", "2: fd00::5 stands twice"),
    ],
)
def test_what_is_wrong_is_said_without_the_secret(text: str, words: str, file: Path) -> None:
    with pytest.raises(UsageError) as refused:
        read_credentials(write(file, text))
    assert words in str(refused.value)
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_only_a_file_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_credentials(tmp_path / "nosuch")
    with pytest.raises(UsageError, match="is no file"):
        read_credentials(tmp_path)
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(UsageError, match="is no file"):
        read_credentials(tmp_path / "pipe")


def test_a_huge_file_is_refused(file: Path) -> None:
    with pytest.raises(UsageError, match="larger than"):
        read_credentials(write(file, "#" * (LARGEST + 1)))


def test_bytes_that_are_no_text_are_refused(file: Path) -> None:
    write(file, "")
    file.write_bytes(b"10.0.0.5: {user: \xff}\n")
    with pytest.raises(UsageError, match="1: not readable"):
        read_credentials(file)
