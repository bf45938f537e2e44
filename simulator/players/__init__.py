"""The players: one file, one protocol, bytes in and bytes out. They know the device and its persona, never a socket."""
