"""The sandbox cashier: a payment provider in small, run as a separate process beside a demo or test installation.

It plays the outside world, so it knows nothing of Shuke but the settings of the installation: its own SQLite file, its own
page, its own keys, a signed API both ways (docs/cashier.md). What it has answered is on disk; a notice is repeated until it
is accepted.
No module imports it, except the sandbox channel for the public words of `wire` and the command line to start it.
"""
