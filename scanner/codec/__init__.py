"""Byte codecs: bytes in, values out, and back. No socket, no clock, nothing of ours but these files.

A reader answers a value, or None for "more bytes are needed", or raises Garbled and nothing else.
"""


class Garbled(ValueError):
    """The peer broke the protocol; the message says how, in a few words, without quoting more than 80 bytes."""
