"""Simulated devices and networks, for tests, demos and users' own checks. Nothing here sends to a real network.

Personas (data) are played on loopback addresses, in private network namespaces, or in containers.
"""
