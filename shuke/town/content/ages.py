"""The bands of life."""

from enum import StrEnum


class Age(StrEnum):
    """The band of life that names, bios and drawn faces follow."""

    YOUNG = "young"
    ADULT = "adult"
    MIDDLE = "middle"
    ELDER = "elder"
