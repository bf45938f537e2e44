"""Sends many ARP requests with one system call (sendmmsg), or one by one where that is missing; builds no frame.

All requests stand in one buffer, one after the other; before a batch goes, only the addresses asked for are put in.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct
from typing import Any, Final

BATCH: Final = 256
"""Requests for one system call: the gain ends at about a hundred, and a pause after 256 is still a short one."""

FULL: Final = frozenset({errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM})
"""The kernel's queue is full: wait and go on with the same address."""


class _Piece(ctypes.Structure):
    """struct iovec."""

    _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))


class _Head(ctypes.Structure):
    """struct msghdr."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_size", ctypes.c_uint32),
        ("pieces", ctypes.POINTER(_Piece)),
        ("piece_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_size", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _Message(ctypes.Structure):
    """struct mmsghdr."""

    _fields_ = (("head", _Head), ("sent", ctypes.c_uint32))


class RequestBatch:
    """The prebuilt requests of one interface and one sender address."""

    def __init__(self, sock: socket.socket, template: bytes, *, plain: bool = False) -> None:
        """`template` is the frame up to the asked address; `plain` forgoes sendmmsg."""
        self._sock = sock
        self._template = template
        self._send_many = None if plain else _find_sendmmsg()
        self._length = len(template) + 4
        self._frames = bytearray((template + bytes(4)) * BATCH)
        self._pieces = (_Piece * BATCH)()
        self._messages = (_Message * BATCH)()
        self._link()

    def send(self, addresses: list[int]) -> int:
        """Ask at most BATCH addresses; return how many the kernel took. OSError for what waiting does not cure."""
        if self._send_many is None:
            return self._send_plainly(addresses)
        self._put_in(addresses)
        sent = self._send_many(self._sock.fileno(), self._messages, len(addresses), socket.MSG_DONTWAIT)
        if sent >= 0:
            return int(sent)
        number = ctypes.get_errno()
        if number in FULL or number == errno.EINTR:
            return 0
        raise OSError(number, os.strerror(number))

    def _put_in(self, addresses: list[int]) -> None:
        """Each byte of the addresses goes into all frames with one assignment: four for the whole batch."""
        packed = struct.pack(f"!{len(addresses)}I", *addresses)
        end = len(addresses) * self._length
        for byte in range(4):
            self._frames[len(self._template) + byte : end : self._length] = packed[byte::4]

    def _send_plainly(self, addresses: list[int]) -> int:
        for count, address in enumerate(addresses):
            try:
                self._sock.send(self._template + address.to_bytes(4, "big"))
            except OSError as error:
                if error.errno in FULL:
                    return count
                raise
        return len(addresses)

    def _link(self) -> None:
        self._shared = (ctypes.c_char * len(self._frames)).from_buffer(self._frames)  # it may not move from here on
        start = ctypes.addressof(self._shared)
        for place in range(BATCH):
            self._pieces[place] = _Piece(start + place * self._length, self._length)
            message = self._messages[place].head
            message.pieces = ctypes.cast(
                ctypes.byref(self._pieces, place * ctypes.sizeof(_Piece)), ctypes.POINTER(_Piece)
            )
            message.piece_count = 1


def _find_sendmmsg() -> Any:
    """The C library's function, whose types ctypes cannot state; None where there is none."""
    function: Any = getattr(ctypes.CDLL(None, use_errno=True), "sendmmsg", None)
    if function is not None:
        function.argtypes = (ctypes.c_int, ctypes.POINTER(_Message), ctypes.c_uint, ctypes.c_int)
        function.restype = ctypes.c_int
    return function
