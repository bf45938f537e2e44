"""Implements the SweepLink: address resolution, multicast questions, connection knocks; knows no device protocol."""
