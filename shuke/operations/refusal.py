"""The one way in which an operation says that it cannot be done."""


class Cannot(Exception):
    """It cannot be done as asked, and trying again would not help; the message is the mend."""
