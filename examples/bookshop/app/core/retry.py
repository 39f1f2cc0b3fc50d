"""Waiting between two tries."""

import time as clock


def pause(seconds: float) -> None:
    clock.sleep(seconds)


def back_off(attempt: int) -> None:
    """Wait longer after every failure."""
    pause(0.1 * 2**attempt)
