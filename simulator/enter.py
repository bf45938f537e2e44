"""Runs a command inside the namespaces whose descriptors it is given: `enter.py NET[,USER] COMMAND…`. Nothing else.

A file of its own without imports of ours, so that it starts at once under any interpreter.
"""

from __future__ import annotations

import ctypes
import os
import sys


def main(arguments: list[str]) -> None:
    """Enter the namespaces (the user namespace first, which gives the right to the other) and become the command."""
    network, _, user = arguments[0].partition(",")
    libc = ctypes.CDLL(None, use_errno=True)
    for descriptor in filter(None, (user, network)):
        if libc.setns(int(descriptor), 0):
            number = ctypes.get_errno()
            raise SystemExit(f"the simulated network cannot be entered: {os.strerror(number)}")
        os.close(int(descriptor))
    os.execvp(arguments[1], arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
