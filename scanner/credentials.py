"""Reads the auditor's own logins from a file that nobody else may read; never prints, keeps or guesses one.

The file is YAML: an address, then user and password, as `10.0.0.5: {user: auditor, password: "..."}`. No message of
this module repeats anything that stands in the file but an address and a line number.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scanner.exits import UsageError
from scanner.strict_yaml import YamlError, decode, load_with_lines

if TYPE_CHECKING:
    from scanner.onvif_reader import Credentials

LARGEST: Final = 1 << 20
"""Bytes: ten thousand logins."""

OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO

KEYS: Final = {"user", "password"}


def read_credentials(path: Path) -> dict[str, Credentials]:
    """The login of each address. Raises UsageError for a file others may read, and for one that cannot be used."""
    data = _read_private(path)
    try:
        entries, lines = load_with_lines(decode(data, str(path)), str(path))
    except YamlError as error:  # its own words may quote the file
        text = f"{path}:{error.line}: not readable; write each line as 10.0.0.5: {{user: NAME, password: 'SECRET'}}"
        raise UsageError(text) from None
    if not isinstance(entries, dict):
        raise UsageError(f"{path}: not a list of addresses; write 10.0.0.5: {{user: NAME, password: 'SECRET'}}")
    logins: dict[str, Credentials] = {}
    for key, entry in entries.items():
        address = _read_address(path, lines[(key,)], key)
        if address in logins:
            raise UsageError(f"{path}:{lines[(key,)]}: {address} stands twice")
        logins[address] = _read_login(path, lines[(key,)], entry)
    return logins


def _read_private(path: Path) -> bytes:
    """The bytes of a regular file that is open to its owner alone, looked at and read by one descriptor."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    try:
        _refuse_open_file(path, os.fstat(descriptor))
        return os.read(descriptor, LARGEST)
    finally:
        os.close(descriptor)


def _refuse_open_file(path: Path, about: os.stat_result) -> None:
    if not stat.S_ISREG(about.st_mode):
        raise UsageError(f"{path} is no file: passwords are read from a file of your own only")
    if about.st_mode & OTHERS:
        mode = stat.S_IMODE(about.st_mode)
        raise UsageError(f"{path} can be read or changed by others (mode {mode:04o}): chmod 600 {path}")
    if about.st_uid not in (os.geteuid(), 0):
        raise UsageError(f"{path} belongs to another user, who can read it: copy it to a file of your own")
    if about.st_size > LARGEST:
        raise UsageError(f"{path} is larger than {LARGEST >> 20} MB: give one login for each address that is read")


def _read_address(path: Path, line: int, key: str) -> str:
    try:
        return str(ip_address(key))
    except ValueError:
        raise UsageError(f"{path}:{line}: not an address; names and networks are not taken for logins") from None


def _read_login(path: Path, line: int, entry: Any) -> Credentials:
    from scanner.onvif_reader import Credentials  # half a second to import: only when logins are given

    if not isinstance(entry, Mapping) or set(entry) != KEYS:
        raise UsageError(f"{path}:{line}: a login has exactly user and password")
    user, password = entry["user"], entry["password"]
    if (
        isinstance(user, bool)
        or isinstance(password, bool)
        or not all(type(one) in (str, int) for one in (user, password))
    ):
        raise UsageError(f"{path}:{line}: user and password are text; put them in quotes")
    if user == "" or password == "":
        raise UsageError(f"{path}:{line}: an empty user or password would itself be a login attempt")
    return Credentials(str(user), str(password))
