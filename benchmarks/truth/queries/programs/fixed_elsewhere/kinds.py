"""What there is, whatever the tables hold."""

from enum import Enum


class Kind(Enum):
    """How long a book is."""

    SHORT = 50
    MIDDLE = 100
    LONG = 200
    ENDLESS = 1000


LIMITS = {kind.name: kind.value for kind in Kind}


class Report:
    """Which words it counts."""

    words = ("red", "green", "blue", "white")
