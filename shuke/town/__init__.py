"""The simulated society: a small town that lives for a month, made through the public use cases in a time of its own.

One seed is one history: the same people, friendships, cascades and sales. It writes nothing that a person could not do.
"""

from shuke.town.building import Progress, Town, build

__all__ = ["Progress", "Town", "build"]
