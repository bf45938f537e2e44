"""Readers of what other tools saw: their files in, observations out; contacts nothing."""
