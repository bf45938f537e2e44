"""Sends many ARP requests with one system call (sendmmsg), or one by one where that is missing; builds no frame.

Every message is two pieces: the 38 bytes all requests share, and the four bytes of the address asked.
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
        self._shared = ctypes.create_string_buffer(template, len(template))
        self._addresses = ctypes.create_string_buffer(4 * BATCH)
        self._pieces = (_Piece * (2 * BATCH))()
        self._messages = (_Message * BATCH)()
        self._link()

    def send(self, addresses: list[int]) -> int:
        """Ask at most BATCH addresses; return how many the kernel took. OSError for what waiting does not cure."""
        if self._send_many is None:
            return self._send_plainly(addresses)
        struct.pack_into(f"!{len(addresses)}I", self._addresses, 0, *addresses)
        sent = self._send_many(self._sock.fileno(), self._messages, len(addresses), socket.MSG_DONTWAIT)
        if sent >= 0:
            return int(sent)
        number = ctypes.get_errno()
        if number in FULL or number == errno.EINTR:
            return 0
        raise OSError(number, os.strerror(number))

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
        shared, addresses = ctypes.addressof(self._shared), ctypes.addressof(self._addresses)
        for place in range(BATCH):
            self._pieces[2 * place] = _Piece(shared, len(self._template))
            self._pieces[2 * place + 1] = _Piece(addresses + 4 * place, 4)
            message = self._messages[place].head
            message.pieces = ctypes.cast(
                ctypes.byref(self._pieces, 2 * place * ctypes.sizeof(_Piece)), ctypes.POINTER(_Piece)
            )
            message.piece_count = 2


def _find_sendmmsg() -> Any:
    """The C library's function, whose types ctypes cannot state; None where there is none."""
    function: Any = getattr(ctypes.CDLL(None, use_errno=True), "sendmmsg", None)
    if function is not None:
        function.argtypes = (ctypes.c_int, ctypes.POINTER(_Message), ctypes.c_uint, ctypes.c_int)
        function.restype = ctypes.c_int
    return function
