"""Hands many frames to the kernel with one call: a ring of memory shared with it (PACKET_TX_RING); builds no frame.

A frame waits in a slot; behind the ring it takes the way of every other frame, through the interface's queue and past
whoever captures there. Layout: Linux include/uapi/linux/if_packet.h (TPACKET_V2) and virtio_net.h.
"""

from __future__ import annotations

import contextlib
import errno
import mmap
import socket
import struct
import sys
from typing import Final

FULL: Final = frozenset({errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM, errno.EINTR})
"""The kernel's queue is full, or a signal came: wait and go on with the same frame."""

SLOT: Final = 128
"""Bytes of a slot: two headers and a frame of up to 86 bytes."""

SLOTS: Final = 2048
"""Slots of a ring: more than small frames fit into the send buffer, so that it stays the limit of what is in flight."""

FRAME_AT: Final = 42
"""Where in a slot the frame begins: behind 32 bytes of the ring's header and 10 of the other one."""

_BLOCK: Final = mmap.PAGESIZE
_SOL_PACKET: Final = 263
_PACKET_VERSION: Final = 10
_PACKET_TX_RING: Final = 13
_PACKET_VNET_HDR: Final = 15
_VERSION_2: Final = 1
_FREE: Final = 0
_SEND: Final = 1
_UNDERWAY: Final = 2

_STATE: Final = 0 if sys.byteorder == "little" else 3
"""Where in a slot the only byte of the state stands that is ever set."""


class SendRing:
    """The ring of one bound packet socket, whose frames leave through nothing else from now on."""

    def __init__(self, sock: socket.socket) -> None:
        """OSError where the kernel has no such ring; the socket is then as it was."""
        self._sock = sock
        self._next = 0  # where the kernel looks for the next frame
        sock.setsockopt(_SOL_PACKET, _PACKET_VERSION, _VERSION_2)
        try:
            sock.setsockopt(_SOL_PACKET, _PACKET_VNET_HDR, 1)
            sock.setsockopt(
                _SOL_PACKET, _PACKET_TX_RING, struct.pack("4I", _BLOCK, SLOTS * SLOT // _BLOCK, SLOT, SLOTS)
            )
        except OSError:
            with contextlib.suppress(OSError):  # a kernel that does not know it has not taken it either
                sock.setsockopt(_SOL_PACKET, _PACKET_VNET_HDR, 0)
            raise
        self._memory = mmap.mmap(sock.fileno(), SLOTS * SLOT)

    def send(self, slots: bytearray, count: int) -> int:
        """Send the first frames of a row of slots; how many the kernel took. OSError for what waiting does not cure."""
        done = 0
        while done < count:
            piece = min(count - done, SLOTS - self._next)
            taken = self._send_piece(memoryview(slots)[done * SLOT : (done + piece) * SLOT], piece)
            done += taken
            if taken < piece:
                break
        return done

    def close(self) -> None:
        """Give the memory back; the socket stays open."""
        self._memory.close()

    def _send_piece(self, slots: memoryview, count: int) -> int:
        count = _count_leading(self._states(count), bytes([_FREE]))
        if not count:
            return 0
        begin, end = self._next * SLOT, (self._next + count) * SLOT
        self._memory[begin:end] = slots[: end - begin]
        fault = self._push()
        taken = _count_leading(self._states(count), bytes([_FREE, _UNDERWAY]))
        self._memory[begin + taken * SLOT : end] = bytes((count - taken) * SLOT)
        self._next = (self._next + taken) % SLOTS
        if fault is not None and not taken:
            raise fault
        return taken

    def _push(self) -> OSError | None:
        try:
            self._sock.send(b"", socket.MSG_DONTWAIT)
        except OSError as error:
            if error.errno not in FULL:
                return error
        return None

    def _states(self, count: int) -> bytes:
        return self._memory[self._next * SLOT + _STATE : (self._next + count) * SLOT : SLOT]


def lay_out(frame: bytes) -> bytes:
    """The slot that asks the kernel to send a frame.

    The second header says that all of the frame is header: the kernel then copies it as a whole, which costs a fifth
    less than referring to our memory.
    """
    if FRAME_AT + len(frame) > SLOT:
        raise ValueError(f"a frame of {len(frame)} bytes does not fit into a slot")
    plain = struct.pack("=BBHHHH", 0, 0, len(frame), 0, 0, 0)
    return (struct.pack("=II24x", _SEND, len(plain + frame)) + plain + frame).ljust(SLOT, b"\0")


def _count_leading(states: bytes, wanted: bytes) -> int:
    return len(states) - len(states.lstrip(wanted))
