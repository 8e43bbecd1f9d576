"""Measurements: what Shuke costs, beside the limit of the same work on the same machine (`make bench`, `make soak`).

Each bench starts an installation of its own in a temporary folder: real processes, real fsync, on a port of its own. The load
comes from another process. Absolute figures differ from machine to machine; ratios taken in one run do not.
"""
