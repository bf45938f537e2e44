"""The kernel answers; a table that changes under the reading is read again."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest

from scanner import netlink
from scanner.codec import rtnetlink


def part(kind: int, flags: int = 0, body: bytes = b"") -> bytes:
    return struct.pack("=IHHII", 16 + len(body), kind, flags, 1, 0) + body


class Kernel:
    """A netlink socket that answers from a script, one dump for each socket opened."""

    def __init__(self, *dumps: bytes) -> None:
        self._dumps = iter(dumps)
        self.asked = 0

    def open(self) -> Kernel:
        return self

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: object) -> None: ...

    def send(self, message: bytes) -> None:
        self.asked += 1

    def recv(self, size: int) -> bytes:
        return next(self._dumps)


LINK = struct.pack("=BxHiII", 0, 1, 3, 0x10043, 0)


def test_the_loopback_is_among_the_links() -> None:
    assert "lo" in {link.name for link in netlink.list_links()}


def test_the_table_of_one_interface_leaves_the_others_out() -> None:
    assert {entry.index for entry in netlink.list_neighbours(1)} <= {1}


def test_an_interrupted_dump_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    done = part(rtnetlink.DONE)
    torn = part(rtnetlink.NEW_LINK, rtnetlink.INTERRUPTED, LINK) + done
    whole = part(rtnetlink.NEW_LINK, 0, LINK) + part(rtnetlink.NEW_LINK, 0, LINK) + done
    kernel = Kernel(torn, whole)
    monkeypatch.setattr(netlink, "open_socket", kernel.open)
    assert len(netlink.list_links()) == 2
    assert kernel.asked == 2


def test_after_three_interrupted_dumps_what_there_is_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    torn = part(rtnetlink.NEW_LINK, rtnetlink.INTERRUPTED, LINK) + part(rtnetlink.DONE)
    kernel = Kernel(torn, torn, torn)
    monkeypatch.setattr(netlink, "open_socket", kernel.open)
    assert len(netlink.list_links()) == 1
    assert kernel.asked == netlink.TRIES


def test_an_error_of_the_kernel_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = Kernel(part(rtnetlink.ERROR, 0, struct.pack("=i", -1) + bytes(16)))
    monkeypatch.setattr(netlink, "open_socket", kernel.open)
    with pytest.raises(PermissionError):
        netlink.list_links()


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with netlink.open_socket() as opened:
        yield opened


def test_a_change_that_is_refused_gives_its_number(sock: socket.socket) -> None:
    """Taking out an entry that is not there: ENOENT with the right to do so, EPERM without."""
    assert netlink.request(sock, rtnetlink.build_forget(1, "127.9.9.9", 1)) in (1, 2)
