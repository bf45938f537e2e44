"""The one program that holds raw sockets: asks ARP and listens, for its parent, inside the scope it was started with.

`python -m scanner.rawhelper` speaks JSON lines on its standard input and output and ends when its input ends. It is a
program of its own for two reasons: only it needs the raw-socket right, which it gives up as soon as its sockets are
open; and only it imports scapy. Never writes any frame but an ARP request.
"""
