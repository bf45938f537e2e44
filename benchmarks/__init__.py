"""Measures of how often camcensus is right and how quick it is; part of the source tree, not of the program."""
